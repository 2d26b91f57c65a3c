import { useWords, type Words } from "../../i18n";
import { Field } from "../../ui/Field";
import type { Holder, Missing } from "./machine/state";

interface HolderProps {
  holder: Holder;
  setHolder: (holder: Holder) => void;
  missing: Missing;
}

const PARTS = [
  { part: "name", label: "card.name", name: "cardholder", autocomplete: "cc-name", enterkeyhint: "next", maxLength: 120 },
  { part: "zip", label: "card.zip", name: "zip", autocomplete: "billing postal-code", enterkeyhint: "go", maxLength: 10 },
] as const;

/** S11: they go to the processor with the card, and nowhere else. */
export function HolderFields({ holder, setHolder, missing }: HolderProps) {
  const { t } = useWords();
  return (
    <div class="card-form__holder">
      {PARTS.map(({ part, label, ...input }) => (
        <Field key={part} id={`card-${part}`} label={t(label)} error={missing[part] ? t(`card.${part}Missing`) : undefined} saidElsewhere>
          {(describedBy) => (
            <input
              {...input}
              id={`card-${part}`}
              required
              value={holder[part]}
              aria-describedby={describedBy}
              aria-invalid={missing[part] || undefined}
              onInput={(event) => setHolder({ ...holder, [part]: event.currentTarget.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

/** For the summary above the button. */
export function holderErrors({ t }: Words, missing: Missing): { field: string; text: string }[] {
  return PARTS.filter(({ part }) => missing[part]).map(({ part }) => ({ field: `card-${part}`, text: t(`card.${part}Missing`) }));
}
