import { useEffect, useRef } from "preact/hooks";

import { useWords, type Key } from "../../i18n";
import { Notice } from "../../ui/Notice";
import { declinedKey } from "./declined";
import type { Declined } from "./machine/state";

interface Props {
  declined: Declined | null;
  /** What to do now; of one that was not confirmed there is something else to say. */
  text: Key;
  notConfirmed: Key;
}

/** Why it was declined. The focus goes there, so that it is read. */
export function DeclinedNotice({ declined, text, notConfirmed }: Props) {
  const { t } = useWords();
  const said = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (declined) said.current?.focus();
  }, [declined]);
  const why = declined && declinedKey(declined);
  return (
    <div ref={said} tabIndex={-1} class="card-form__declined">
      {why && (
        <Notice tone="warn" title={t(why)}>
          <p>{t(why === "card.notConfirmed" ? notConfirmed : text)}</p>
        </Notice>
      )}
    </div>
  );
}
