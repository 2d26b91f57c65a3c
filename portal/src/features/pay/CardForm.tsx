import { useRef, useState } from "preact/hooks";

import type { Inline, Payment } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { EmailField, looksLikeEmail } from "../../ui/EmailField";
import { Notice } from "../../ui/Notice";
import { useCard } from "./use-card";

interface Props {
  payment: Payment;
  next: Inline;
  done: () => void;
}

/** The processor's card fields on our page (not in a modal window), and the one button that pays. */
export function CardForm({ payment, next, done }: Props) {
  const { t, money, locale } = useWords();
  const banks = usePractice().payments.bank_debits;
  const place = useRef<HTMLDivElement>(null);
  const card = useCard(place, next, locale, done);
  const [email, setEmail] = useState("");
  const [emailWrong, setEmailWrong] = useState(false);
  const confirm = (event: Event): void => {
    event.preventDefault();
    const wrong = card.needsEmail && !looksLikeEmail(email);
    setEmailWrong(wrong);
    if (card.status === "ready" && !wrong) card.confirm(card.needsEmail ? email.trim() : null);
  };
  return (
    <form class="card-form" noValidate onSubmit={confirm} aria-labelledby="card-title">
      <h2 id="card-title">{t(banks ? "card.anyTitle" : "card.title")}</h2>
      {banks && <p>{t("card.bankNote")}</p>}
      <div class="card-form__fields" ref={place} data-state={card.status} />
      {card.status === "loading" && (
        <p class="card-form__wait" role="status">
          {t("card.loading")}
        </p>
      )}
      {card.status === "failed" && (
        <Notice tone="warn" title={t("card.failed")} urgent>
          <p>{t("card.failedText")}</p>
          <Button kind="secondary" onClick={card.retry}>
            {t("tryAgain")}
          </Button>
        </Notice>
      )}
      {card.needsEmail && (
        <EmailField id="card-email" hint={t("card.emailHint")} email={email} setEmail={setEmail} wrong={emailWrong} />
      )}
      {card.declined && (
        <Notice tone="warn" title={t(banks ? "card.anyDeclined" : "card.declined")} urgent>
          <p>{card.declined}</p>
          <p>{t(banks ? "card.anyDeclinedText" : "card.declinedText")}</p>
        </Notice>
      )}
      <Button type="submit" busy={card.status === "confirming"} disabled={card.status !== "ready"}>
        {t("pay.button", { amount: money(payment.amount_minor, payment.currency) })}
      </Button>
      <p class="card-form__safe">
        <Icon name="lock" /> {t(banks ? "card.anySafe" : "card.safe")}
      </p>
    </form>
  );
}
