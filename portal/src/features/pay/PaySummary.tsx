import type { Payment, Quote } from "../../api/schema";
import { useWords } from "../../i18n";
import { useMedia } from "../../lib/use-media";
import { Skeleton } from "../../ui/Skeleton";
import { QuoteSlip, slipOfQuote } from "./QuoteSlip";

interface Props {
  quote: Quote | null;
  payment: Payment | null;
  notes: string;
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
  const source = slip.quote ?? slip.payment;
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
            {t("quote.total")} <strong>{source ? money(source.amount_minor, source.currency) : "…"}</strong>
          </span>
          <span class="pay-fold__more">{t("pay.details")}</span>
        </summary>
        <Slip {...slip} />
      </details>
    </section>
  );
}

function Slip({ quote, payment, notes, waits }: Omit<Props, "folds">) {
  const { t } = useWords();
  return (
    <>
      {quote && <QuoteSlip {...slipOfQuote(quote)} />}
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
      {notes && (
        <div class="pay-notes">
          <h3>{t("pay.notesTitle")}</h3>
          <p>{notes}</p>
        </div>
      )}
    </>
  );
}
