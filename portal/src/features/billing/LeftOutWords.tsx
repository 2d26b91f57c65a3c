import type { Billing, LeftOut } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { cliniciansWithout, WhyLeftOut } from "../pay/WhyLeftOut";
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
