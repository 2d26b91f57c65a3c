import type { Billing, Payment } from "../../api/schema";
import { useWords } from "../../i18n";
import { byPayPal } from "../../lib/ways";
import { Notice } from "../../ui/Notice";

/** Payments from a bank account, or that PayPal reviews: those still on their way, and one that came back while what it paid is open. */
export function BankNotices({ billing }: { billing: Billing }) {
  const returned = returnedAndOpen(billing);
  return (
    <>
      {returned && <ReturnedNotice payment={returned} />}
      {billing.processing.map((payment) => (
        <ProcessingNotice key={payment.id} payment={payment} />
      ))}
    </>
  );
}

/** What the bank said, and that it has paid nothing. */
export function ReturnedNotice({ payment }: { payment: Payment }) {
  const { t, money } = useWords();
  const amount = money(payment.amount_minor, payment.currency);
  return (
    <Notice tone="warn" title={t(byPayPal(payment) ? "result.returnedPayPal" : "returned.title", { amount })}>
      <p>{t(byPayPal(payment) ? "returned.paypal" : `returned.${payment.return_reason ?? "other"}`)}</p>
      <p>{t("returned.open")}</p>
    </Notice>
  );
}

function ProcessingNotice({ payment }: { payment: Payment }) {
  const { t, money, date } = useWords();
  const amount = money(payment.amount_minor, payment.currency);
  return (
    <Notice tone="wait" title={t(byPayPal(payment) ? "attempt.processingPayPal" : "attempt.processing", { amount })}>
      <p>{t(byPayPal(payment) ? "attempt.paypalDays" : "attempt.bankDays")}</p>
      <p>{t("attempt.since", { date: date(payment.date), method: payment.method })}</p>
    </Notice>
  );
}

function returnedAndOpen({ recent_payments, items }: Billing): Payment | undefined {
  const open = new Set(items.map((item) => item.charge_id));
  return recent_payments.find(
    (payment) => payment.state === "returned" && payment.lines.some((line) => open.has(line.charge_id)),
  );
}
