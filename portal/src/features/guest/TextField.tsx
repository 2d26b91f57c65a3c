import { useWords } from "../../i18n";
import { Field } from "../../ui/Field";
import type { FieldName, Typed } from "./typed";

interface Props {
  field: Exclude<FieldName, "email" | "amount" | "clinician">;
  typed: Typed;
  faults: Partial<Record<FieldName, string>>;
  change: (field: FieldName) => (text: string) => void;
  hint?: string;
  autocomplete: "name" | "tel" | "off";
  maxLength: number;
  optional?: boolean;
}

/** One line of text of the form; what is wrong is said by the form's summary, which takes the focus. */
export function TextField({ field, typed, faults, change, hint, autocomplete, maxLength, optional }: Props) {
  const { t } = useWords();
  return (
    <Field id={field} label={t(`guest.${field}`)} hint={hint} error={faults[field]} saidElsewhere>
      {(describedBy) => (
        <input
          id={field}
          name={field}
          inputMode={autocomplete === "tel" ? "tel" : "text"}
          autocomplete={autocomplete}
          spellcheck={false}
          required={!optional}
          maxLength={maxLength}
          value={typed[field]}
          aria-describedby={describedBy}
          aria-invalid={Boolean(faults[field]) || undefined}
          onInput={(event) => change(field)(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
