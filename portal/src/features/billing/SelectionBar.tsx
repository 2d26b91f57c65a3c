import { useEffect } from "preact/hooks";

import { useWords } from "../../i18n";
import { useAnnounce } from "../../ui/Announcer";
import { Button } from "../../ui/Button";
import { useQuote } from "../pay/use-quote";

interface Props {
  account: string;
  chargeIds: string[];
  pay: () => void;
}

/** How many services are chosen and, from the API, what they come to: once that is known it is said, and only once. */
export function SelectionBar({ account, chargeIds, pay }: Props) {
  const { t, plural, money } = useWords();
  const announce = useAnnounce();
  const scope = chargeIds.length > 0 ? ({ type: "services", charge_ids: chargeIds } as const) : null;
  const { quote, error } = useQuote(account, scope);
  const problem = error && (error.problem.detail || error.problem.title);
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
        <span>{count}</span> <strong class="selection__amount">{amount ?? "…"}</strong>
        {problem && <span class="selection__error">{problem}</span>}
      </p>
      <Button onClick={pay}>{t("services.pay")}</Button>
    </div>
  );
}
