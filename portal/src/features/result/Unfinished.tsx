import type { Payment } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { navigate } from "../../app/router";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import type { Dispatch } from "../pay/machine/use-paying";
import { StartedLead } from "./StartedLead";

interface Props {
  payment: Payment;
  account: AccountTools;
  /** Its payer comes back from having approved it. */
  approved: boolean;
  canceling: boolean;
  dispatch: Dispatch;
}

/** The payer came back without finishing: go on with the same payment, or let it go. Nothing is charged yet. */
export function Unfinished({ payment, account, approved, canceling, dispatch }: Props) {
  const { t } = useWords();
  return (
    <>
      <StartedLead payment={payment} approved={approved} />
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
