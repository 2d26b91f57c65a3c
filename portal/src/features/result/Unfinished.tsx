import { useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { Payment } from "../../api/schema";
import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { navigate } from "../../app/router";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { forgetIntent, goOn } from "../pay/intent";

/** The payer came back without finishing: go on with the same payment, or let it go. Nothing is charged yet. */
export function Unfinished({ payment, account }: { payment: Payment; account: AccountTools }) {
  const { t, money } = useWords();
  const api = useApi();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const toBilling = (): void => navigate(account.path("billing"), { replace: true });

  const cancel = async (): Promise<void> => {
    setBusy(true);
    try {
      const after = await api.cancelPayment(payment.account_id, payment.id);
      forgetIntent();
      if (after.state === "canceled" || after.state === "expired") toBilling();
      else location.reload();
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <p class="lead">{t("result.startedText", { amount: money(payment.amount_minor, payment.currency) })}</p>
      {error && <ProblemNotice error={error} />}
      <div class="actions">
        {payment.next && <Button onClick={() => goOn(payment, account)}>{t("attempt.goOn")}</Button>}
        <Button kind="quiet" busy={busy} onClick={() => void cancel()}>
          {t("attempt.cancel")}
        </Button>
        <Button kind="quiet" onClick={toBilling}>
          {t("pay.backToBilling")}
        </Button>
      </div>
    </>
  );
}
