import { useEffect, useRef, useState } from "preact/hooks";

import type { Inline, Payment } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Icon } from "../../ui/Icon";
import { EmailField, looksLikeEmail } from "../../ui/EmailField";
import { Notice } from "../../ui/Notice";
import { useCard } from "./use-card";

interface Props {
  payment: Payment;
  next: Inline;
  done: () => void;
}

/** What stood in the way of the last press of the button; `asked` counts the presses. */
interface Problems {
  card: boolean;
  email: boolean;
  asked: number;
}

const NONE: Problems = { card: false, email: false, asked: 0 };

/** The processor's card fields on our page (not in a modal window), and the one button that pays. */
export function CardForm({ payment, next, done }: Props) {
  const { t, money, locale } = useWords();
  const banks = usePractice().payments.bank_debits;
  const place = useRef<HTMLDivElement>(null);
  const { state, idle } = useSession();
  const card = useCard(place, next, locale, idle.used, done);
  const [email, setEmail] = useState(state.status === "in" ? state.session.email : "");
  const [missing, setMissing] = useState<Problems>(NONE);
  const [early, setEarly] = useState(false);
  const declined = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (card.declined) declined.current?.focus();
  }, [card.declined]);

  const confirm = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (card.status !== "ready") return setEarly(card.status === "loading");
    const found = { card: !(await card.filled()), email: card.needsEmail && !looksLikeEmail(email) };
    setMissing((last) => ({ ...found, asked: last.asked + 1 }));
    if (!found.card && !found.email) card.confirm(card.needsEmail ? email.trim() : null);
  };
  const title = t(card.declined?.byBank ? (card.declined.ofCard ? "card.declined" : "card.anyDeclined") : "card.refused");
  const errors = [
    ...(missing.card ? [{ field: "card-fields", text: t(banks ? "card.anyMissing" : "card.missing"), focus: card.focus }] : []),
    ...(missing.email ? [{ field: "card-email", text: t("signIn.emailWrong") }] : []),
  ];
  return (
    <form class="card-form" noValidate onSubmit={(event) => void confirm(event)} aria-labelledby="card-title">
      <h2 id="card-title">{t(banks ? "card.anyTitle" : "card.title")}</h2>
      {banks && <p>{t("card.bankNote")}</p>}
      <ErrorSummary errors={errors} asked={missing.asked} />
      <div id="card-fields" class="card-form__fields" ref={place} data-state={card.status} />
      <p class="card-form__wait" role="status">
        {card.status === "loading" && t(early ? "card.stillLoading" : "card.loading")}
      </p>
      {card.status === "failed" && (
        <Notice tone="warn" title={t("card.failed")} urgent>
          <p>{t("card.failedText")}</p>
          <Button kind="secondary" onClick={card.retry}>
            {t("tryAgain")}
          </Button>
        </Notice>
      )}
      {card.needsEmail && (
        <EmailField id="card-email" hint={t("card.emailHint")} email={email} setEmail={setEmail} wrong={missing.email} />
      )}
      <div ref={declined} tabIndex={-1} class="card-form__declined">
        {card.declined && (
          <Notice tone="warn" title={title}>
            {card.declined.words !== `${title}.` && <p>{card.declined.words}</p>}
            <p>{t(banks ? "card.anyDeclinedText" : "card.declinedText")}</p>
          </Notice>
        )}
      </div>
      {card.status !== "failed" && (
        <Button type="submit" busy={card.status === "confirming"}>
          {t("pay.button", { amount: money(payment.amount_minor, payment.currency) })}
        </Button>
      )}
      <p class="card-form__safe">
        <Icon name="lock" /> {t(banks ? "card.anySafe" : "card.safe")}
      </p>
    </form>
  );
}
