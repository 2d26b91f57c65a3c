import { useEffect, useRef, useState } from "preact/hooks";

import type { Billing, Payment } from "../../api/schema";
import { useApi } from "../../app/api";
import { usePractice, type AccountTools } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { useLoad } from "../../lib/use-load";
import { usePoll } from "../../lib/use-poll";
import { useReloadOnReturn } from "../../lib/use-return";
import { useAnnounce } from "../../ui/Announcer";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { AccountHistory } from "../history/AccountHistory";
import type { Choice } from "../pay/choice";
import { closeDialog, openDialog, useDraft } from "../pay/entry";
import { PayDialog } from "../pay/PayDialog";
import { WithSuperbills } from "../superbill/SuperbillLink";
import { AttemptNotice } from "./AttemptNotice";
import { BalanceCard } from "./BalanceCard";
import { BankNotices } from "./BankNotices";
import { OpenServices } from "./OpenServices";
import { RecentDocuments } from "./RecentDocuments";

/** S2: what is owed and for what, and from here to paying it. */
export function BillingPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const api = useApi();
  const id = account.grant.account_id;
  const { data: billing, error, loading, reload } = useLoad(`billing ${id}`, (signal) => api.getBilling(id, signal));
  const draft = useDraft(id);
  const choose = (choice: Choice): void => openDialog({ account: id, choice });
  const version = useFreshness(billing, reload);
  const invoicePage = (document: string): string => account.path("invoice", { id: document });

  return (
    <div class="page">
      <PageTitle tab={t("billing.tab")}>{t("billing.title")}</PageTitle>
      <p class="lead">
        <Say
          sentence={account.grant.relation === "self" ? "billing.leadSelf" : "billing.leadFor"}
          parts={{ name: <Name>{account.grant.name}</Name> }}
        />
      </p>
      <OtherAccounts account={account} />
      {loading && <Skeleton shapes={["card", "title", "row", "row", "row"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {billing && (
        <>
          {billing.attempt && <AttemptNotice key={`${billing.attempt.id} ${billing.attempt.state}`} attempt={billing.attempt} account={account} changed={reload} />}
          <BankNotices billing={billing} />
          <BalanceCard billing={billing} choose={choose} />
          <WithSuperbills account={account}>
            <OpenServices
              billing={billing}
              choose={choose}
              invoices={billing.invoiced}
              invoicePage={invoicePage}
            />
            <p>
              <Link href={account.path("questions")}>{t("ask.all")}</Link>
            </p>
            <RecentDocuments billing={billing} account={account} />
            <AccountHistory account={id} currency={billing.currency} version={version} invoicePage={invoicePage} />
          </WithSuperbills>
          {draft && <PayDialog billing={billing} draft={draft} account={account} onClose={closeDialog} />}
        </>
      )}
    </div>
  );
}

/** Keeps the page true while a payment is under way, and says what has changed. Counts the changes. */
function useFreshness(billing: Billing | null, reload: () => void): number {
  const { t, money } = useWords();
  const api = useApi();
  const announce = useAnnounce();
  const last = useRef<Payment[]>([]);
  const [version, setVersion] = useState(0);
  const [ending, setEnding] = useState(false);
  const attempt = billing?.attempt ?? null;
  const unfinished = billing ? [...(attempt ? [attempt] : []), ...billing.processing] : [];

  // Nobody asks the processor about a payment that its bank takes days for: it tells us.
  usePoll(unfinished.length > 0 || ending, async () => {
    setEnding(false);
    if (attempt?.state === "checking") await api.checkPayment(attempt.account_id, attempt.id).catch(() => undefined);
    reload();
  });
  useReloadOnReturn(reload);

  useEffect(() => {
    if (!billing) return;
    setVersion((n) => n + 1);
    const ended = last.current.filter(({ id }) => !unfinished.some((payment) => payment.id === id));
    const outcome = billing.recent_payments.find((payment) => ended.some(({ id }) => id === payment.id));
    // The balance of the answer that first shows an end may have been read a moment before it: one more look.
    if (ended.length > 0) setEnding(true);
    if (outcome) announce(t("billing.settled", { amount: money(outcome.amount_minor, outcome.currency), state: t(`state.${outcome.state}`) }));
    last.current = unfinished;
  }, [billing]);
  return version;
}

/** Whose accounts there are besides: on a phone the choice is in the menu, where nobody looks who knows of one. */
function OtherAccounts({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const practice = usePractice();
  const others = account.grants.filter((grant) => grant.account_id !== account.grant.account_id);
  if (others.length === 0) return null;
  return (
    <p>
      {t("billing.others")}{" "}
      {others.map((grant, at) => (
        <span key={grant.account_id}>
          {at > 0 && ", "}
          <Link href={pathTo(practice.id, "billing", { account: grant.account_id })}>
            <Name>{grant.name}</Name>
          </Link>
        </span>
      ))}
    </p>
  );
}
