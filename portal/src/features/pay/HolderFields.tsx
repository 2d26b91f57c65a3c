import { useWords } from "../../i18n";
import { Field } from "../../ui/Field";
import type { Holder, Missing } from "./machine/state";

interface HolderProps {
  holder: Holder;
  setHolder: (holder: Holder) => void;
  missing: Missing;
}

/** S11: they go to the processor with the card, and nowhere else. */
export function HolderFields({ holder, setHolder, missing }: HolderProps) {
  const { t } = useWords();
  const errorOf = (part: "name" | "zip"): string | undefined => (missing[part] ? t(`card.${part}Missing`) : undefined);
  return (
    <div class="card-form__holder">
      <Field id="card-name" label={t("card.name")} error={errorOf("name")} saidElsewhere>
        {(describedBy) => (
          <input
            id="card-name"
            name="cardholder"
            autocomplete="cc-name"
            enterkeyhint="next"
            required
            maxLength={120}
            value={holder.name}
            aria-describedby={describedBy}
            aria-invalid={missing.name || undefined}
            onInput={(event) => setHolder({ ...holder, name: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field id="card-zip" label={t("card.zip")} error={errorOf("zip")} saidElsewhere>
        {(describedBy) => (
          <input
            id="card-zip"
            name="zip"
            autocomplete="billing postal-code"
            enterkeyhint="go"
            required
            maxLength={10}
            value={holder.zip}
            aria-describedby={describedBy}
            aria-invalid={missing.zip || undefined}
            onInput={(event) => setHolder({ ...holder, zip: event.currentTarget.value })}
          />
        )}
      </Field>
    </div>
  );
}
