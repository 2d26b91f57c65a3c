import { useWords } from "../../i18n";
import { useMedia } from "../../lib/use-media";
import { Skeleton } from "../../ui/Skeleton";
import { QuoteSlip, slipOfQuote } from "./QuoteSlip";
import type { Step } from "./use-payment";

interface Props {
  step: Step;
  notes: string;
  /** On a phone one line, so that the card fields are on the first screen. */
  folds: boolean;
}

/** The two columns of the page; pages.css says the same. */
const WIDE = "(min-width: 52rem)";

/** What is being paid: the quote before it is sent, the payment's own record afterwards. */
export function PaySummary({ step, notes, folds }: Props) {
  const { t, money } = useWords();
  const wide = useMedia(WIDE);
  const source = ("quote" in step ? step.quote : null) ?? ("payment" in step ? step.payment : null);
  if (wide || !folds) {
    return (
      <section class="pay-layout__what" aria-labelledby="summary-title">
        <h2 id="summary-title">{t("pay.summary")}</h2>
        <Slip step={step} notes={notes} />
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
        <Slip step={step} notes={notes} />
      </details>
    </section>
  );
}

function Slip({ step, notes }: Omit<Props, "folds">) {
  const { t } = useWords();
  const payment = "payment" in step ? step.payment : null;
  const quote = "quote" in step ? step.quote : null;
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
      {!quote && !payment && step.at !== "problem" && <Skeleton shapes={["card"]} />}
      {notes && (
        <div class="pay-notes">
          <h3>{t("pay.notesTitle")}</h3>
          <p>{notes}</p>
        </div>
      )}
    </>
  );
}
