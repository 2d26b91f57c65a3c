import { useWords } from "../../i18n";
import { Skeleton } from "../../ui/Skeleton";
import { QuoteSlip, slipOfQuote } from "./QuoteSlip";
import type { Step } from "./use-payment";

/** What is being paid: the quote before it is sent, the payment's own record afterwards. */
export function PaySummary({ step, notes }: { step: Step; notes: string }) {
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
