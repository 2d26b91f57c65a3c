import type { ComponentChildren } from "preact";

import type { LeftOut, PaymentLine, Quote, QuoteLine } from "../../api/schema";
import { useWords, type Words } from "../../i18n";
import { Name } from "../../ui/Name";
import { WhyLeftOut } from "./WhyLeftOut";

interface Props {
  currency: string;
  amountMinor: number;
  lines: (QuoteLine | PaymentLine)[];
  creditMinor: number;
  owedAfterMinor: number | null;
  leftOut?: LeftOut[];
  /** The clinicians who take no online payments, where they are known. */
  without?: string[];
  /** What is owed afterwards is of this bill alone, and not all that the client owes. */
  ofBill?: boolean | undefined;
  /** The payment has been made: say so in the past; `owedAfterMinor` is then what is owed today. */
  done?: boolean;
  /** What has become of the payment since, below its total; the last line is what still counts as paid. */
  since?: { label: string; amount: string }[];
  /** At the slip's foot. */
  children?: ComponentChildren;
  /** Its total stands elsewhere, in view all the time. */
  open?: boolean;
  /** Shown pale while a newer answer is on its way. */
  stale?: boolean;
}

export function slipOfQuote(quote: Quote): Props {
  return {
    currency: quote.currency,
    amountMinor: quote.amount_minor,
    lines: quote.lines,
    creditMinor: quote.credit_minor,
    owedAfterMinor: quote.owed_after_minor,
    leftOut: quote.left_out,
  };
}

/** The paper slip: what a payment pays, line by line, and what is owed afterwards. All figures are the API's. */
export function QuoteSlip({ currency, amountMinor, lines, creditMinor, owedAfterMinor, leftOut = [], without = [], ofBill, done, since = [], open, stale, children }: Props) {
  const words = useWords();
  const { t, money, date } = words;
  const show = (minor: number): string => money(minor, currency);
  return (
    <div class={stale ? "slip slip--stale" : "slip"} aria-busy={stale || undefined}>
      <dl class="ledger">
        {lines.map((line) => (
          <div class="ledger__line" key={line.charge_id}>
            <dt>
              <Name lang={line.service_locale}>{line.service}</Name>
              <small>
                {date(line.date)}
                {"left_minor" in line && line.left_minor > 0 && ` · ${t("quote.left", { amount: show(line.left_minor) })}`}
              </small>
            </dt>
            <dd>{show(line.amount_minor)}</dd>
          </div>
        ))}
        {creditMinor > 0 && <Line label={t("quote.credit")} note={t("quote.creditNote")} amount={show(creditMinor)} />}
        <Line label={t("quote.fee")} note={t("quote.feeNote")} amount={show(0)} />
        {!open && (
          <div class="ledger__line ledger__line--total">
            <dt>{t(done ? "quote.paid" : "quote.total")}</dt>
            <dd>{show(amountMinor)}</dd>
          </div>
        )}
        {since.map((line, index) => (
          <div key={line.label} class={index === since.length - 1 ? "ledger__line ledger__line--total" : "ledger__line"}>
            <dt>{line.label}</dt>
            <dd>{line.amount}</dd>
          </div>
        ))}
      </dl>
      {leftOut.map((part) => (
        <p class="slip__note" key={part.reason}>
          <WhyLeftOut part={part} currency={currency} without={without} />
        </p>
      ))}
      {owedAfterMinor !== null && !open && <p class="slip__note">{owedWords(words, owedAfterMinor, currency, done ? "Now" : "After", ofBill)}</p>}
      {children}
    </div>
  );
}

/** "After this you still owe $180.00.", or how it stands now. */
export function owedWords({ t, money }: Words, minor: number, currency: string, when: "After" | "Now", ofBill = false): string {
  if (ofBill) return minor > 0 ? t(`bill.owed${when}`, { amount: money(minor, currency) }) : t(`bill.nothing${when}`);
  if (minor === 0) return t(`quote.nothing${when}`);
  return t(minor > 0 ? `quote.owed${when}` : `quote.credit${when}`, { amount: money(Math.abs(minor), currency) });
}

function Line({ label, note, amount }: { label: string; note: string; amount: string }) {
  return (
    <div class="ledger__line">
      <dt>
        {label}
        <small>{note}</small>
      </dt>
      <dd>{amount}</dd>
    </div>
  );
}
