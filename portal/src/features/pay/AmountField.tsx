import { useWords } from "../../i18n";
import { exponentOf, toDecimal } from "../../lib/money";
import type { TypedAmount } from "../../lib/typed-amount";
import { Field } from "../../ui/Field";

interface Props {
  currency: string;
  text: string;
  parsed: TypedAmount;
  hint: string;
  error: string | undefined;
  onText: (text: string) => void;
}

export function AmountField({ currency, text, parsed, hint, error, onText }: Props) {
  const { t } = useWords();
  return (
    <>
      <Field id="amount" label={t("pay.amount")} hint={hint} error={error}>
        {(describedBy) => (
          <input
            id="amount"
            name="amount"
            class="amount-input"
            type="text"
            inputMode="decimal"
            autocomplete="off"
            required
            value={text}
            aria-describedby={describedBy}
            aria-invalid={Boolean(error) || undefined}
            onInput={(event) => onText(event.currentTarget.value)}
          />
        )}
      </Field>
      {parsed.kind === "ambiguous" && <WhichAmount currency={currency} typed={text} readings={parsed.readings} choose={onText} />}
    </>
  );
}

/** `1.250` may be read in two ways; the reader decides, not the page. */
function WhichAmount({ currency, typed, readings, choose }: {
  currency: string;
  typed: string;
  readings: number[];
  choose: (text: string) => void;
}) {
  const { t, money } = useWords();
  return (
    <div class="which" role="group" aria-labelledby="which-title">
      <p id="which-title" role="alert">
        {t("pay.which", { typed })}
      </p>
      <div class="actions">
        {readings.map((minor) => (
          <button key={minor} type="button" class="button button--secondary" onClick={() => choose(toDecimal(minor, exponentOf(currency)))}>
            {money(minor, currency)}
          </button>
        ))}
      </div>
    </div>
  );
}

/** The same field when the amount may not be changed (T8): readable, selectable, not editable. */
export function FixedAmount({ value, hint }: { value: string; hint: string }) {
  const { t } = useWords();
  return (
    <Field id="amount" label={t("pay.amount")} hint={hint}>
      {(describedBy) => <input id="amount" class="amount-input" readOnly value={value} aria-describedby={describedBy} />}
    </Field>
  );
}
