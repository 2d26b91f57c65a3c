import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { useQuote } from "../pay/use-quote";

interface Props {
  account: string;
  chargeIds: string[];
  pay: () => void;
}

/** How many services are chosen and, from the API, what they come to. */
export function SelectionBar({ account, chargeIds, pay }: Props) {
  const { t, plural, money } = useWords();
  const scope = chargeIds.length > 0 ? ({ type: "services", charge_ids: chargeIds } as const) : null;
  const { quote, error } = useQuote(account, scope);
  if (!scope) return null;
  return (
    <div class="selection" role="region" aria-label={t("selection.label")}>
      <p role="status">
        <span>{plural("selection.count", chargeIds.length)}</span>{" "}
        <strong class="selection__amount">{quote ? money(quote.amount_minor, quote.currency) : "…"}</strong>
        {error && <span class="selection__error">{error.problem.detail || error.problem.title}</span>}
      </p>
      <Button onClick={pay}>{t("services.pay")}</Button>
    </div>
  );
}
