import type { Billing, LeftOut } from "../../api/schema";
import { pluralKey, useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Names } from "../../ui/Names";

/** `without`: the clinicians who take no online payments, named where it is because of them. */
export function WhyLeftOut({ part, currency, without }: { part: LeftOut; currency: string; without: string[] }) {
  const { t, money, locale } = useWords();
  const amount = money(part.amount_minor, currency);
  const names = part.reason === "clinician_payments_disabled" ? without : [];
  if (names.length === 0) return <>{t(`leftOut.${part.reason}`, { amount })}</>;
  return <Say sentence={pluralKey(locale, "leftOut.clinician", names.length)} parts={{ amount, who: <Names>{names}</Names> }} />;
}

export function cliniciansWithout(items: Billing["items"]): string[] {
  return [...new Set(items.filter((item) => item.reason === "clinician_payments_disabled").map((item) => item.clinician))];
}
