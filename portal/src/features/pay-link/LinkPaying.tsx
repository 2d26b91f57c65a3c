import { useMemo, useState } from "preact/hooks";

import { mayPass } from "../../api/client";
import type { LinkOpened, Quote, Scope } from "../../api/schema";
import { ApiContext, useApi } from "../../app/api";
import { usePractice, type AccountTools } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { attemptOf, byPayPal, calledIn, choicesOf, waysOf } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { isUnread, noticeFor, noticeOf } from "../pay/card-notice";
import { ANEW, newIntent, type How, type Intent } from "../pay/intent";
import { usePaying } from "../pay/machine/use-paying";
import { MethodChoice } from "../pay/MethodChoice";
import { NoticeBox } from "../pay/NoticeBox";
import { asksNotice, canTurnBack, HowToPay } from "../pay/PayPage";
import { PaySummary } from "../pay/PaySummary";
import { QuoteSlip, slipOfQuote } from "../pay/QuoteSlip";
import { useQuote } from "../pay/use-quote";
import { useNews } from "../result/use-news";
import { LawNotices } from "../shell/LawNotices";
import { apiOfLink } from "./link-api";
import { LinkOutcome } from "./LinkOutcome";
import { WaysOn } from "./WaysOn";

interface Props {
  opened: LinkOpened;
  /** It has to be opened again. */
  onOver: () => void;
}

/** What is owed of the bill now, and paying it: by the same states and components as of who is signed in. */
export function LinkPaying({ opened, onOver }: Props) {
  const practice = usePractice();
  const api = useApi();
  const own = useMemo(() => apiOfLink(api, { practice: practice.id, token: opened.token }, onOver), [opened.token]);
  return (
    <ApiContext.Provider value={own}>
      <Steps opened={opened} />
    </ApiContext.Provider>
  );
}

function Steps({ opened }: { opened: LinkOpened }) {
  const practice = usePractice();
  const [intent, setIntent] = useState<Intent | null>(null);
  const [paid, setPaid] = useState<string | null>(null);
  const account = accountOf(opened, practice.id);
  const back = (): void => {
    setIntent(null);
    setPaid(null);
  };
  if (paid) return <Became key={paid} account={account} id={paid} ofBill={opened.number !== null} back={back} />;
  if (intent) return <Pay key={intent.key} intent={intent} account={account} back={back} toResult={setPaid} />;
  return <Owed opened={opened} pay={setIntent} />;
}

/**
 * Every address of it is this page: nothing else of the account can be seen by a link. What stands behind the # of a
 * browser that keeps nothing stays there, for a reload.
 */
function accountOf({ account_id }: LinkOpened, practice: string): AccountTools {
  const grant = { account_id, name: "", relation: "self", superbills: false, paper: false } as const;
  return { grant, grants: [grant], foreign: false, path: () => pathTo(practice, "pay-link") + location.hash };
}

function scopeOf({ scope, number }: LinkOpened): Scope {
  return scope === "invoice" ? { type: "invoice", document_id: `invoice-${number}` } : { type: "balance" };
}

