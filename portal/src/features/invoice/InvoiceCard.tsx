import type { Billing, LeftOut, OpenedInvoice } from "../../api/schema";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { LeftOutWords } from "../billing/LeftOutWords";

interface Props {
  opened: OpenedInvoice;
  billing: Billing;
  pay: () => void;
}

/** S9, S14: how the invoice stands now, how much of it can be paid here, and the button that does. */
export function InvoiceCard({ opened, billing, pay }: Props) {
  const { t, money } = useWords();
  const { invoice, lines } = opened;
  const show = (minor: number): string => money(minor, invoice.currency);
  const own = partOf(billing, lines.map((line) => line.charge_id));
  const payable = payableOf(own, invoice.status === "void");
  const less = payable < invoice.owed_now_minor;
  return (
    <section class="balance" aria-labelledby="invoice-owed">
      <div class="balance__figure">
        <h2 id="invoice-owed">{t(`invoice.status.${invoice.status}`)}</h2>
        <p class="balance__amount">{show(invoice.owed_now_minor)}</p>
        <p class="balance__words">
          {invoice.status === "void" && t("invoice.void")}
          {invoice.status === "paid" && t("invoice.paid")}
          {invoice.status === "partly_paid" && t("invoice.owed", { amount: show(invoice.amount_minor) })}
          {less && ` ${payable > 0 ? t("balance.payable", { amount: show(payable) }) : t("invoice.notHere")}`}{" "}
          {less && invoice.status !== "void" && <LeftOutWords billing={own} />}
        </p>
      </div>
      {payable > 0 && (
        <div class="balance__do">
          <Button onClick={pay}>{t("pay.now")}</Button>
        </div>
      )}
    </section>
  );
}

/** Billing as if these services were all: what of them cannot be paid here, and why. */
function partOf(billing: Billing, chargeIds: string[]): Billing {
  const items = billing.items.filter((item) => chargeIds.includes(item.charge_id));
  const left = new Map<LeftOut["reason"], LeftOut>();
  for (const { charge_id, reason, explanation, payable_minor } of items) {
    if (!reason) continue;
    const known = left.get(reason) ?? { reason, amount_minor: 0, charge_ids: [] };
    left.set(reason, {
      reason,
      amount_minor: known.amount_minor + explanation.owed_minor - payable_minor,
      charge_ids: [...known.charge_ids, charge_id],
    });
  }
  return { ...billing, items, left_out: [...left.values()] };
}

/** What of these services can be paid here now, rounded down to what the processor takes. */
function payableOf({ items, payments }: Billing, voided: boolean): number {
  if (voided || !payments.enabled) return 0;
  const minor = items.reduce((sum, item) => sum + item.payable_minor, 0);
  return minor - (minor % payments.step_minor);
}
