import type { VNode } from "preact";

import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { waysOf, type Way } from "../../lib/ways";

/** What is to be known of each way before it is chosen: one component each, where there is something. */
const ABOUT: Partial<Record<Way, () => VNode>> = { bank: AboutBank };

export function AboutWays() {
  return (
    <>
      {waysOf(usePractice().payments).map((way) => {
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
