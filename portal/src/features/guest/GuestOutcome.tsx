import type { GuestPayment, Payment } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords, type Key } from "../../i18n";
import { Say } from "../../i18n/Say";
import { byPayPal, calledIn } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import type { Dispatch } from "../pay/machine/use-paying";
import { PaidLead, ReferenceNote } from "../result/PaidParts";
import { StartedLead } from "../result/StartedLead";
import { ClaimOffer } from "./ClaimOffer";
import { GuestSlip } from "./GuestSlip";
import type { Whose } from "./kept";

interface Props {
  payment: GuestPayment & Pick<Payment, "ways">;
  whose: Whose;
  paymentKey: string;
  /** Where it is paid in another way, or again. */
  form: string;
  /** Its payer comes back from having approved it. */
  approved: boolean;
  canceling: boolean;
  dispatch: Dispatch;
}

export function GuestOutcome(props: Props) {
  const { t, money } = useWords();
  const { payment } = props;
  const amount = money(payment.amount_minor, payment.currency);
  switch (payment.state) {
    case "started":
      return <Unfinished {...props} />;
    case "checking":
    case "processing":
      return (
        <Notice tone="wait" title={t(waitKey(payment), { amount })}>
          <p>{t(payment.state === "checking" ? "result.checkingText" : "guest.processingText")}</p>
        </Notice>
      );
    case "failed":
    case "canceled":
    case "expired":
    case "returned":
      return <NotCharged form={props.form} />;
    default:
      return <Paid payment={payment} whose={props.whose} paymentKey={props.paymentKey} />;
  }
}

function waitKey({ state, ways }: Pick<Payment, "state" | "ways">): Key {
  if (state === "checking") return "result.waitTitle";
  return byPayPal({ ways }) ? "result.processingTitlePayPal" : "result.processingTitle";
}

/** G7: what was paid, and where the receipt went. */
function Paid({ payment, whose, paymentKey }: Pick<Props, "payment" | "whose" | "paymentKey">) {
  const { t, money } = useWords();
  const practice = usePractice();
  const { currency, refunded_minor: refunded } = payment;
  const method = { label: t("guest.method"), text: payment.method };
  return (
    <>
      {payment.state === "paid" && <PaidLead amountMinor={payment.amount_minor} currency={currency} />}
      <GuestSlip sum={payment} whose={whose} lines={[method]} done>
        {refunded > 0 && <p class="slip__note">{t("since.refundedText", { amount: money(refunded, currency) })}</p>}
        <ReferenceNote reference={payment.reference} />
        <p>
          {payment.receipt_sent_to ? <Say sentence="result.receiptSent" parts={{ email: <bdi>{payment.receipt_sent_to}</bdi> }} /> : t("guest.receiptComing")}
        </p>
        {payment.state === "paid" && <p class="slip__note">{t(calledIn([payment.way]).noMore)}</p>}
      </GuestSlip>
      {payment.state === "paid" && <ClaimOffer paymentKey={paymentKey} />}
      <p>
        <Link href={pathTo(practice.id, "pay-online")} class="button button--secondary">
          {t("guest.back")}
        </Link>
      </p>
    </>
  );
}

/** The payer came back without finishing: go on with the same payment, or let it go. Nothing is charged yet. */
function Unfinished({ payment, approved, canceling, dispatch }: Props) {
  const { t } = useWords();
  return (
    <>
      <StartedLead payment={payment} approved={approved} />
      <div class="actions">
        {payment.next && <Button onClick={() => dispatch({ type: "goOn" })}>{t("attempt.goOn")}</Button>}
        <Button kind="quiet" busy={canceling} onClick={() => dispatch({ type: "stop" })}>
          {t("attempt.cancel")}
        </Button>
      </div>
    </>
  );
}

function NotCharged({ form }: { form: string }) {
  const { t } = useWords();
  return (
    <>
      <p class="lead">{t("guest.notCharged")}</p>
      <p>
        <Link href={form} class="button button--primary">
          {t("guest.again")}
        </Link>
      </p>
    </>
  );
}
