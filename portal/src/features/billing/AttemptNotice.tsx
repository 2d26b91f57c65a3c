import { useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { Payment } from "../../api/schema";
import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { useAnnounce } from "../../ui/Announcer";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { forgetIntent, goOn } from "../pay/intent";

interface Props {
  attempt: Payment;
  account: AccountTools;
  changed: () => void;
}

/** A payment that is not finished: being checked with the processor, or left by the payer half-way. */
export function AttemptNotice({ attempt, account, changed }: Props) {
  const { t, money } = useWords();
  const api = useApi();
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const amount = money(attempt.amount_minor, attempt.currency);

  const cancel = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const payment = await api.cancelPayment(attempt.account_id, attempt.id);
      forgetIntent();
      announce(t("attempt.now", { amount, state: t(`state.${payment.state}`) }));
      changed();
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setBusy(false);
    }
  };

  if (attempt.state !== "started") {
    return (
      <Notice tone="wait" title={t("attempt.checking", { amount })}>
        <p>{t("attempt.wait")}</p>
      </Notice>
    );
  }
  return (
    <Notice tone="info" title={t("attempt.started", { amount })}>
      <p>{t("attempt.startedText")}</p>
      {error && <ProblemNotice error={error} />}
      <div class="actions">
        <Button kind="secondary" onClick={() => goOn(attempt, account)}>
          {t("attempt.goOn")}
        </Button>
        <Button kind="quiet" busy={busy} onClick={() => void cancel()}>
          {t("attempt.cancel")}
        </Button>
      </div>
    </Notice>
  );
}
