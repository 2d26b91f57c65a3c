import { itemisedReceiptUrl, receiptUrl } from "../../api/calls";
import type { Payment } from "../../api/schema";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { NewTab } from "../../ui/NewTab";

/** States of a payment whose money came, whatever became of it since. */
export const CAME: Payment["state"][] = ["paid", "partly_refunded", "refunded", "disputed", "charged_back"];

/** S6: two plain links to the same bytes, one to open or print, one to keep; and the receipt that says what was paid for. */
export function ReceiptLinks({ payment, named }: { payment: Payment; named?: boolean }) {
  const { t, date } = useWords();
  if (!CAME.includes(payment.state)) return null;
  const which = named ? <span class="visually-hidden"> {t("receipt.of", { date: date(payment.date), reference: payment.reference })}</span> : null;
  return (
    <span class="receipt-links">
      {payment.receipt_available && (
        <>
          <a href={receiptUrl(payment.account_id, payment.id, "inline")} target="_blank" rel="noreferrer">
            <Icon name="receipt" /> {t("receipt.open")}
            {which}
            <NewTab />
          </a>
          <a href={receiptUrl(payment.account_id, payment.id, "attachment")}>
            <Icon name="download" /> {t("receipt.download")}
            {which}
          </a>
        </>
      )}
      <a href={itemisedReceiptUrl(payment.account_id, payment.id)} target="_blank" rel="noreferrer">
        <Icon name="receipt" /> {t("receipt.itemised")}
        <span class="visually-hidden"> {t("receipt.itemisedFor")}</span>
        {which}
        <NewTab />
      </a>
    </span>
  );
}
