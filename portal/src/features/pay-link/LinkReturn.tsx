import { useEffect } from "preact/hooks";

import { mayPass } from "../../api/client";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { navigate, pathTo, usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { usePoll } from "../../lib/use-poll";
import { useAnnounce } from "../../ui/Announcer";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { linkFragment } from "./fragment";
import { LinkOutcome } from "./LinkOutcome";
import { WaysOn } from "./WaysOn";

/** Back from the processor's page, with nothing but the address: what became of that one payment. */
export function LinkReturn({ token }: { token: string }) {
  const { t } = useWords();
  const api = useApi();
  const practice = usePractice();
  // PayPal names the payer in the address of those who come back.
  const atPayPal = new URLSearchParams(usePlace().search).has("PayerID");
  const announce = useAnnounce();
  const { data, error, reload } = useLoad(token, (signal) => api.resultOfLink({ practice: practice.id, token }, signal));
  useEffect(() => {
    if (data) announce(t(`result.${data.state}`));
  }, [data?.state]);
  usePoll(data !== null && !data.finished && data.state !== "started", reload);
  const toLink = linkFragment(practice.id).token ? (): void => navigate(pathTo(practice.id, "pay-link")) : null;
  if (data) return <LinkOutcome paid={data} owedMinor={null} atPayPal={atPayPal} back={toLink} asksAgain />;
  if (error && !mayPass(error)) return <Over />;
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("result.tab")}>{t("result.checkingTitle")}</PageTitle>
      {error ? <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} /> : <Skeleton shapes={["card"]} />}
    </div>
  );
}

/** The address tells of its payment for some days. */
function Over() {
  const { t } = useWords();
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("result.tab")}>{t("payLink.resultOver")}</PageTitle>
      <p class="lead">{t("payLink.resultOverText")}</p>
      <WaysOn number="" first />
    </div>
  );
}
