import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { Payment } from "../../api/schema";
import { useApi } from "../../app/api";
import { usePractice, type AccountTools } from "../../app/practice";
import { pathTo, usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { usePoll } from "../../lib/use-poll";
import { useAnnounce } from "../../ui/Announcer";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { NotFound } from "../shell/NotFound";
import { forgetIntent } from "../pay/intent";
import { Outcome, titleKey } from "./Outcome";

/** Where a payment comes back to. The API asks the processor; this page shows what it says until it is final. */
export function ReturnPage({ account }: { account: AccountTools }) {
  const practice = usePractice();
  const id = new URLSearchParams(usePlace().search).get("payment");
  if (!id) return <NotFound home={pathTo(practice.id, "home")} />;
  return <Result key={id} account={account} id={id} />;
}

function Result({ account, id }: { account: AccountTools; id: string }) {
  const { t } = useWords();
  const { payment, error, ask } = useOutcome(account.grant.account_id, id);
  const title = t(payment ? titleKey(payment) : "result.checkingTitle");
  if (error?.problem.status === 404) return <NotFound home={account.path("billing")} />;
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("result.tab")}>{title}</PageTitle>
      {!payment && !error && <Skeleton shapes={["card"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: () => void ask() }} />}
      {payment && <Outcome payment={payment} account={account} />}
    </div>
  );
}

function useOutcome(account: string, id: string) {
  const { t } = useWords();
  const api = useApi();
  const announce = useAnnounce();
  const [payment, setPayment] = useState<Payment | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const last = useRef<string | null>(null);

  const load = async (read: (account: string, id: string) => Promise<Payment>): Promise<void> => {
    try {
      const found = await read(account, id);
      setPayment(found);
      setError(null);
      if (found.state !== "started") forgetIntent();
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    }
  };
  const ask = (): Promise<void> => load(api.checkPayment);
  useEffect(() => void ask(), []);

  useEffect(() => {
    if (!payment || payment.state === last.current) return;
    last.current = payment.state;
    announce(t(titleKey(payment)));
  }, [payment]);

  // With the bank it takes days, of which the processor tells us: no need to ask it.
  const waits = payment?.state === "processing" || (payment?.state === "paid" && !payment.receipt_available);
  usePoll(payment?.state === "checking", ask);
  usePoll(waits, () => load(api.getPayment));
  return { payment, error, ask };
}
