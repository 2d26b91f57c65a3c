import { useRef, useState } from "preact/hooks";

import type { Problem } from "../../api/schema";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Field } from "../../ui/Field";
import { Icon } from "../../ui/Icon";

export interface Range {
  /** Practice-local dates, both included; empty for no limit. */
  from: string;
  to: string;
}

interface Props {
  range: Range;
  apply: (range: Range) => void;
  /** What the API says about the range (422). */
  problem: Problem | null;
}

/** S5: the calendar icon opens two date fields; everything works from the keyboard, Esc closes. */
export function RangePicker({ range, apply, problem }: Props) {
  const { t, date } = useWords();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState(range);
  const opener = useRef<HTMLButtonElement>(null);
  const limited = Boolean(range.from || range.to);
  const wrong = problem?.field ? problem.detail || problem.title : undefined;
  const wrongField = problem?.field === "to" ? "to" : "from";

  const clear = (): void => {
    setDraft({ from: "", to: "" });
    apply({ from: "", to: "" });
  };
  const close = (): void => {
    if (wrong) clear(); // a range the API refuses must not stay in force unseen
    setOpen(false);
    opener.current?.focus();
  };
  const label = limited
    ? t("range.chosen", { from: range.from ? date(range.from) : "…", to: range.to ? date(range.to) : "…" })
    : t("range.open");

  return (
    <div class="range" onKeyDown={(event) => event.key === "Escape" && open && close()}>
      <button type="button" class="button button--quiet" ref={opener} aria-expanded={open} aria-controls="range" onClick={() => (open ? close() : setOpen(true))}>
        <Icon name="calendar" /> {label}
      </button>
      <form
        id="range"
        class="range__panel"
        hidden={!open}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          apply(draft);
        }}
      >
        {wrong && <ErrorSummary errors={[{ field: `range-${wrongField}`, text: wrong }]} />}
        <div class="range__fields">
          {(["from", "to"] as const).map((end) => (
            <Field key={end} id={`range-${end}`} label={t(`range.${end}`)} error={wrong && wrongField === end ? wrong : undefined}>
              {(describedBy) => (
                <input
                  id={`range-${end}`}
                  type="date"
                  value={draft[end]}
                  aria-describedby={describedBy}
                  aria-invalid={Boolean(wrong && wrongField === end) || undefined}
                  onInput={(event) => setDraft({ ...draft, [end]: event.currentTarget.value })}
                />
              )}
            </Field>
          ))}
        </div>
        <p class="field__hint">{t("range.inclusive")}</p>
        <div class="actions">
          <Button type="submit">{t("range.apply")}</Button>
          <Button kind="quiet" onClick={clear}>
            {t("range.clear")}
          </Button>
        </div>
      </form>
    </div>
  );
}
