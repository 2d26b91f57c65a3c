import type { VNode } from "preact";

import { useWords, type Key } from "../../i18n";
import type { Offer, Way } from "../../lib/ways";

/** One component a way, as it is shown to who chooses: its name, and what is to be known of it before. */
const CHOICES: Record<Way, () => VNode> = { card: Card, bank: Bank, paypal: PayPal };

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
    <span>
      <strong>{name}</strong> <small>{useWords().t(about)}</small>
    </span>
  );
}

interface Props {
  offers: Offer[];
  chosen: Way | null;
  choose: (way: Way) => void;
}

/** Native radio buttons: one stop of the keyboard, and its arrows choose. Nothing where there is no choice. */
export function WayChoice({ offers, chosen, choose }: Props) {
  const { t } = useWords();
  if (offers.length === 0) return null;
  return (
    <fieldset class="ways-choice">
      <legend>{t("pay.how")}</legend>
      {offers.map(({ way }) => {
        const Choice = CHOICES[way];
        return (
          <label key={way} class="ways-choice__way">
            <input type="radio" name="way" value={way} checked={way === chosen} onChange={() => choose(way)} />
            <Choice />
          </label>
        );
      })}
    </fieldset>
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
