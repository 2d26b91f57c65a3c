import type { RecentStatement } from "../../api/schema";
import { useWords } from "../../i18n";
import { wholeMonth } from "../../lib/dates";
import { DocumentLinks } from "./DocumentLinks";

/** S6: one document, with two plain links to the same bytes: one to open or print, one to keep. */
export function DocumentRow({ document, account }: { document: RecentStatement; account: string }) {
  const { t, money, date, locale } = useWords();
  const closing = document.closing_minor;
  const { first_date: from, last_date: to } = document;
  const period = wholeMonth(from, to, locale) ?? t("documents.period", { from: date(from), to: date(to) });
  return (
    <li class="ruled__row">
      <h4 class="ruled__what">{period}</h4>
      <p class="ruled__sum">{money(Math.abs(closing), document.currency)}</p>
      <p class="ruled__about">{t(closing < 0 ? "documents.credit" : "documents.owed")}</p>
      <div class="ruled__links">
        <DocumentLinks account={account} id={document.id} which={t("documents.of", { period })} />
      </div>
    </li>
  );
}
