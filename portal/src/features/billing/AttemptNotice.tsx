import { useState } from "preact/hooks";

import type { Payment } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { useAnnounce } from "../../ui/Announcer";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { usePaying } from "../pay/machine/use-paying";

interface Props {
  attempt: Payment;
  account: AccountTools;
  changed: () => void;
}

/** A payment that is not finished: being checked with the processor, or left by the payer half-way. */
export function AttemptNotice({ attempt, account, changed }: Props) {
  const { t, money } = useWords();
  const announce = useAnnounce();
  const amount = money(attempt.amount_minor, attempt.currency);
  const [ended, setEnded] = useState<string | null>(null);
  const settled = (payment: Payment): void => {
    const now = t("attempt.now", { amount, state: t(`state.${payment.state}`) });
    announce(now);
    setEnded(now);
    changed();
  };
  const { state, dispatch } = usePaying(() => ({ type: "shown", payment: attempt }), {
    account,
    toBilling: (payment) => payment && settled(payment),
    toResult: settled,
  });
  const { error = null, busy = null } = state.at === "result" ? state : {};

  // Until the page is read again, which may fail: no button may offer what is over.
  if (ended) return <Notice tone="info" title={ended} />;
  if (attempt.state !== "started") {
    return (
      <Notice tone="wait" title={t("attempt.checking", { amount })}>
        <p>{t("attempt.wait")}</p>
      </Notice>
    );
  }
  return (
    <Notice tone="info" title={t(attempt.next ? "attempt.started" : "attempt.startedByOther", { amount })}>
      <p>{t("attempt.startedText")}</p>
      {error && <ProblemNotice error={error} />}
      <div class="actions">
        {attempt.next && (
          <Button kind="secondary" onClick={() => dispatch({ type: "goOn" })}>
            {t("attempt.goOn")}
          </Button>
        )}
        <Button kind="quiet" busy={busy === "stopping"} onClick={() => dispatch({ type: "stop" })}>
          {t("attempt.cancel")}
        </Button>
      </div>
    </Notice>
  );
}
