import type { VNode } from "preact";

import { useWords, type Key } from "../../i18n";
import type { Way } from "../../lib/ways";

/** One component a way, as it is shown to who chooses: its name, and what is to be known of it before. */
export const WAY_CHOICES: Record<Way, () => VNode> = { card: Card, bank: Bank, paypal: PayPal };

function Card() {
  return <Named name={useWords().t("ways.card")} about="ways.cardAbout" />;
}

function Bank() {
  return <Named name={useWords().t("ways.bank")} about="ways.bankAbout" />;
}

function PayPal() {
  return <Named name="PayPal" about="ways.paypalAbout" />;
}

function Named({ name, about }: { name: string; about: Key }) {
  return (
    <>
      <strong>{name}</strong> <small>{useWords().t(about)}</small>
    </>
  );
}

/** What is to be known of a way where it is used, where there is something. */
const ABOUT: Partial<Record<Way, () => VNode>> = { bank: AboutBank };

export function AboutWays({ ways }: { ways: readonly Way[] }) {
  return (
    <>
      {ways.map((way) => {
        const About = ABOUT[way];
        return About && <About key={way} />;
      })}
    </>
  );
}

/** It takes days, and may come back. */
function AboutBank() {
  return <p>{useWords().t("card.bankNote")}</p>;
}
