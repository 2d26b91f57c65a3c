import type { Balance, Billing } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Link } from "../../ui/Link";
import type { Choice } from "../pay/choice";
import { LeftOutNotes } from "./LeftOutNotes";

interface Props {
  billing: Billing;
  account: AccountTools;
  choose: (choice: Choice) => void;
}

/** S7, S8, S13: the balance on top, and the button that pays all that can be paid now. */
export function BalanceCard({ billing, account, choose }: Props) {
  const { t, money } = useWords();
  const { balance, payments, currency } = billing;
  const canPay = payments.enabled && balance.payable_minor > 0;
  return (
    <section class="balance" aria-labelledby="balance-title">
      <div class="balance__figure">
        <h2 id="balance-title">{t(balance.owed_minor < 0 ? "balance.inYourFavor" : "balance.title")}</h2>
        <p class="balance__amount">{money(Math.abs(balance.owed_minor), currency)}</p>
        <BalanceWords balance={balance} currency={currency} />
      </div>
      <div class="balance__do">
        {canPay && (
          <>
            <Button onClick={() => choose({ kind: "balance" })} describedBy="balance-pay-note">
              {t("pay.button", { amount: money(balance.payable_minor, currency) })}
            </Button>
            <p class="balance__note" id="balance-pay-note">
              {t(balance.payable_minor < balance.owed_minor ? "balance.partNote" : "balance.payNote")}
            </p>
          </>
        )}
        {canPay && (
          <Button kind="quiet" onClick={() => choose({ kind: "amount" })}>
            {t("balance.payAnother")}
          </Button>
        )}
        <Link href={account.path("payments")} class="balance__link">
          {t("balance.toPayments")}
        </Link>
      </div>
      <LeftOutNotes leftOut={billing.left_out} currency={currency} />
    </section>
  );
}

function BalanceWords({ balance, currency }: { balance: Balance; currency: string }) {
  const { t, money } = useWords();
  return (
    <p class="balance__words">
      {balance.owed_minor === 0 && t("balance.nothing")}
      {balance.owed_minor < 0 && t("balance.creditText")}
      {balance.owed_minor > 0 && balance.credit_minor > 0 &&
        t("balance.formula", { open: money(balance.open_minor, currency), credit: money(balance.credit_minor, currency) })}
      {balance.in_flight_minor > 0 && ` ${t("balance.inFlight", { amount: money(balance.in_flight_minor, currency) })}`}
    </p>
  );
}
