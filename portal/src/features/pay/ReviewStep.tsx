import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import type { Leaving, Reviewing, Sending } from "./machine/state";

interface Props {
  state: Reviewing | Sending | Leaving;
  inline: boolean;
  pay: () => void;
}

/** Submit: on to the processor's page, where the card is entered and the payment made; here what was changed is agreed to. */
export function ReviewStep({ state, inline, pay }: Props) {
  const { t, money } = useWords();
  const banks = usePractice().payments.bank_debits;
  const source = ("quote" in state ? state.quote : null) ?? ("payment" in state ? state.payment : null);
  const amount = source ? money(source.amount_minor, source.currency) : null;
  const changed = state.at === "reviewing" && state.changed;
  return (
    <>
      <h2>{t(inline ? (banks ? "card.anyTitle" : "card.title") : "review.title")}</h2>
      {changed && amount && (
        <Notice tone="warn" title={t("review.changed")} urgent>
          <p>{t("review.changedText", { amount })}</p>
        </Notice>
      )}
      {!inline && <p>{t(banks ? "review.anyText" : "review.text")}</p>}
      {banks && <p>{t("card.bankNote")}</p>}
      <Button busy={state.at !== "reviewing"} onClick={pay}>
        {inline ? (amount && changed ? t("pay.goOnWith", { amount }) : t("pay.preparing")) : t("pay.toProcessor")}
      </Button>
      <p class="card-form__safe">
        <Icon name="lock" /> {t(banks ? "card.anySafe" : "card.safe")}
      </p>
    </>
  );
}
