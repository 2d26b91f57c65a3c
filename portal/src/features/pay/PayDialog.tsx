import { useState } from "preact/hooks";

import type { Billing } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords, type Words } from "../../i18n";
import { exponentOf, toDecimal } from "../../lib/money";
import { parseAmount, type TypedAmount } from "../../lib/typed-amount";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Field } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { AmountField, FixedAmount } from "./AmountField";
import { isEditable, scopeOf, type Choice, type Draft } from "./choice";
import { newIntent, keepIntent } from "./intent";
import { QuoteSlip, slipOfQuote } from "./QuoteSlip";
import { useQuote } from "./use-quote";

interface Props {
  billing: Billing;
  draft: Draft;
  account: AccountTools;
  onClose: () => void;
}

export const LONGEST_NOTES = 500;

/** T9: amount and notes. It takes no card: that happens on the next page, outside any modal window. */
export function PayDialog({ billing, draft, account, onClose }: Props) {
  const words = useWords();
  const { t, money } = words;
  const { currency } = billing;
  const { choice } = draft;
  const editable = isEditable(choice);
  const exponent = exponentOf(currency);
  const [text, setText] = useState(() => firstAmount(billing, draft, exponent));
  const [notes, setNotes] = useState(draft.notes ?? "");
  const [tried, setTried] = useState(false);

  const parsed = parseAmount(text, exponent);
  const scope = scopeOf(choice, parsed.kind === "amount" && parsed.amountMinor > 0 ? parsed.amountMinor : null);
  const { quote, error, shown } = useQuote(billing.account_id, scope);
  const amountError = editable ? amountProblem(words, parsed, tried) ?? error?.problem.detail ?? error?.problem.title : undefined;

  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (!scope || !quote || notes.length > LONGEST_NOTES) return;
    keepIntent(newIntent(billing.account_id, scope, quote, notes.trim()), account.path("pay"));
  };

  return (
    <Dialog title={t("pay.title")} onClose={onClose}>
      <form class="dialog__body" noValidate onSubmit={submit}>
        {tried && <ErrorSummary errors={amountError ? [{ field: "amount", text: amountError }] : []} />}
        <p class="pay-what">{describeChoice(words, choice, billing)}</p>
        {editable ? (
          <AmountField currency={currency} text={text} parsed={parsed} hint={hintFor(words, choice, billing)} error={amountError} onText={setText} />
        ) : (
          <FixedAmount value={shown ? money(shown.amount_minor, currency) : "…"} hint={t("pay.amountFixed")} />
        )}
        <Field id="notes" label={t("pay.notes")} hint={t("pay.notesHint")}>
          {(describedBy) => (
            <textarea
              id="notes"
              rows={2}
              maxLength={LONGEST_NOTES}
              value={notes}
              aria-describedby={describedBy}
              onInput={(event) => setNotes(event.currentTarget.value)}
            />
          )}
        </Field>
        {error && !editable && <ProblemNotice error={error} />}
        <div class="quote" aria-live="polite">
          {scope && shown && <QuoteSlip {...slipOfQuote(shown)} stale={!quote} />}
        </div>
        <div class="actions actions--end">
          <Button kind="quiet" onClick={onClose}>
            {t("pay.cancel")}
          </Button>
          <Button type="submit" disabled={!quote && !canExplain(parsed, editable)}>
            {t(billing.payments.flow === "redirect" ? "pay.next" : billing.payments.bank_debits ? "pay.toAny" : "pay.toCard")}
          </Button>
        </div>
        <p class="dialog__small">{t("pay.nothingYet")}</p>
      </form>
    </Dialog>
  );
}

/** With a wrong amount the button still answers: it says what is wrong. */
function canExplain(parsed: TypedAmount, editable: boolean): boolean {
  return editable && (parsed.kind !== "amount" || parsed.amountMinor === 0);
}

function firstAmount(billing: Billing, { choice, amountMinor }: Draft, exponent: number): string {
  if (amountMinor !== undefined) return toDecimal(amountMinor, exponent);
  const item = choice.kind === "service" && billing.items.find((it) => it.charge_id === choice.chargeId);
  return item ? toDecimal(item.payable_minor, exponent) : "";
}

function amountProblem({ t }: Words, parsed: TypedAmount, tried: boolean): string | undefined {
  if (parsed.kind === "amount") return parsed.amountMinor === 0 && tried ? t("amount.zero") : undefined;
  if (parsed.kind === "ambiguous") return tried ? t("amount.ambiguous") : undefined;
  return parsed.why === "empty" && !tried ? undefined : t(`amount.${parsed.why}`);
}

function hintFor({ t, money }: Words, choice: Choice, billing: Billing): string {
  const item = choice.kind === "service" && billing.items.find((it) => it.charge_id === choice.chargeId);
  if (item) return t("pay.amountUpTo", { amount: money(item.payable_minor, billing.currency) });
  return t("pay.amountOther");
}

function describeChoice({ t, plural, date }: Words, choice: Choice, billing: Billing): string {
  if (choice.kind === "balance") return t("pay.whatBalance");
  if (choice.kind === "amount") return t("pay.whatAmount");
  if (choice.kind === "services") return plural("pay.whatServices", choice.chargeIds.length);
  const item = billing.items.find((it) => it.charge_id === choice.chargeId);
  return item ? t("pay.whatService", { service: item.service, date: date(item.date), clinician: item.clinician }) : "";
}
