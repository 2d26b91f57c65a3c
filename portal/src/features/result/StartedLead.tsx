import type { Payment } from "../../api/schema";
import { useWords } from "../../i18n";
import { Notice } from "../../ui/Notice";

interface Props {
  payment: Pick<Payment, "amount_minor" | "currency">;
  /** Its payer approved it at PayPal, and it is not paid all the same. */
  approved: boolean;
}

/** Of a payment that waits for its payer: nothing is charged, and why not where they thought that it was. */
export function StartedLead({ payment, approved }: Props) {
  const { t, money } = useWords();
  return (
    <>
      {approved && (
        <Notice tone="warn" title={t("result.notTakenPayPal")} urgent>
          <p>{t("result.notTakenPayPalText")}</p>
        </Notice>
      )}
      <p class="lead">{t("result.startedText", { amount: money(payment.amount_minor, payment.currency) })}</p>
    </>
  );
}
