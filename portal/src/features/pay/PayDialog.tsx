import { useEffect, useRef, useState } from "preact/hooks";

import type { Billing } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords, type Words } from "../../i18n";
import { exponentOf, toDecimal } from "../../lib/money";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { AmountField, FixedAmount } from "./AmountField";
import { isEditable, scopeOf, type Choice, type Draft } from "./choice";
import { newIntent, keepIntent } from "./intent";
import { owedWords, QuoteSlip, slipOfQuote } from "./QuoteSlip";
import { amountProblem, isToBeSaid, useAmount } from "./use-amount";
import { useKept } from "./use-kept";
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
  const entry = useAmount(firstAmount(billing, draft, exponent), exponent, currency);
  const [notes, setNotes] = useState(draft.notes ?? "");
  const [asked, setAsked] = useState(false);
  const trouble = useRef<HTMLDivElement>(null);
  useKept(draft, entry.text, notes);

  const { parsed } = entry;
  const scope = scopeOf(choice, parsed.kind === "amount" && parsed.amountMinor > 0 ? parsed.amountMinor : null);
  const { quote, error, shown, again } = useQuote(billing.account_id, scope);
  const refused = editable && error?.problem.field === "amount_minor" ? error : null;
  const wrong = editable ? amountProblem(words, entry, currency, money(mostOf(choice, billing), currency), refused) : undefined;
  const said = wrong && isToBeSaid(entry) ? wrong : undefined;

  // The button always answers: with the next page, or with what is in the way; an answer still on its way is waited for.
  useEffect(() => {
    if (!asked || (scope && !quote && !error)) return;
    setAsked(false);
    if (scope && quote) keepIntent(newIntent(billing.account_id, scope, quote, notes.trim()), account.path("pay"));
    else if (wrong) entry.insist();
    else trouble.current?.focus();
  }, [asked, quote, error]);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (error && !wrong) again();
    setAsked(true);
  };
  const type = (text: string): void => {
    setAsked(false);
    entry.type(text);
  };

  return (
    <Dialog title={t("pay.title")} onClose={onClose}>
      <form class="dialog__body" noValidate onSubmit={submit}>
        <p class="pay-what">{describeChoice(words, choice, billing)}</p>
        {editable ? (
          <AmountField
            currency={currency}
            text={entry.text}
            hint={hintFor(words, choice, billing)}
            error={said}
            input={entry.input}
            readings={said && parsed.kind === "ambiguous" ? parsed.readings : []}
            onText={type}
            onLeave={entry.leave}
          />
        ) : (
          <FixedAmount value={shown ? money(shown.amount_minor, currency) : "…"} hint={t("pay.amountFixed")} />
        )}
        <Field id="notes" label={t("pay.notes")} hint={t("pay.notesHint")}>
          {(describedBy) => (
            <textarea
              id="notes"
              rows={2}
              maxLength={LONGEST_NOTES}
              autocomplete="off"
              value={notes}
              aria-describedby={describedBy}
              onInput={(event) => setNotes(event.currentTarget.value)}
            />
          )}
        </Field>
        <div ref={trouble} tabIndex={-1}>
          {error && !refused && <ProblemNotice error={error} />}
        </div>
        <div class="quote">{scope && shown && <QuoteSlip {...slipOfQuote(shown)} stale={!quote} />}</div>
        <p class="visually-hidden" role="status">
          {quote && t("quote.said", { amount: money(quote.amount_minor, currency), after: owedWords(words, quote.owed_after_minor, currency, "After") })}
        </p>
        <div class="actions actions--end">
          <Button kind="quiet" onClick={onClose}>
            {t("pay.cancel")}
          </Button>
          <Button type="submit" busy={asked}>
            {t(billing.payments.flow === "redirect" ? "pay.next" : billing.payments.bank_debits ? "pay.toAny" : "pay.toCard")}
          </Button>
        </div>
        <p class="dialog__small">{t("pay.nothingYet")}</p>
      </form>
    </Dialog>
  );
}

function firstAmount(billing: Billing, { choice, amountMinor, text }: Draft, exponent: number): string {
  if (text !== undefined) return text;
  if (amountMinor !== undefined) return toDecimal(amountMinor, exponent);
  const item = choice.kind === "service" && billing.items.find((it) => it.charge_id === choice.chargeId);
  return item ? toDecimal(stepped(item.payable_minor, billing), exponent) : "";
}

/** Rounded down to what the processor takes in this currency. */
function stepped(minor: number, { payments }: Billing): number {
  return minor - (minor % payments.step_minor);
}

/** The most that may be typed here; more than is owed only where nothing owed is left out of it. */
function mostOf(choice: Choice, billing: Billing): number {
  const { items, balance, payments, left_out } = billing;
  const item = choice.kind === "service" && items.find((it) => it.charge_id === choice.chargeId);
  if (item) return Math.min(stepped(item.payable_minor, billing), payments.limit_minor);
  return left_out.length > 0 ? Math.min(balance.payable_minor, payments.limit_minor) : payments.limit_minor;
}

function hintFor({ t, money }: Words, choice: Choice, billing: Billing): string {
  const amount = money(mostOf(choice, billing), billing.currency);
  if (choice.kind === "service") return t("pay.amountUpTo", { amount });
  return t(billing.left_out.length > 0 ? "pay.amountOldest" : "pay.amountOther", { amount });
}

function describeChoice({ t, plural, date }: Words, choice: Choice, billing: Billing): string {
  if (choice.kind === "balance") return t("pay.whatBalance");
  if (choice.kind === "amount") return t("pay.whatAmount");
  if (choice.kind === "services") return plural("pay.whatServices", choice.chargeIds.length);
  const item = billing.items.find((it) => it.charge_id === choice.chargeId);
  return item ? t("pay.whatService", { service: item.service, date: date(item.date), clinician: item.clinician }) : "";
}
