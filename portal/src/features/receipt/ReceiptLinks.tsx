import { receiptUrl } from "../../api/calls";
import type { Payment } from "../../api/schema";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { NewTab } from "../../ui/NewTab";

/** S6: two plain links to the same bytes, one to open or print, one to keep. */
export function ReceiptLinks({ payment, named }: { payment: Payment; named?: boolean }) {
  const { t, date } = useWords();
  if (!payment.receipt_available) return null;
  const which = named ? <span class="visually-hidden"> {t("receipt.of", { date: date(payment.date), reference: payment.reference })}</span> : null;
  return (
    <span class="receipt-links">
      <a href={receiptUrl(payment.account_id, payment.id, "inline")} target="_blank" rel="noreferrer">
        <Icon name="receipt" /> {t("receipt.open")}
        {which}
        <NewTab />
      </a>
      <a href={receiptUrl(payment.account_id, payment.id, "attachment")}>
        <Icon name="download" /> {t("receipt.download")}
        {which}
      </a>
    </span>
  );
}
