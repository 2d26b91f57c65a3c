import { useEffect, useRef, useState } from "preact/hooks";

import { useSession } from "../../app/session";
import { useWords, type Key } from "../../i18n";
import { calledIn, type Way } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Icon } from "../../ui/Icon";
import { EmailField } from "../../ui/EmailField";
import { Notice } from "../../ui/Notice";
import type { CardFields } from "./card-fields";
import type { AtCard, Declined } from "./machine/state";
import type { Dispatch } from "./machine/use-paying";
import { AboutWays } from "./ways";

interface Props {
  state: AtCard;
  ways: readonly Way[];
  dispatch: Dispatch;
  fields: CardFields;
}

const WHY_DECLINED: Record<string, Key> = {
  insufficient_funds: "card.noFunds",
  expired_card: "card.expired",
  incorrect_cvc: "card.wrongCode",
  processing_error: "card.notProcessed",
  authentication_required: "card.notConfirmed",
};

/**
 * One sentence of our own, in the page's language; what else banks tell is no more than that they said no.
 * The processor's own may be in another language, and about its workings.
 */
function declinedKey({ byBank, ofCard, code }: Declined): Key {
  if (!byBank) return "card.refused";
  if (!ofCard) return "card.anyDeclined";
  return code === null ? "card.notConfirmed" : (WHY_DECLINED[code] ?? "card.declined");
}

/** The processor's card fields on our page (not in a modal window), and the one button that pays. */
export function CardForm({ state, ways, dispatch, fields }: Props) {
  const { t, money } = useWords();
  const called = calledIn(ways);
  const { payment, missing } = state;
  const declined = state.fields === "asking" ? null : state.declined;
  const why = declined && declinedKey(declined);
  const { state: who } = useSession();
  const [email, setEmail] = useState(who.status === "in" ? who.session.email : "");
  const said = useRef<HTMLDivElement>(null);
  useEffect(() => dispatch({ type: "placed" }), [state.next.client_secret]);
  useEffect(() => {
    if (declined) said.current?.focus();
  }, [declined]);

  const submit = (event: Event): void => {
    event.preventDefault();
    dispatch({ type: "pressed", email });
  };
  const errors = [
    ...(missing.card ? [{ field: "card-fields", text: t(called.missing), focus: () => fields.focus() }] : []),
    ...(missing.email ? [{ field: "card-email", text: t("signIn.emailWrong") }] : []),
  ];
  return (
    <form class="card-form" noValidate onSubmit={submit} aria-labelledby="card-title">
      <h2 id="card-title">{t(called.form)}</h2>
      <AboutWays ways={ways} />
      <ErrorSummary errors={errors} asked={missing.asked} />
      <div id="card-fields" class="card-form__fields" ref={fields.place} data-state={state.fields} />
      <p class="card-form__wait" role="status">
        {state.fields === "loading" && t(state.early ? "card.stillLoading" : "card.loading")}
      </p>
      {state.fields === "failed" && (
        <Notice tone="warn" title={t("card.failed")} urgent>
          <p>{t("card.failedText")}</p>
          <Button kind="secondary" onClick={() => dispatch({ type: "again" })}>
            {t("tryAgain")}
          </Button>
        </Notice>
      )}
      {state.needsEmail && (
        <EmailField id="card-email" hint={t("card.emailHint")} email={email} setEmail={setEmail} wrong={missing.email} />
      )}
      <div ref={said} tabIndex={-1} class="card-form__declined">
        {why && (
          <Notice tone="warn" title={t(why)}>
            <p>{t(why === "card.notConfirmed" ? "card.notConfirmedText" : called.declined)}</p>
          </Notice>
        )}
      </div>
      {state.fields !== "failed" && (
        <Button type="submit" busy={state.fields === "confirming" || state.fields === "asking"}>
          {t("pay.button", { amount: money(payment.amount_minor, payment.currency) })}
        </Button>
      )}
      <p class="card-form__safe">
        <Icon name="lock" /> {t(called.safe)}
      </p>
    </form>
  );
}
