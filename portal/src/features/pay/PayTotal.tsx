import type { Quote } from "../../api/schema";
import { useWords } from "../../i18n";
import { owedWords } from "./QuoteSlip";

interface Props {
  quote: Quote | null;
  /** A newer answer is on its way. */
  stale: boolean;
  /** There is no answer yet, and one is to come. */
  waits: boolean;
}

/** What is paid and what stays owed, beside the button that goes on. Its place is the same before the answer. */
export function PayTotal({ quote, stale, waits }: Props) {
  const words = useWords();
  const { t, money } = words;
  return (
    <div class="pay-total" aria-busy={stale || undefined}>
      <p class="pay-total__sum">
        <span>{t("quote.total")}</span> <strong>{quote ? money(quote.amount_minor, quote.currency) : waits ? "…" : "–"}</strong>
      </p>
      <p class="pay-total__after">{quote && owedWords(words, quote.owed_after_minor, quote.currency, "After")}</p>
    </div>
  );
}
