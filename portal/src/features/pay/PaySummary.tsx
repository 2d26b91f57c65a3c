import type { Payment, Quote } from "../../api/schema";
import { usePractice, type AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { useMedia } from "../../lib/use-media";
import { Skeleton } from "../../ui/Skeleton";
import { ForWhom } from "./ForWhom";
import { QuoteSlip, slipOfQuote } from "./QuoteSlip";

interface Props {
  account: AccountTools;
  quote: Quote | null;
  payment: Payment | null;
  /** What was agreed to, while neither is there. */
  agreedMinor: number | null;
  notes: string;
  /** A bill is paid by itself, and nothing else of the account is known. */
  ofBill?: boolean;
  /** One of the two is still to come. */
  waits: boolean;
  /** On a phone one line, so that the card fields are on the first screen. */
  folds: boolean;
}

/** The two columns of the page; pages.css says the same. */
const WIDE = "(min-width: 52rem)";

/** What is being paid: the quote before it is sent, the payment's own record afterwards. */
export function PaySummary({ folds, ...slip }: Props) {
  const { t, money } = useWords();
  const wide = useMedia(WIDE);
  const { currency } = usePractice();
  const amountMinor = (slip.quote ?? slip.payment)?.amount_minor ?? slip.agreedMinor;
  if (wide || !folds) {
    return (
      <section class="pay-layout__what" aria-labelledby="summary-title">
        <h2 id="summary-title">{t("pay.summary")}</h2>
        <Slip {...slip} />
      </section>
    );
  }
  return (
    <section class="pay-layout__what" aria-labelledby="summary-title">
      <h2 id="summary-title" class="visually-hidden">
        {t("pay.summary")}
      </h2>
      <details class="pay-fold">
        <summary>
          <span class="pay-fold__sum">
            {t("quote.total")} <strong>{amountMinor === null ? "…" : money(amountMinor, currency)}</strong>
          </span>
          <span class="pay-fold__more">{t("pay.details")}</span>
        </summary>
        <Slip {...slip} />
      </details>
    </section>
  );
}

function Slip({ account, quote, payment, agreedMinor, notes, ofBill, waits }: Omit<Props, "folds">) {
  const { t } = useWords();
  const { currency } = usePractice();
  return (
    <>
      <ForWhom account={account} />
      {quote && <QuoteSlip {...slipOfQuote(quote)} ofBill={ofBill} />}
      {payment && !quote && (
        <QuoteSlip
          currency={payment.currency}
          amountMinor={payment.amount_minor}
          lines={payment.lines}
          creditMinor={payment.credit_minor}
          owedAfterMinor={payment.owed_after_minor}
        />
      )}
      {!quote && !payment && waits && <Skeleton shapes={["card"]} />}
      {!quote && !payment && !waits && agreedMinor !== null && (
        <QuoteSlip currency={currency} amountMinor={agreedMinor} lines={[]} creditMinor={0} owedAfterMinor={null} />
      )}
      {notes && (
        <div class="pay-notes">
          <h3>{t("pay.notesTitle")}</h3>
          <p>{notes}</p>
        </div>
      )}
    </>
  );
}
