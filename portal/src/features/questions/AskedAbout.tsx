import type { AskedItem } from "../../api/schema";
import { useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Day } from "../../ui/Day";
import { Name } from "../../ui/Name";

/** "Individual session, Nov 5, 2026, $120.00" */
export function AskedAbout({ item }: { item: AskedItem }) {
  const { t, money } = useWords();
  const number = item.id.replace("invoice-", "");
  const what = {
    service: <Name lang={item.service_locale}>{item.service}</Name>,
    invoice: <>{t("invoice.title", { number })}</>,
    payment: <>{t("kind.payment")}</>,
  }[item.kind];
  return <Say sentence="ask.item" parts={{ what, date: <Day date={item.date} />, amount: <>{money(item.amount_minor, item.currency)}</> }} />;
}
