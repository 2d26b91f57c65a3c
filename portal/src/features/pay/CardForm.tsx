import { useEffect, useState } from "preact/hooks";

import { useWords, type Key } from "../../i18n";
import { calledIn, type Way } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Icon } from "../../ui/Icon";
import { EmailField } from "../../ui/EmailField";
import type { CardFields } from "./card-fields";
import { asksHolder } from "./machine/card";
import type { AtCard, Holder } from "./machine/state";
import type { Dispatch } from "./machine/use-paying";
import { confirmWords } from "./confirm-words";
import { DeclinedNotice } from "./DeclinedNotice";
import { FieldsPlace } from "./FieldsPlace";
import { holderErrors, HolderFields } from "./HolderFields";
import { AboutWays } from "./ways";

interface Props {
  state: AtCard;
  ways: readonly Way[];
  /** As far as the payer is known. */
  payer: { email: string; name: string };
  emailHint?: Key | undefined;
  dispatch: Dispatch;
  fields: CardFields;
}

/** The processor's card fields on our page (not in a modal window), and the one button that pays. */
export function CardForm({ state, ways, payer, emailHint = "card.emailHint", dispatch, fields }: Props) {
  const words = useWords();
  const { t, money } = words;
  const called = calledIn(ways);
  const { payment, missing } = state;
  const declined = state.fields === "asking" ? null : state.declined;
  const [email, setEmail] = useState(payer.email);
  const [holder, setHolder] = useState<Holder>({ name: payer.name, zip: "" });
  useEffect(() => dispatch({ type: "placed" }), [state.next.client_secret]);

  const submit = (event: Event): void => {
    event.preventDefault();
    dispatch({ type: "pressed", filled: { email, ...holder } });
  };
  const errors = [
    ...(missing.card ? [{ field: "card-fields", text: t(called.missing), focus: () => fields.focus() }] : []),
    ...holderErrors(words, missing),
    ...(missing.email ? [{ field: "card-email", text: t("signIn.emailWrong") }] : []),
  ];
  return (
    <form class="card-form" noValidate onSubmit={submit} aria-labelledby="card-title">
      <h2 id="card-title">{t(called.form)}</h2>
      <AboutWays ways={ways} />
      <ErrorSummary errors={errors} asked={missing.asked} />
      <FieldsPlace id="card-fields" state={state} fields={fields} again={() => dispatch({ type: "again" })} />
      {state.fields !== "failed" && asksHolder(state) && <HolderFields holder={holder} setHolder={setHolder} missing={missing} />}
      {payment.saves && <p>{t("save.will")}</p>}
      {state.needsEmail && (
        <EmailField id="card-email" hint={t(emailHint)} email={email} setEmail={setEmail} wrong={missing.email} />
      )}
      <DeclinedNotice declined={declined} text={called.declined} notConfirmed="card.notConfirmedText" />
      {state.fields !== "failed" && (
        <Button type="submit" busy={state.fields === "confirming" || state.fields === "asking"}>
          {confirmWords(words, state.intent.body.scope, money(payment.amount_minor, payment.currency))}
        </Button>
      )}
      <p class="card-form__safe">
        <Icon name="lock" /> {t(called.safe)}
      </p>
    </form>
  );
}