function Owed({ opened, pay }: { opened: LinkOpened; pay: (intent: Intent) => void }) {
  const { t } = useWords();
  const practice = usePractice();
  const { payments } = practice;
  const choices = choicesOf(payments);
  const scope = scopeOf(opened);
  const { quote, error, again, busy } = useQuote(opened.account_id, scope);
  const [how, setHow] = useState<How>({
    ...ANEW,
    way: choices[0]?.way ?? null,
    notice: noticeOf(opened.card_notice, null),
  });
  const [unread, setUnread] = useState(0);
  const offers = attemptOf(payments, how.way ?? undefined);
  const ways = waysOf(offers);
  const inline = offers[0]?.flow === "inline";
  const notice = noticeFor(how, [], ways);
  const next = (of: Quote): void => {
    if (isUnread(notice)) return setUnread((n) => n + 1);
    pay(newIntent(crypto.randomUUID(), opened.account_id, scope, of, "", how));
  };
  const title = opened.number === null ? t("payLink.balance") : t("payLink.invoice", { number: String(opened.number) });
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("payLink.tab")}>{title}</PageTitle>
      {quote && opened.number === null && <p class="lead">{t("payLink.balanceNow")}</p>}
      {!quote && !error && <Skeleton shapes={["card"]} />}
      {error?.code === "nothing_to_pay" && <p class="lead">{t("payLink.nothing")}</p>}
      {error && error.code !== "nothing_to_pay" && (
        <ProblemNotice error={error} {...(mayPass(error) && { action: { label: t("tryAgain"), run: again, busy } })} />
      )}
      {quote && (
        <section class="card link-owed" aria-labelledby="link-owed">
          <h2 id="link-owed">{t("payLink.owed")}</h2>
          <QuoteSlip {...slipOfQuote(quote)} ofBill={opened.number !== null} />
          <MethodChoice methods={[]} offers={choices} ways={ways} how={how} inline={inline} choose={setHow} keepsNothing />
          <NoticeBox
            notice={notice}
            asked={unread}
            setRead={(read) => setHow({ ...how, notice: notice && { ...notice, read } })}
          />
          <div class="actions">
            <Button onClick={() => next(quote)}>{t(inline ? calledIn(ways).next : "pay.next")}</Button>
          </div>
          <p class="field__hint">{t("pay.nothingYet")}</p>
        </section>
      )}
      <WaysOn number={error?.code === "nothing_to_pay" ? "" : String(opened.number ?? "")} first={Boolean(error)} />
    </div>
  );
}

interface PayProps {
  intent: Intent;
  account: AccountTools;
  back: () => void;
  toResult: (payment: string) => void;
}

function Pay({ intent, account, back, toResult }: PayProps) {
  const { t } = useWords();
  const { payments } = usePractice();
  const offers = attemptOf(payments, intent.how.way ?? undefined);
  const sendsAtOnce = offers[0]?.flow === "inline";
  const { state, dispatch, fields } = usePaying(() => ({ type: "opened", intent, sendsAtOnce }), {
    account,
    toBilling: back,
    toResult: ({ id }) => toResult(id),
  });
  const shown = state.at === "stopping" ? state.from : state;
  const quote = "quote" in shown ? shown.quote : null;
  const payment = "payment" in shown ? shown.payment : null;
  const ways = payment?.ways ?? waysOf(offers);
  const inline = payment?.next ? payment.next.type === "inline" : sendsAtOnce;
  return (
    <div class="page">
      <PageTitle tab={t("pay.tab")}>{t(inline ? calledIn(ways).page : "pay.reviewTitle")}</PageTitle>
      <div class="pay-layout">
        <PaySummary
          account={account}
          quote={quote}
          payment={payment}
          agreedMinor={intent.body.amount_minor}
          notes=""
          ofBill={intent.body.scope.type === "invoice"}
          folds={inline}
          waits={shown.at !== "trouble"}
        />
        <section class="pay-layout__how card">
          {ways.includes("card") && !asksNotice(shown) && <LawNotices place="card_form" />}
          <HowToPay state={shown} ways={ways} asksHow={false} emailHint="payLink.emailHint" inline={inline} dispatch={dispatch} fields={fields} />
        </section>
        {canTurnBack(shown) && (
          <div class="pay-layout__back actions">
            <Button kind="quiet" busy={state.at === "stopping"} onClick={() => dispatch({ type: "stop" })}>
              {t("pay.stop")}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

function Became({ account, id, ofBill, back }: { account: AccountTools; id: string; ofBill: boolean; back: () => void }) {
  const { t } = useWords();
  const { state, dispatch } = usePaying(() => ({ type: "returned", account: account.grant.account_id, id }), {
    account,
    toBilling: back,
  });
  const { payment = null, error = null, busy = null } = state.at === "result" ? state : {};
  useNews(payment, () => dispatch({ type: "waited" }));
  if (payment) return <LinkOutcome paid={payment} owedMinor={payment.owed_now_minor} ofBill={ofBill} atPayPal={byPayPal(payment)} back={back} />;
  const again = { label: t("tryAgain"), run: () => dispatch({ type: "again" }), busy: busy === "asking" };
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("result.tab")}>{t("result.checkingTitle")}</PageTitle>
      {error ? <ProblemNotice error={error} action={again} /> : <Skeleton shapes={["card"]} />}
    </div>
  );
}
