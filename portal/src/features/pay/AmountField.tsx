import type { RefObject } from "preact";

import { useWords } from "../../i18n";
import { currencyMark, exponentOf, toDecimal } from "../../lib/money";
import { Field } from "../../ui/Field";

interface Props {
  currency: string;
  text: string;
  hint: string;
  error: string | undefined;
  input: RefObject<HTMLInputElement | null>;
  /** What `1.250` may mean; empty when there is no doubt, or nothing is to be asked yet. */
  readings: number[];
  onText: (text: string) => void;
  onLeave: () => void;
  /** Where a dialog that opens begins. */
  autofocus?: boolean;
}

export function AmountField({ currency, text, hint, error, input, readings, onText, onLeave, autofocus = true }: Props) {
  const { t, locale } = useWords();
  const mark = currencyMark(currency, locale);
  const choose = (minor: number): void => {
    onText(toDecimal(minor, exponentOf(currency)));
    input.current?.focus();
  };
  return (
    <>
      <Field id="amount" label={t("pay.amount")} hint={hint} error={error}>
        {(describedBy) => (
          <div class="amount-box">
            <span class="amount-box__sign" aria-hidden="true" onClick={() => input.current?.focus()}>
              {mark.sign}
            </span>
            <span id="amount-currency" class="visually-hidden">
              {mark.name}
            </span>
            <input
              ref={input}
              id="amount"
              name="amount"
              class="amount-input"
              type="text"
              inputMode={exponentOf(currency) === 0 ? "numeric" : "decimal"}
              enterkeyhint="go"
              autocomplete="off"
              autofocus={autofocus}
              required
              value={text}
              aria-describedby={["amount-currency", describedBy].join(" ")}
              aria-invalid={Boolean(error) || undefined}
              onInput={(event) => onText(event.currentTarget.value)}
              onBlur={onLeave}
            />
          </div>
        )}
      </Field>
      {readings.length > 0 && <WhichAmount currency={currency} readings={readings} choose={choose} />}
    </>
  );
}

/** The reader decides what `1.250` means, not the page. The question itself is the field's error. */
function WhichAmount({ currency, readings, choose }: { currency: string; readings: number[]; choose: (minor: number) => void }) {
  const { money } = useWords();
  return (
    <div class="which" role="group" aria-labelledby="amount-error">
      <div class="actions">
        {readings.map((minor) => (
          <button key={minor} type="button" class="button button--secondary" onClick={() => choose(minor)}>
            {money(minor, currency)}
          </button>
        ))}
      </div>
    </div>
  );
}

/** The same field when the amount may not be changed: readable, selectable, not editable. */
export function FixedAmount({ value, hint }: { value: string; hint: string }) {
  const { t } = useWords();
  return (
    <Field id="amount" label={t("pay.amount")} hint={hint}>
      {(describedBy) => <input id="amount" class="amount-input" readOnly autofocus value={value} aria-describedby={describedBy} />}
    </Field>
  );
}
