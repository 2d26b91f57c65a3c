import { useEffect, useState } from "preact/hooks";

import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { calledIn } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Icon } from "../../ui/Icon";
import type { CardFields } from "../pay/card-fields";
import { DeclinedNotice } from "../pay/DeclinedNotice";
import { FieldsPlace } from "../pay/FieldsPlace";
import { holderErrors, HolderFields } from "../pay/HolderFields";
import { pageAsksHolder } from "../pay/machine/card";
import type { Holder } from "../pay/machine/state";
import type { AddEvent, Fields } from "./adding";

interface Props {
  state: Fields;
  fields: CardFields;
  dispatch: (event: AddEvent) => void;
}

/** The processor's fields for a card or a bank account that is kept and not charged. */
export function AddFields({ state, fields, dispatch }: Props) {
  const words = useWords();
  const { t } = words;
  const [holder, setHolder] = useState<Holder>({ name: "", zip: "" });
  const { kind, missing, setUp } = state;
  const declined = state.fields === "asking" ? null : state.declined;
  const called = calledIn([setUp.way]);
  const asksHolder = kind === "card" && pageAsksHolder(usePractice());
  useEffect(() => dispatch({ type: "placed" }), [state.next.client_secret]);
  const submit = (event: Event): void => {
    event.preventDefault();
    dispatch({ type: "pressed", holder });
  };
  const errors = [
    ...(missing.card ? [{ field: "add-fields", text: t(called.missing), focus: () => fields.focus() }] : []),
    ...holderErrors(words, missing),
  ];
  return (
    <form class="card-form" noValidate onSubmit={submit} aria-labelledby="add-title">
      <ErrorSummary errors={errors} asked={missing.asked} />
      <FieldsPlace id="add-fields" state={state} fields={fields} again={() => dispatch({ type: "again" })} />
      {state.fields !== "failed" && asksHolder && <HolderFields holder={holder} setHolder={setHolder} missing={missing} />}
      <DeclinedNotice declined={declined} text="methods.declined" notConfirmed="methods.notConfirmed" />
      <div class="actions">
        {state.fields !== "failed" && (
          <Button type="submit" busy={state.fields === "confirming" || state.fields === "asking"}>
            {t(`methods.save.${setUp.way}`)}
          </Button>
        )}
        <Button kind="quiet" onClick={() => dispatch({ type: "cancel" })}>
          {t("pay.cancel")}
        </Button>
      </div>
      <p class="card-form__safe">
        <Icon name="lock" /> {t(called.safe)}
      </p>
    </form>
  );
}
