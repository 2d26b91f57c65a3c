import { useEffect, useState } from "preact/hooks";

import type { GuestPayment } from "../../api/schema";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { navigate, pathTo, usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { calledIn, spokenOfGuest } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { CardForm } from "../pay/CardForm";
import type { AtCard, Event, State } from "../pay/machine/state";
import { useMachine, type Dispatch } from "../pay/machine/use-paying";
import { titleKey } from "../result/title";
import { useNews } from "../result/use-news";
import { LawNotices } from "../shell/LawNotices";
import { guestDoings, intentOf } from "./guest-doings";
import { GuestOutcome } from "./GuestOutcome";
import { GuestSlip } from "./GuestSlip";
import { forgetKept, keep, keptOf, whoseOf, type Whose } from "./kept";
import { hideKey, keyOf } from "./key";
import { NoPayment } from "./NoPayment";
import { NOT_PAID } from "./starting";

/** G9, G16: a guest's payment by its key: the processor's fields, or what has become of it. No cookie and no storage is needed. */
export function GuestPaymentPage({ inAddress }: { inAddress: string }) {
  const practice = usePractice();
  const { state, search } = usePlace();
  // PayPal names the payer in the address of those who come back from having approved it; read before it is hidden.
  const [approved] = useState(() => new URLSearchParams(search).has("PayerID"));
  const [key] = useState(() => keyOf(practice.id, inAddress));
  // It is forgotten as soon as it is paid; this page still says it.
  const [whose] = useState(() => whoseOf(practice.id, key));
  useEffect(() => void (key && hideKey(practice.id, key)), [key]);
  if (!key) return <NoPayment />;
  const fresh = Boolean((state as { fresh?: boolean } | null)?.fresh);
  return <ByKey key={String(fresh)} paymentKey={key} whose={whose} fresh={fresh} approved={approved} />;
}

/** `fresh`: begun here a moment ago; else whoever comes is back from the processor, and it is asked. */
function ByKey({ paymentKey, whose, fresh, approved }: { paymentKey: string; whose: Whose; fresh: boolean; approved: boolean }) {
  const practice = usePractice();
  const api = useApi();
  const { locale, t } = useWords();
  const [seen, setSeen] = useState<GuestPayment | null>(null);
  const begin = (fresh: boolean): void => navigate(location.pathname, { replace: true, state: fresh ? { fresh } : null });
  const form = pathTo(practice.id, "guest", { way: seen?.way });
  const first: Event = fresh
    ? { type: "opened", intent: intentOf(paymentKey), sendsAtOnce: false }
    : { type: "returned", account: "", id: paymentKey, ...(approved && { approved }) };
  const { state, dispatch, fields } = useMachine(
    () => first,
    {
      api,
      locale,
      practice: practice.id,
      paymentKey,
      seen: setSeen,
      forget: (payment: GuestPayment | null) => forget(practice.id, payment),
      toForm: (canceled: boolean) => navigate(form, { replace: true, state: canceled ? { canceled } : null }),
      toFields: () => begin(true),
      toResult: () => begin(false),
    },
    guestDoings,
    () => {},
  );
  const shown = state.at === "stopping" ? state.from : state;
  // Of one that goes on at the processor's page there is nothing to fill in here.
  useEffect(() => void (shown.at === "reviewing" && begin(false)), [shown.at]);
  const known = seen && { ...seen, ways: spokenOfGuest(practice.guests, seen.way) };
  useNews(shown.at === "result" ? known : null, () => dispatch({ type: "waited" }));
  if ("error" in shown && shown.error?.problem.status === 404) return <NoPayment />;
  if (shown.at === "card") {
    return <AtFields state={shown} seen={seen} whose={whose} stopping={state.at === "stopping"} fields={fields} dispatch={dispatch} />;
  }
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("result.tab")}>{t(known ? titleKey(known) : "result.checkingTitle")}</PageTitle>
      {!seen && !errorOf(shown) && <Skeleton shapes={["card"]} />}
      {errorOf(shown) && <ProblemNotice error={errorOf(shown)!} action={{ label: t("tryAgain"), run: () => dispatch({ type: "again" }), busy: isBusy(shown) }} />}
      {known && shown.at === "result" && <GuestOutcome payment={known} whose={whose} paymentKey={paymentKey} form={form} approved={approved} canceling={shown.busy === "stopping"} dispatch={dispatch} />}
    </div>
  );
}

/** Of what was not paid only the attempt is over: what was typed is sent again by who pays in another way. */
function forget(practice: string, payment: GuestPayment | null): void {
  const kept = keptOf(practice);
  if (kept && payment && NOT_PAID.has(payment.state)) keep(practice, { ...kept, attempt: null });
  else forgetKept(practice);
}

function errorOf(state: State) {
  return state.at === "result" || state.at === "trouble" ? state.error : null;
}

function isBusy(state: State): boolean {
  return state.at === "result" && state.busy === "asking";
}

interface FieldsProps {
  state: AtCard;
  seen: GuestPayment | null;
  whose: Whose;
  stopping: boolean;
  fields: Parameters<typeof CardForm>[0]["fields"];
  dispatch: Dispatch;
}

/** G15: the card, last, in the processor's own fields. */
function AtFields({ state, seen, whose, stopping, fields, dispatch }: FieldsProps) {
  const { t } = useWords();
  const practice = usePractice();
  const typed = keptOf(practice.id)?.typed;
  const { ways } = state.payment;
  return (
    <div class="page">
      <PageTitle tab={t("pay.tab")}>{t(calledIn(ways).page)}</PageTitle>
      <div class="pay-layout">
        <section class="pay-layout__what" aria-labelledby="summary-title">
          <h2 id="summary-title">{t("pay.summary")}</h2>
          {seen && <GuestSlip sum={seen} whose={whose} />}
        </section>
        <section class="pay-layout__how card">
          <LawNotices place="card_form" />
          <CardForm state={state} ways={ways} payer={{ email: typed?.email ?? "", name: typed?.name ?? "" }} emailHint="guest.cardEmailHint" dispatch={dispatch} fields={fields} />
        </section>
        <div class="pay-layout__back actions">
          <Link href={pathTo(practice.id, "guest", { way: "card" })} class="button button--quiet">
            {t("guest.change")}
          </Link>
          <Button kind="quiet" busy={stopping} onClick={() => dispatch({ type: "stop" })}>
            {t("pay.stop")}
          </Button>
        </div>
      </div>
    </div>
  );
}
