import { useState } from "preact/hooks";

import type { AccountTools } from "../../app/practice";
import { usePractice } from "../../app/practice";
import { navigate } from "../../app/router";
import { useSession } from "../../app/session";
import { useWords, type Key } from "../../i18n";
import { attemptOf, calledIn, choicesOf, waysOf, type Way } from "../../lib/ways";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { Button } from "../../ui/Button";
import { LawNotices } from "../shell/LawNotices";
import { CardForm } from "./CardForm";
import type { CardFields } from "./card-fields";
import { currentIntent } from "./intent";
import type { State } from "./machine/state";
import { usePaying, type Dispatch } from "./machine/use-paying";
import { PaySummary } from "./PaySummary";
import { ReviewStep } from "./ReviewStep";

/** The second step: what will be paid, and the card (inline) or the way to the processor's page (redirect). */
export function PayPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const { payments } = usePractice();
  const id = account.grant.account_id;
  const [intent] = useState(() => currentIntent(id));
  const offers = attemptOf(payments, intent?.how.way ?? undefined);
  const sendsAtOnce = offers[0]?.flow === "inline";
  const { state, dispatch, fields } = usePaying(() => ({ type: "opened", intent, sendsAtOnce }), {
    account,
    toBilling: () => navigate(account.path("billing"), { replace: true }),
    toResult: (payment) => navigate(account.path("return", { account: id, payment: payment.id }), { replace: true }),
  });
  const shown = state.at === "stopping" ? state.from : state;
  const quote = "quote" in shown ? shown.quote : null;
  const payment = "payment" in shown ? shown.payment : null;
  const agreedMinor = "intent" in shown ? shown.intent.body.amount_minor : null;
  // Of a payment that was begun in another tab only the payment itself knows.
  const ways = payment?.ways ?? waysOf(offers);
  const method = Boolean(payment?.saved) || ("intent" in shown && shown.intent.how.method !== null);
  // A saved one that its bank asks about goes on at the bank, in either flow.
  const inline = payment?.next && !method ? payment.next.type === "inline" : sendsAtOnce;
  // Where the first step asks how, it asks that, too.
  const asksHow = !sendsAtOnce && choicesOf(payments).length === 0;
  const notes = payment?.notes ?? ("intent" in shown ? shown.intent.body.notes : "");

  return (
    <div class="page">
      <p class="step">{t("pay.step2")}</p>
      <PageTitle tab={t("pay.tab")}>{t(inline && !method ? calledIn(ways).page : "pay.reviewTitle")}</PageTitle>
      <div class="pay-layout">
        <PaySummary
          account={account}
          quote={quote}
          payment={payment}
          agreedMinor={agreedMinor}
          notes={notes}
          folds={inline}
          waits={shown.at !== "trouble"}
        />
        <section class="pay-layout__how card">
          {ways.includes("card") && !asksNotice(shown) && <LawNotices place="card_form" />}
          <HowToPay state={shown} ways={ways} asksHow={asksHow} inline={inline} dispatch={dispatch} fields={fields} />
        </section>
        {canTurnBack(shown) && (
          <div class="pay-layout__back actions">
            <Button kind="quiet" onClick={() => dispatch({ type: "change" })}>
              {t(choicesOf(payments).length > 0 || payments.saving ? "pay.changeWay" : "pay.change")}
            </Button>
            <Button kind="quiet" busy={state.at === "stopping"} onClick={() => dispatch({ type: "stop" })}>
              {t("pay.stop")}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** It stands beside its box there. */
export function asksNotice(state: State): boolean {
  return state.at === "reviewing" && state.payment === null && Boolean(state.intent.how.notice);
}

export function canTurnBack({ at }: State): boolean {
  return at !== "sending" && at !== "leaving";
}

interface HowProps {
  state: State;
  ways: readonly Way[];
  asksHow: boolean;
  /** Beside the address, where the receipt does not go there. */
  emailHint?: Key | undefined;
  inline: boolean;
  dispatch: Dispatch;
  fields: CardFields;
}

export function HowToPay({ state, ways, asksHow, emailHint, inline, dispatch, fields }: HowProps) {
  const { t } = useWords();
  const { state: who } = useSession();
  switch (state.at) {
    case "trouble":
      return (
        <ProblemNotice
          error={state.error}
          action={{ label: t(state.retry ? "tryAgain" : "pay.backToBilling"), run: () => dispatch({ type: "again" }) }}
        />
      );
    case "card":
      return (
        <CardForm
          state={state}
          ways={ways}
          payer={{ email: who.status === "in" ? who.session.email : "", name: "" }}
          emailHint={emailHint}
          dispatch={dispatch}
          fields={fields}
        />
      );
    case "reviewing":
    case "sending":
    case "leaving":
      return <ReviewStep state={state} ways={ways} asksHow={asksHow} inline={inline} dispatch={dispatch} />;
    default:
      return <Skeleton shapes={["line", "line", "line"]} />;
  }
}
