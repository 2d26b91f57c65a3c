import type { Payment } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { navigate } from "../../app/router";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import type { Dispatch } from "../pay/machine/use-paying";

interface Props {
  payment: Payment;
  account: AccountTools;
  canceling: boolean;
  dispatch: Dispatch;
}

/** The payer came back without finishing: go on with the same payment, or let it go. Nothing is charged yet. */
export function Unfinished({ payment, account, canceling, dispatch }: Props) {
  const { t, money } = useWords();
  return (
    <>
      <p class="lead">{t("result.startedText", { amount: money(payment.amount_minor, payment.currency) })}</p>
      <div class="actions">
        {payment.next && <Button onClick={() => dispatch({ type: "goOn" })}>{t("attempt.goOn")}</Button>}
        <Button kind="quiet" busy={canceling} onClick={() => dispatch({ type: "stop" })}>
          {t("attempt.cancel")}
        </Button>
        <Button kind="quiet" onClick={() => navigate(account.path("billing"), { replace: true })}>
          {t("pay.backToBilling")}
        </Button>
      </div>
    </>
  );
}
