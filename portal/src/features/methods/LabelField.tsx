import { useWords } from "../../i18n";
import { Field } from "../../ui/Field";

const LONGEST = 40;

export function LabelField({ id, label, setLabel }: { id: string; label: string; setLabel: (label: string) => void }) {
  const { t } = useWords();
  return (
    <Field id={id} label={t("method.labelField")} hint={t("method.labelHint")}>
      {(describedBy) => (
        <input
          id={id}
          name="label"
          autocomplete="off"
          maxLength={LONGEST}
          value={label}
          aria-describedby={describedBy}
          onInput={(event) => setLabel(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
