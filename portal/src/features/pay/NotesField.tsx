import { useRef, useState } from "preact/hooks";

import { useWords } from "../../i18n";
import { Field } from "../../ui/Field";

const LONGEST_NOTES = 500;

/** T11: few payers have something to say, so it is one line until it is asked for. */
export function NotesField({ notes, setNotes }: { notes: string; setNotes: (notes: string) => void }) {
  const { t } = useWords();
  const [open] = useState(notes !== "");
  const box = useRef<HTMLDetailsElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const begin = (): void => void (!box.current?.open && requestAnimationFrame(() => area.current?.focus()));
  return (
    <details class="notes" open={open} ref={box}>
      <summary onClick={begin}>{t("pay.addNote")}</summary>
      <Field id="notes" label={t("pay.notes")} hint={t("pay.notesHint")}>
        {(describedBy) => (
          <textarea
            ref={area}
            id="notes"
            name="notes"
            rows={2}
            maxLength={LONGEST_NOTES}
            autocomplete="off"
            value={notes}
            aria-describedby={describedBy}
            onInput={(event) => setNotes(event.currentTarget.value)}
          />
        )}
      </Field>
    </details>
  );
}
