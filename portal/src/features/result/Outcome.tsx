import type { ComponentChildren } from "preact";

import type { Payment } from "../../api/schema";
import { usePractice, type AccountTools } from "../../app/practice";
import { useWords, type Key } from "../../i18n";
import { Say } from "../../i18n/Say";
import { byPayPal, calledIn, waysOf } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import { ReturnedNotice } from "../billing/BankNotices";
import { ForWhom } from "../pay/ForWhom";
import type { Intent } from "../pay/intent";
import { isUnpaid } from "../pay/machine/result";
import type { Dispatch } from "../pay/machine/use-paying";
import { QuoteSlip } from "../pay/QuoteSlip";
import { ReceiptLinks } from "../receipt/ReceiptLinks";
import { PaidLead, ReferenceNote } from "./PaidParts";
import { Unfinished } from "./Unfinished";

/** What the outcome means for the payer: how it reads, and whether money has moved. */
const KINDS = {
  started: "unfinished",
  checking: "waiting",
  processing: "waiting",
  paid: "paid",
  partly_refunded: "changed",
  refunded: "changed",
  disputed: "changed",
  charged_back: "changed",
  failed: "notCharged",
  returned: "returned",
  canceled: "notCharged",
  expired: "notCharged",
} as const satisfies Record<Payment["state"], string>;

interface Props {
  payment: Payment;
  account: AccountTools;
  /** Its payer comes back from having approved it. */
  approved: boolean;
  canceling: boolean;
  /** What this tab has begun. */
  intent: Intent | null;
  dispatch: Dispatch;
}

export function Outcome({ payment, account, approved, canceling, intent, dispatch }: Props) {
  switch (KINDS[payment.state]) {
    case "paid":
      return <Paid payment={payment} account={account} />;
    case "changed":
      return <Changed payment={payment} account={account} />;
    case "waiting":
      return <Waiting payment={payment} account={account} />;
    case "unfinished":
      return <Unfinished payment={payment} account={account} approved={approved} canceling={canceling} dispatch={dispatch} />;
    case "returned":
      return <Returned payment={payment} account={account} />;
    case "notCharged":
      return <NotCharged payment={payment} account={account} intent={intent} dispatch={dispatch} />;
  }
}

/** It went through; nothing of it has come back. */
function Paid({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t } = useWords();
  return (
    <>
      <PaidLead amountMinor={payment.amount_minor} currency={payment.currency} />
      <ForWhom account={account} />
      <PaidSlip payment={payment}>
        <p class="slip__note">{t(calledIn(waysOf(usePractice().payments.ways)).noMore)}</p>
      </PaidSlip>
      <SavedNote payment={payment} account={account} />
      <BackLink account={account} />
    </>
  );
}

/** T15: what was ticked. */
function SavedNote({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t } = useWords();
  if (!payment.saves) return null;
  const link = <Link href={account.path("payment-methods")}>{t("methods.title")}</Link>;
  return (
    <p>
      <Say sentence="result.saves" parts={{ methods: link }} />
    </p>
  );
}

interface SlipProps {
  payment: Payment;
  since?: { label: string; amount: string }[];
  children?: ComponentChildren;
}

/** What was paid, how, and the receipt, on one slip. */
function PaidSlip({ payment, since, children }: SlipProps) {
  return (
    <QuoteSlip
      currency={payment.currency}
      amountMinor={payment.amount_minor}
      lines={payment.lines}
      creditMinor={payment.credit_minor}
      owedAfterMinor={payment.owed_now_minor}
      done
      {...(since ? { since } : {})}
    >
      {children}
      {payment.method && <p class="slip__note">{payment.method}</p>}
      <ReferenceNote reference={payment.reference} />
      {payment.receipt_available && (
        <div class="result-receipt">
          <p>
            <ReceiptWords payment={payment} />
          </p>
          <ReceiptLinks payment={payment} />
        </div>
      )}
    </QuoteSlip>
  );
}

/** G7: where the receipt went. */
function ReceiptWords({ payment }: { payment: Payment }) {
  const { t } = useWords();
  if (payment.receipt_pending) return <>{t("result.receiptComing")}</>;
  if (!payment.receipt_sent_to) return <>{t("result.receiptReady")}</>;
  return <Say sentence="result.receiptSent" parts={{ email: <bdi>{payment.receipt_sent_to}</bdi> }} />;
}

const SINCE = ["refunded", "disputed", "lost"] as const;

function sinceKey(part: (typeof SINCE)[number], text: "" | "Text", payment: Payment): Key {
  return part !== "refunded" && byPayPal(payment) ? `since.${part}${text}PayPal` : `since.${part}${text}`;
}

/** It went through, and some or all of it has come back, or may: what did, and what still counts as paid. */
function Changed({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t, money } = useWords();
  const show = (minor: number): string => money(minor, payment.currency);
  const parts = SINCE.filter((part) => payment[`${part}_minor`] > 0);
  const since = parts.map((part) => ({ label: t(sinceKey(part, "", payment)), amount: show(-payment[`${part}_minor`]) }));
  return (
    <>
      <Notice tone={payment.state === "disputed" ? "wait" : payment.state === "charged_back" ? "warn" : "info"}>
        {parts.map((part) => (
          <p key={part}>{t(sinceKey(part, "Text", payment), { amount: show(payment[`${part}_minor`]) })}</p>
        ))}
      </Notice>
      <PaidSlip payment={payment} since={[...since, { label: t("since.kept"), amount: show(payment.kept_minor) }]} />
      <BackLink account={account} />
    </>
  );
}

function waiting(payment: Payment): [title: Key, text: Key] {
  if (payment.state !== "processing") return ["result.waitTitle", "result.checkingText"];
  if (byPayPal(payment)) return ["result.processingTitlePayPal", "result.processingTextPayPal"];
  return ["result.processingTitle", "result.processingText"];
}

function Waiting({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t, money } = useWords();
  const amount = money(payment.amount_minor, payment.currency);
  const [title, text] = waiting(payment);
  return (
    <>
      <Notice tone="wait" title={t(title, { amount })}>
        <p>{t(text)}</p>
      </Notice>
      <ForWhom account={account} />
      {payment.state === "processing" && <SavedNote payment={payment} account={account} />}
      <BackLink account={account} />
    </>
  );
}

function Returned({ payment, account }: { payment: Payment; account: AccountTools }) {
  return (
    <>
      <ReturnedNotice payment={payment} />
      <BackLink account={account} again />
    </>
  );
}

/** What was to be paid is not typed again: this tab still knows it. */
function NotCharged({ payment, account, intent, dispatch }: Omit<Props, "canceling" | "approved">) {
  const { t } = useWords();
  const same = intent?.paymentId === payment.id && isUnpaid(payment) ? intent : null;
  return (
    <>
      <p class="lead">
        {t("result.notCharged")} {payment.saved && t("result.another")}
      </p>
      {same ? <Button onClick={() => dispatch({ type: "anew", intent: same })}>{t("result.anew")}</Button> : <BackLink account={account} again />}
    </>
  );
}

/** One way on; every other page is a tab. */
function BackLink({ account, again }: { account: AccountTools; again?: boolean }) {
  const { t } = useWords();
  return (
    <p>
      <Link href={account.path("billing")} class={`button button--${again ? "primary" : "secondary"}`}>
        {t(again ? "result.again" : "pay.backToBilling")}
      </Link>
    </p>
  );
}
