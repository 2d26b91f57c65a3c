import { useEffect, useRef, useState } from "preact/hooks";

import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { calledIn } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import type { CardFields } from "../pay/card-fields";
import { declinedKey } from "../pay/declined";
import { HolderFields } from "../pay/HolderFields";
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
  const { t } = useWords();
  const [holder, setHolder] = useState<Holder>({ name: "", zip: "" });
  const { kind, missing, declined, setUp } = state;
  const called = calledIn([setUp.way]);
  const asksHolder = kind === "card" && pageAsksHolder(usePractice());
  const said = useRef<HTMLDivElement>(null);
  useEffect(() => dispatch({ type: "placed" }), [state.next.client_secret]);
  useEffect(() => {
    if (declined) said.current?.focus();
  }, [declined]);
  const submit = (event: Event): void => {
    event.preventDefault();
    dispatch({ type: "pressed", holder });
  };
  const why = declined && declinedKey(declined);
  const errors = [
    ...(missing.card ? [{ field: "add-fields", text: t(called.missing), focus: () => fields.focus() }] : []),
    ...(missing.name ? [{ field: "card-name", text: t("card.nameMissing") }] : []),
    ...(missing.zip ? [{ field: "card-zip", text: t("card.zipMissing") }] : []),
  ];
  return (
    <form class="card-form" noValidate onSubmit={submit} aria-labelledby="add-title">
      <ErrorSummary errors={errors} asked={missing.asked} />
      <div id="add-fields" class="card-form__fields" ref={fields.place} data-state={state.fields} />
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
      {state.fields !== "failed" && asksHolder && <HolderFields holder={holder} setHolder={setHolder} missing={missing} />}
      <div ref={said} tabIndex={-1} class="card-form__declined">
        {why && (
          <Notice tone="warn" title={t(why)}>
            <p>{t(why === "card.notConfirmed" ? "methods.notConfirmed" : called.declined)}</p>
          </Notice>
        )}
      </div>
      <div class="actions">
        {state.fields !== "failed" && (
          <Button type="submit" busy={state.fields === "confirming"}>
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
