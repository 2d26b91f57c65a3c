import { useEffect, useState } from "preact/hooks";

import type { ApiError } from "../../api/client";
import type { Method, Payment } from "../../api/schema";
import { useWords, type Words } from "../../i18n";
import { Say } from "../../i18n/Say";
import { calledIn, type Way } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { isUnread, noticeFor } from "./card-notice";
import { CvcField, useCvc } from "./CvcField";
import { confirmWords, submitWords } from "./confirm-words";
import type { Leaving, Reviewing, Sending } from "./machine/state";
import type { Dispatch } from "./machine/use-paying";
import { NoticeBox } from "./NoticeBox";
import { MethodChoice } from "./MethodChoice";
import { MethodName } from "./MethodName";
import { presetOf } from "./preset";
import { useMethods } from "./use-methods";
import { AboutWays } from "./ways";

interface Props {
  state: Reviewing | Sending | Leaving;
  ways: readonly Way[];
  /** Nothing else was to be chosen from in the first step. */
  asksHow: boolean;
  inline: boolean;
  dispatch: Dispatch;
}

/** Submit: a saved one is charged, a new one is entered on the processor's page; here what was changed is agreed to. */
export function ReviewStep({ state, ways, asksHow, inline, dispatch }: Props) {
  const words = useWords();
  const { t, money } = words;
  const called = calledIn(ways);
  const { how } = state.intent;
  const source = ("quote" in state ? state.quote : null) ?? ("payment" in state ? state.payment : null);
  const amount = source ? money(source.amount_minor, source.currency) : null;
  const reviewing = state.at === "reviewing" ? state : null;
  const begun = "payment" in state ? state.payment : null;
  const chooses = reviewing !== null && begun === null && (asksHow || reviewing.refused !== null);
  const id = begun?.saved ?? how.method;
  const saved = useMethods(ways, chooses || id !== null);
  useEffect(() => {
    const preset = chooses && !saved.loading ? presetOf(saved.methods, how) : null;
    if (preset) dispatch({ type: "picked", how: preset });
  }, [chooses, saved.loading]);
  const method = saved.methods.find((each) => each.id === id);
  const refused = saved.methods.find((each) => each.id === how.refused);
  const asksCvc = reviewing !== null && begun === null && method?.kind === "card" && saved.cvc !== null;
  const cvc = useCvc(asksCvc ? saved.cvc : null);
  const [asking, setAsking] = useState(false);
  const notice = reviewing?.payment === null ? noticeFor(how, saved.methods, ways) : null;
  const [unread, setUnread] = useState(0);
  const pay = async (): Promise<void> => {
    if (isUnread(notice)) return setUnread((n) => n + 1);
    if (!asksCvc) return dispatch({ type: "pay" });
    setAsking(true);
    const token = await cvc.token();
    setAsking(false);
    if (token) dispatch({ type: "pay", cvc: token });
  };
  const fields = inline && how.method === null && !reviewing?.refused;
  return (
    <>
      <h2>{t(fields ? called.form : "review.title")}</h2>
      {reviewing?.changed && amount && (
        <Notice tone="warn" title={t("review.changed")} urgent>
          <p>{t("review.changedText", { amount })}</p>
        </Notice>
      )}
      {reviewing?.refused && <RefusedNotice error={reviewing.refused} method={refused} />}
      {chooses && saved.loading && <Skeleton shapes={["line", "line"]} />}
      {chooses && !saved.loading && (
        <MethodChoice
          methods={saved.methods}
          offers={[]}
          ways={ways}
          how={how}
          inline={inline}
          choose={(how) => dispatch({ type: "picked", how })}
        />
      )}
      {asksCvc && <CvcField cvc={cvc} />}
      {!saved.loading && (
        <NoticeBox
          notice={notice}
          asked={unread}
          setRead={(read) => dispatch({ type: "picked", how: { ...how, notice: notice && { ...notice, read } } })}
        />
      )}
      <WhatHappens id={id} method={method} called={called.review} inline={inline} amount={amount} begun={begun} />
      {id === null ? <AboutWays ways={ways} /> : method?.kind === "bank" && <p>{t("ways.bankAbout")}</p>}
      {begun?.saves && <p>{t("save.will")}</p>}
      <Button busy={state.at !== "reviewing" || asking || ((chooses || id !== null) && saved.loading)} onClick={() => void pay()}>
        {buttonWords(words, state, ways, inline, amount)}
      </Button>
      <p class="card-form__safe">
        <Icon name="lock" /> {t(called.safe)}
      </p>
    </>
  );
}

/** What was not charged, and why; what is chosen below is another attempt. */
function RefusedNotice({ error, method }: { error: ApiError; method: Method | undefined }) {
  const { t } = useWords();
  return (
    <ProblemNotice error={error}>
      {method && (
        <p>
          <MethodName method={method} />
        </p>
      )}
      {error.code === "method_not_found" && <p>{t("review.another")}</p>}
    </ProblemNotice>
  );
}

interface HappensProps {
  /** Of a saved one. */
  id: string | null;
  method: Method | undefined;
  called: ReturnType<typeof calledIn>["review"];
  inline: boolean;
  amount: string | null;
  begun: Payment | null;
}

/** What the button does, beside what it is called. */
function WhatHappens({ id, method, called, inline, amount, begun }: HappensProps) {
  const { t } = useWords();
  if (id === null) return inline ? null : <p>{t(called)}</p>;
  if (begun) return <p>{t("review.atBank")}</p>;
  if (!method || amount === null) return null;
  return (
    <p>
      <Say sentence="review.saved" parts={{ name: <MethodName method={method} />, amount: <strong>{amount}</strong> }} />
    </p>
  );
}

/** Until the API has answered nobody knows what would be charged. */
function buttonWords(words: Words, state: Props["state"], ways: readonly Way[], inline: boolean, amount: string | null): string {
  const { t } = words;
  const { how, body } = state.intent;
  if (amount === null) return t("pay.preparing");
  if ("payment" in state && state.payment?.saved) return t("pay.toConfirm");
  if (!inline) return submitWords(words, body.scope, amount);
  if (how.method !== null) return confirmWords(words, body.scope, amount);
  if (state.at !== "reviewing") return t("pay.preparing");
  if (state.changed) return t("pay.goOnWith", { amount });
  return t(state.refused ? calledIn(ways).next : "pay.preparing");
}
