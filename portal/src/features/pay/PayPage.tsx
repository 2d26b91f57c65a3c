import { useState } from "preact/hooks";

import type { AccountTools } from "../../app/practice";
import { usePractice } from "../../app/practice";
import { navigate } from "../../app/router";
import { useWords } from "../../i18n";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { Button } from "../../ui/Button";
import { CardForm } from "./CardForm";
import { draftOf } from "./choice";
import { currentIntent } from "./intent";
import { keepTyped } from "./typed";
import { PaySummary } from "./PaySummary";
import { ReviewStep } from "./ReviewStep";
import { usePayment, type Step } from "./use-payment";

/** The second step: what will be paid, and the card (inline) or the way to the processor's page (redirect). */
export function PayPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const { flow, bank_debits: banks } = usePractice().payments;
  const inline = flow === "inline";
  const [canceling, setCanceling] = useState(false);
  const id = account.grant.account_id;
  const toResult = (payment: string): void =>
    navigate(account.path("return", { account: id, payment }), { replace: true });
  const toBilling = (): void => navigate(account.path("billing"), { replace: true });
  const { step, pay, cancel } = usePayment(id, inline, { toBilling, toResult });

  const payment = "payment" in step ? step.payment : null;
  const notes = payment?.notes ?? currentIntent(id)?.body.notes ?? "";
  const change = (): void => {
    const intent = currentIntent(id);
    if (!intent) return toBilling();
    const draft = draftOf(id, intent.body.scope);
    keepTyped(draft, { amountMinor: intent.body.amount_minor, notes });
    navigate(account.path("billing"), { replace: true, state: { draft } });
  };
  const stop = async (): Promise<void> => {
    setCanceling(true);
    await cancel();
    setCanceling(false);
  };

  return (
    <div class="page">
      <p class="step">{t("pay.step2")}</p>
      <PageTitle tab={t("pay.tab")}>{t(inline ? (banks ? "pay.anyTitle" : "pay.cardTitle") : "pay.reviewTitle")}</PageTitle>
      <div class="pay-layout">
        <PaySummary step={step} notes={notes} folds={inline} />
        <section class="pay-layout__how card">
          <HowToPay step={step} inline={inline} pay={pay} finish={toResult} toBilling={toBilling} />
        </section>
        {step.at !== "sending" && (
          <div class="pay-layout__back actions">
            <Button kind="quiet" onClick={change}>
              {t("pay.change")}
            </Button>
            <Button kind="quiet" busy={canceling} onClick={() => void stop()}>
              {t("pay.stop")}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

interface HowProps {
  step: Step;
  inline: boolean;
  pay: () => void;
  finish: (payment: string) => void;
  toBilling: () => void;
}

function HowToPay({ step, inline, pay, finish, toBilling }: HowProps) {
  const { t } = useWords();
  switch (step.at) {
    case "loading":
      return <Skeleton shapes={["line", "line", "line"]} />;
    case "problem":
      return (
        <ProblemNotice
          error={step.error}
          action={step.again ? { label: t("tryAgain"), run: step.again } : { label: t("pay.backToBilling"), run: toBilling }}
        />
      );
    case "card":
      return <CardForm payment={step.payment} next={step.next} done={() => finish(step.payment.id)} />;
    default:
      return <ReviewStep step={step} inline={inline} pay={pay} />;
  }
}
