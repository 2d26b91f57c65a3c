import type { Payment } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { Day } from "../../ui/Day";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { AskLink } from "../questions/AskLink";
import { CAME, ReceiptLinks } from "../receipt/ReceiptLinks";

/** T16: one payment: how and when in one line, one sum, its receipt at the right. */
export function PaymentRow({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t, money, date } = useWords();
  const show = (minor: number): string => money(minor, payment.currency);
  return (
    <li class="ruled__row payment">
      <h3 class="ruled__what">
        <span class="ruled__how">{payment.method || t("kind.payment")}</span>
        <span class="ruled__day">
          <span class="ruled__dot"> · </span>
          <Day date={payment.date} />
        </span>
      </h3>
      <p class="ruled__sum">{show(payment.amount_minor)}</p>
      <div class="ruled__about">
        <span class={`tag tag--${payment.state}`}>{t(`state.${payment.state}`)}</span>
        <Allocation payment={payment} />
        {payment.return_reason && <p>{t(`returned.${payment.return_reason}`)}</p>}
        {(["refunded", "disputed", "lost"] as const).map((part) => {
          const minor = payment[`${part}_minor`];
          return minor > 0 && <p key={part}>{t(`since.${part}Text`, { amount: show(minor) })}</p>;
        })}
        {payment.notes && <p>{t("payments.notes", { notes: payment.notes })}</p>}
        {payment.reference && <p>{t("payments.ref", { reference: payment.reference })}</p>}
      </div>
      <div class="ruled__links">
        {!payment.finished && (
          <Link href={account.path("return", { account: payment.account_id, payment: payment.id })}>{t("payments.follow")}</Link>
        )}
        <ReceiptLinks payment={payment} named />
        <AskLink account={payment.account_id} kind="payment" id={payment.id} mark={payment.question} of={`${payment.method || t("kind.payment")}, ${date(payment.date)}`} />
      </div>
    </li>
  );
}

/** What it paid: one service is named; of several, each sum is there for who asks. */
function Allocation({ payment }: { payment: Payment }) {
  const { t, money } = useWords();
  const parts = payment.lines.map((line) => ({
    id: line.charge_id,
    what: (
      <>
        <Name lang={line.service_locale}>{line.service}</Name>, <Day date={line.date} />
      </>
    ),
    minor: line.amount_minor,
  }));
  if (payment.credit_minor > 0) parts.push({ id: "credit", what: <>{t("quote.credit")}</>, minor: payment.credit_minor });
  if (parts.length < 2) return <>{parts.map((part) => <p key={part.id}>{part.what}</p>)}</>;
  return (
    <details>
      <summary>{t(CAME.includes(payment.state) ? "payments.parts" : "payments.partsMeant", { count: parts.length })}</summary>
      <ul role="list" class="payment__lines">
        {parts.map((part) => (
          <li key={part.id}>
            <span>{part.what}</span> <span class="payment__part">{money(part.minor, payment.currency)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
