import type { Billing } from "../../api/schema";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import type { Choice } from "../pay/choice";
import { LeftOutWords } from "./LeftOutWords";

interface Props {
  billing: Billing;
  choose: (choice: Choice) => void;
}

/** S7, S8: what is owed, how much of it can be paid here, and the button that opens that. */
export function BalanceCard({ billing, choose }: Props) {
  const { t, money } = useWords();
  const { balance, payments, currency } = billing;
  const canPay = payments.enabled && balance.payable_minor > 0;
  const title = balance.owed_minor < 0 ? "balance.inYourFavor" : balance.owed_minor > 0 ? "balance.owe" : "balance.title";
  return (
    <section class="balance" aria-labelledby="balance-title">
      <div class="balance__figure">
        <h2 id="balance-title">{t(title)}</h2>
        <p class="balance__amount">{money(Math.abs(balance.owed_minor), currency)}</p>
        <BalanceWords billing={billing} />
      </div>
      {canPay && (
        <div class="balance__do">
          <Button onClick={() => choose({ kind: "balance" })}>{t("pay.now")}</Button>
          <Button kind="quiet" onClick={() => choose({ kind: "amount" })}>
            {t("balance.payAnother")}
          </Button>
        </div>
      )}
    </section>
  );
}

function BalanceWords({ billing }: { billing: Billing }) {
  const { t, money } = useWords();
  const { balance, currency, payments } = billing;
  const show = (minor: number): string => money(minor, currency);
  const part = payments.enabled && balance.payable_minor > 0 && balance.payable_minor < balance.owed_minor;
  const inFlight = balance.in_flight_minor > 0 && !billing.left_out.some(({ reason }) => reason === "in_flight");
  return (
    <p class="balance__words">
      {balance.owed_minor === 0 && t("balance.nothing")}
      {balance.owed_minor < 0 && t("balance.creditText")}
      {balance.owed_minor > 0 && balance.credit_minor > 0 &&
        `${t("balance.formula", { open: show(balance.open_minor), credit: show(balance.credit_minor) })} `}
      {inFlight && ` ${t("balance.inFlight", { amount: show(balance.in_flight_minor) })} `}
      {part && `${t("balance.payable", { amount: show(balance.payable_minor) })} `}
      <LeftOutWords billing={billing} />
    </p>
  );
}
