import type { Billing, LeftOut } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { pluralKey, useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Names } from "../../ui/Names";
import { contactLinks } from "../shell/Contact";

/** Only the practice can help with these; the others pass by themselves. */
const ASK_THE_PRACTICE: LeftOut["reason"][] = ["payments_disabled", "clinician_payments_disabled"];

/** T3, S10: what cannot be paid here, how much of it, why, and how to reach who can help. */
export function LeftOutWords({ billing }: { billing: Billing }) {
  const asked = billing.left_out.filter(({ reason }) => ASK_THE_PRACTICE.includes(reason));
  const passing = billing.left_out.filter((part) => !asked.includes(part));
  const without = cliniciansWithout(billing.items);
  const say = (part: LeftOut) => (
    <span key={part.reason}>
      <WhyLeftOut part={part} currency={billing.currency} without={without} />{" "}
    </span>
  );
  // Whom to ask stands behind what they are asked about: what is being paid must not be paid again.
  return (
    <>
      {asked.map(say)}
      {asked.length > 0 && <HowToPay />} {passing.map(say)}
    </>
  );
}

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

/** Whatever the practice has: telephone, e-mail, website; at the least, one's therapist. */
function HowToPay() {
  const { t } = useWords();
  const links = contactLinks(usePractice());
  if (links.length === 0) return <>{t("leftOut.ask")}</>;
  return (
    <>
      {t("leftOut.contact")}{" "}
      <span class="ways">
        {links.map(({ href, text }) => (
          <a key={href} href={href} rel="noreferrer">
            <bdi>{text}</bdi>
          </a>
        ))}
      </span>
    </>
  );
}
