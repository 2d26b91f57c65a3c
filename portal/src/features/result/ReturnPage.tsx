import { useState } from "preact/hooks";

import { usePractice, type AccountTools } from "../../app/practice";
import { navigate, pathTo, usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { NotFound } from "../shell/NotFound";
import { currentIntent } from "../pay/intent";
import { usePaying } from "../pay/machine/use-paying";
import { Outcome } from "./Outcome";
import { titleKey } from "./title";
import { useNews } from "./use-news";

/** Where a payment comes back to. The API asks the processor; this page shows what it says until it is final. */
export function ReturnPage({ account }: { account: AccountTools }) {
  const practice = usePractice();
  const query = new URLSearchParams(usePlace().search);
  const id = query.get("payment");
  if (!id) return <NotFound home={pathTo(practice.id, "home")} />;
  return <Result key={id} account={account} id={id} approved={query.has("PayerID")} />;
}

/** `approved`: PayPal names the payer in the address of those who come back from having approved it. */
function Result({ account, id, approved }: { account: AccountTools; id: string; approved: boolean }) {
  const { t } = useWords();
  const { state, dispatch } = usePaying(() => ({ type: "returned", account: account.grant.account_id, id, ...(approved && { approved }) }), {
    account,
    toBilling: () => navigate(account.path("billing"), { replace: true }),
  });
  // Read before the tab forgets it.
  const [intent] = useState(() => currentIntent(account.grant.account_id));
  const { payment = null, error = null, busy = null } = state.at === "result" ? state : {};
  useNews(payment, () => dispatch({ type: "waited" }));
  const title = t(payment ? titleKey(payment) : "result.checkingTitle");
  if (error?.problem.status === 404) return <NotFound home={account.path("billing")} />;
  const again = { label: t("tryAgain"), run: () => dispatch({ type: "again" }), busy: busy === "asking" };
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("result.tab")}>{title}</PageTitle>
      {!payment && !error && <Skeleton shapes={["card"]} />}
      {error && <ProblemNotice error={error} {...(payment?.state === "started" ? {} : { action: again })} />}
      {payment && <Outcome payment={payment} account={account} approved={approved} canceling={busy === "stopping"} intent={intent} dispatch={dispatch} />}
    </div>
  );
}
