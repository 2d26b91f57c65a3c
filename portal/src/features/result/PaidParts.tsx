import { useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Icon } from "../../ui/Icon";

/** That it was paid, and how much: the same whoever paid, signed in, by a bill's link or as a guest. */
export function PaidLead({ amountMinor, currency }: { amountMinor: number; currency: string }) {
  const { t, money } = useWords();
  return (
    <p class="lead result-lead">
      <Icon name="check" /> {t("result.paidText", { amount: money(amountMinor, currency) })}
    </p>
  );
}

/** What staff find the payment by; nothing where it has none. */
export function ReferenceNote({ reference }: { reference: string }) {
  if (!reference) return null;
  return (
    <p class="slip__note">
      <Say sentence="payments.ref" parts={{ reference: <span class="nowrap">{reference}</span> }} />
    </p>
  );
}
