import type { Payment } from "../../api/schema";
import { usePractice, type AccountTools } from "../../app/practice";
import { useWords, type Key } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import { ReturnedNotice } from "../billing/BankNotices";
import { QuoteSlip } from "../pay/QuoteSlip";
import { ReceiptLinks } from "../receipt/ReceiptLinks";
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

export function titleKey(payment: Payment): Key {
  return `result.${payment.state}`;
}

export function Outcome({ payment, account }: { payment: Payment; account: AccountTools }) {
  switch (KINDS[payment.state]) {
    case "paid":
      return <Paid payment={payment} account={account} />;
    case "changed":
      return <Changed payment={payment} account={account} />;
    case "waiting":
      return <Waiting payment={payment} account={account} />;
    case "unfinished":
      return <Unfinished payment={payment} account={account} />;
    case "returned":
      return <Returned payment={payment} account={account} />;
    case "notCharged":
      return <NotCharged account={account} />;
  }
}

/** It went through; nothing of it has come back. */
function Paid({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t, money } = useWords();
  return (
    <>
      <p class="lead result-lead">
        <Icon name="check" /> {t("result.paidText", { amount: money(payment.amount_minor, payment.currency), method: payment.method })}
      </p>
      <PaidSlip payment={payment} />
      <p>{t(usePractice().payments.bank_debits ? "result.noMoreAny" : "result.noMore")}</p>
      <Receipt payment={payment} />
      <BackLinks account={account} />
    </>
  );
}

function PaidSlip({ payment, since }: { payment: Payment; since?: { label: string; amount: string }[] }) {
  return (
    <QuoteSlip
      currency={payment.currency}
      amountMinor={payment.amount_minor}
      lines={payment.lines}
      creditMinor={payment.credit_minor}
      owedAfterMinor={payment.owed_now_minor}
      done
      {...(since ? { since } : {})}
    />
  );
}

function Receipt({ payment }: { payment: Payment }) {
  const { t } = useWords();
  return (
    <div class="card result-receipt">
      <h2>{t("result.receiptTitle")}</h2>
      <p>{t(payment.receipt_available ? "result.receiptSent" : "result.receiptComing")}</p>
      {payment.reference && <p class="payment__meta">{t("payments.ref", { reference: payment.reference })}</p>}
      <ReceiptLinks payment={payment} />
    </div>
  );
}

const SINCE = ["refunded", "disputed", "lost"] as const;

/** It went through, and some or all of it has come back, or may: what did, and what still counts as paid. */
function Changed({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t, money } = useWords();
  const show = (minor: number): string => money(minor, payment.currency);
  const parts = SINCE.filter((part) => payment[`${part}_minor`] > 0);
  const since = parts.map((part) => ({ label: t(`since.${part}`), amount: show(-payment[`${part}_minor`]) }));
  return (
    <>
      <Notice tone={payment.state === "disputed" ? "wait" : payment.state === "charged_back" ? "warn" : "info"}>
        {parts.map((part) => (
          <p key={part}>{t(`since.${part}Text`, { amount: show(payment[`${part}_minor`]) })}</p>
        ))}
      </Notice>
      <PaidSlip payment={payment} since={[...since, { label: t("since.kept"), amount: show(payment.kept_minor) }]} />
      <Receipt payment={payment} />
      <BackLinks account={account} />
    </>
  );
}

function Waiting({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t, money } = useWords();
  const amount = money(payment.amount_minor, payment.currency);
  const withBank = payment.state === "processing";
  return (
    <>
      <Notice tone="wait" title={t(withBank ? "result.processingTitle" : "result.waitTitle", { amount })}>
        <p>{t(withBank ? "result.processingText" : "result.checkingText")}</p>
      </Notice>
      <BackLinks account={account} />
    </>
  );
}

function Returned({ payment, account }: { payment: Payment; account: AccountTools }) {
  return (
    <>
      <ReturnedNotice payment={payment} />
      <BackLinks account={account} again />
    </>
  );
}

function NotCharged({ account }: { account: AccountTools }) {
  const { t } = useWords();
  return (
    <>
      <p class="lead">{t("result.notCharged")}</p>
      <BackLinks account={account} again />
    </>
  );
}

function BackLinks({ account, again }: { account: AccountTools; again?: boolean }) {
  const { t } = useWords();
  return (
    <div class="actions">
      <Link href={account.path("billing")} class={`button button--${again ? "primary" : "secondary"}`}>
        {t(again ? "result.again" : "pay.backToBilling")}
      </Link>
      <Link href={account.path("payments")} class="button button--quiet">
        {t("balance.toPayments")}
      </Link>
    </div>
  );
}
