import { useEffect } from "preact/hooks";

import { mayPass } from "../../api/client";
import { useWords } from "../../i18n";
import { useAnnounce } from "../../ui/Announcer";
import { Button } from "../../ui/Button";
import { whyOf } from "../../ui/ProblemNotice";
import { useQuote } from "../pay/use-quote";

interface Props {
  account: string;
  chargeIds: string[];
  pay: () => void;
}

/** How many services are chosen and, from the API, what they come to: once that is known it is said, and only once. */
export function SelectionBar({ account, chargeIds, pay }: Props) {
  const words = useWords();
  const { t, plural, money } = words;
  const announce = useAnnounce();
  const scope = chargeIds.length > 0 ? ({ type: "services", charge_ids: chargeIds } as const) : null;
  const { quote, error, again, busy } = useQuote(account, scope);
  const problem = error && whyOf(words, error);
  const count = plural("selection.count", chargeIds.length);
  const amount = quote && money(quote.amount_minor, quote.currency);
  const said = scope && (problem ?? (amount && `${count} ${amount}`));
  useEffect(() => {
    if (said) announce(said);
  }, [said]);
  if (!scope) return null;
  return (
    <div class="selection" role="region" aria-label={t("selection.label")}>
      <p>
        <span>{count}</span> <strong class="selection__amount">{amount ?? (problem ? null : "…")}</strong>
        {problem && <span class="selection__error">{problem}</span>}
      </p>
      <div class="actions">
        {error && mayPass(error) && (
          <Button kind="secondary" busy={busy} onClick={again}>
            {t("tryAgain")}
          </Button>
        )}
        <Button onClick={pay}>{t("services.pay")}</Button>
      </div>
    </div>
  );
}
