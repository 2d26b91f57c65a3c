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
  return (
    <>
      {billing.left_out.map((part) => (
        <span key={part.reason}>
          <Why part={part} billing={billing} />{" "}
        </span>
      ))}
      {billing.left_out.some(({ reason }) => ASK_THE_PRACTICE.includes(reason)) && <HowToPay />}
    </>
  );
}

function Why({ part, billing }: { part: LeftOut; billing: Billing }) {
  const { t, money, locale } = useWords();
  const amount = money(part.amount_minor, billing.currency);
  const names = part.reason === "clinician_payments_disabled" ? cliniciansWithout(billing) : [];
  if (names.length === 0) return <>{t(`leftOut.${part.reason}`, { amount })}</>;
  return <Say sentence={pluralKey(locale, "leftOut.clinician", names.length)} parts={{ amount, who: <Names>{names}</Names> }} />;
}

function cliniciansWithout({ items }: Billing): string[] {
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
