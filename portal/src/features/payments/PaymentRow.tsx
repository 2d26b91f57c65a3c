import type { Payment } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { ReceiptLinks } from "../receipt/ReceiptLinks";

export function PaymentRow({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t, money, date } = useWords();
  const show = (minor: number): string => money(minor, payment.currency);
  return (
    <li class="payment">
      <div class="payment__head">
        <h2>
          <time dateTime={payment.date}>{date(payment.date)}</time>
        </h2>
        <span class={`tag tag--${payment.state}`}>{t(`state.${payment.state}`)}</span>
        <p class="payment__amount">{show(payment.amount_minor)}</p>
      </div>
      <p class="payment__meta">
        {[payment.method, payment.reference && t("payments.ref", { reference: payment.reference })].filter(Boolean).join(" · ")}
      </p>
      {payment.lines.length > 0 && (
        <ul class="payment__lines">
          {payment.lines.map((line) => (
            <li key={line.charge_id}>
              {line.service}, {date(line.date)} <span>{show(line.amount_minor)}</span>
            </li>
          ))}
          {payment.credit_minor > 0 && (
            <li>
              {t("quote.credit")} <span>{show(payment.credit_minor)}</span>
            </li>
          )}
        </ul>
      )}
      {payment.return_reason && <p class="payment__meta">{t(`returned.${payment.return_reason}`)}</p>}
      {(["refunded", "disputed", "lost"] as const).map((part) => {
        const minor = payment[`${part}_minor`];
        return minor > 0 && <p key={part} class="payment__meta">{t(`since.${part}Text`, { amount: show(minor) })}</p>;
      })}
      {payment.notes && <p class="payment__meta">{t("payments.notes", { notes: payment.notes })}</p>}
      {!payment.finished && (
        <Link href={account.path("return", { account: payment.account_id, payment: payment.id })}>{t("payments.follow")}</Link>
      )}
      <ReceiptLinks payment={payment} named />
    </li>
  );
}
