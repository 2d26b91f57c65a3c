import { useEffect, useRef, useState } from "preact/hooks";

import { useWords, type Key } from "../../i18n";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Field } from "../../ui/Field";
import { Icon } from "../../ui/Icon";
import { ALL, type Range } from "./use-range";

interface Props {
  /** What is in force. */
  range: Range;
  apply: (range: Range) => void;
}

type End = keyof Range;
const LATEST = "9999-12-31";

/** S5: the calendar icon opens two date fields; everything works from the keyboard, Esc closes, and so does use. */
export function RangePicker({ range, apply }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [openings, setOpenings] = useState(0);
  const [draft, setDraft] = useState(range);
  const [wrong, setWrong] = useState<{ end: End; key: Key; turn: number } | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => setDraft(range), [range.from, range.to]);

  const close = (): void => {
    setOpen(false);
    setOpenings((n) => n + 1);
    setWrong(null);
    setDraft(range);
    opener.current?.focus();
  };
  const use = (next: Range): void => {
    close();
    apply(next);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const fault = form.current && faultOf(form.current, draft);
    if (fault) setWrong((last) => ({ ...fault, turn: (last?.turn ?? 0) + 1 }));
    else use(draft);
  };

  return (
    <div class="range" onKeyDown={(event) => event.key === "Escape" && open && close()}>
      <button type="button" class="button button--quiet" ref={opener} aria-expanded={open} aria-controls="range" onClick={() => (open ? close() : setOpen(true))}>
        <Icon name="calendar" /> <InForce range={range} />
      </button>
      <form id="range" class="range__panel" ref={form} hidden={!open} noValidate onSubmit={submit}>
        {wrong && <ErrorSummary errors={[{ field: `range-${wrong.end}`, text: t(wrong.key) }]} asked={wrong.turn} />}
        <div class="range__fields">
          {/* New fields each time: half a date that was left in one has no value, and would stay in it. */}
          {(["from", "to"] as const).map((end) => (
            <Field key={`${end} ${openings}`} id={`range-${end}`} label={t(`range.${end}`)} error={wrong?.end === end ? t(wrong.key) : undefined} saidElsewhere>
              {(describedBy) => (
                <input
                  id={`range-${end}`}
                  name={end}
                  type="date"
                  max={LATEST}
                  value={draft[end]}
                  aria-describedby={describedBy}
                  aria-invalid={wrong?.end === end || undefined}
                  onInput={(event) => setDraft({ ...draft, [end]: event.currentTarget.value })}
                />
              )}
            </Field>
          ))}
        </div>
        <p class="field__hint">{t("range.inclusive")}</p>
        <div class="actions">
          <Button type="submit">{t("range.apply")}</Button>
          <Button kind="quiet" onClick={() => use(ALL)}>
            {t("range.clear")}
          </Button>
        </div>
      </form>
    </div>
  );
}

/** What the button says: the dates that are shown. */
function InForce({ range: { from, to } }: { range: Range }) {
  const { t, date } = useWords();
  if (from && to) return <>{t("range.chosen", { from: date(from), to: date(to) })}</>;
  if (from) return <>{t("range.since", { from: date(from) })}</>;
  if (to) return <>{t("range.until", { to: date(to) })}</>;
  return <>{t("range.open")}</>;
}

/** Half a date, or one of a far year, has no value of its own: the field alone knows that something is in it. */
function faultOf(form: HTMLFormElement, { from, to }: Range): { end: End; key: Key } | null {
  const half = (["from", "to"] as const).find((end) => !(form.elements.namedItem(end) as HTMLInputElement).validity.valid);
  if (half) return { end: half, key: "range.noDate" };
  return from && to && from > to ? { end: "from", key: "range.reversed" } : null;
}
