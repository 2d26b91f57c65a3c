import { useWords, type Words } from "../../i18n";
import { calledIn, type Way } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import type { Leaving, Reviewing, Sending } from "./machine/state";
import { submitWords } from "./confirm-words";
import { AboutWays } from "./ways";

interface Props {
  state: Reviewing | Sending | Leaving;
  ways: readonly Way[];
  inline: boolean;
  pay: () => void;
}

/** Submit: on to the processor's page, where the card is entered and the payment made; here what was changed is agreed to. */
export function ReviewStep({ state, ways, inline, pay }: Props) {
  const words = useWords();
  const { t, money } = words;
  const called = calledIn(ways);
  const source = ("quote" in state ? state.quote : null) ?? ("payment" in state ? state.payment : null);
  const amount = source ? money(source.amount_minor, source.currency) : null;
  const changed = state.at === "reviewing" && state.changed;
  return (
    <>
      <h2>{t(inline ? called.form : "review.title")}</h2>
      {changed && amount && (
        <Notice tone="warn" title={t("review.changed")} urgent>
          <p>{t("review.changedText", { amount })}</p>
        </Notice>
      )}
      {!inline && <p>{t(called.review)}</p>}
      <AboutWays ways={ways} />
      <Button busy={state.at !== "reviewing"} onClick={pay}>
        {buttonWords(words, state, inline, amount)}
      </Button>
      <p class="card-form__safe">
        <Icon name="lock" /> {t(called.safe)}
      </p>
    </>
  );
}

/** Until the API has answered nobody knows what would be charged. */
function buttonWords(words: Words, state: Props["state"], inline: boolean, amount: string | null): string {
  const { t } = words;
  if (amount === null) return t("pay.preparing");
  if (!inline) return submitWords(words, state.intent.body.scope, amount);
  return state.at === "reviewing" && state.changed ? t("pay.goOnWith", { amount }) : t("pay.preparing");
}
