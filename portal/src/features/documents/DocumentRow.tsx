import { documentUrl } from "../../api/calls";
import type { BillingDocument } from "../../api/schema";
import { useWords } from "../../i18n";
import { wholeMonth } from "../../lib/dates";
import { Icon } from "../../ui/Icon";
import { NewTab } from "../../ui/NewTab";

/** S6: one document, with two plain links to the same bytes: one to open or print, one to keep. */
export function DocumentRow({ document, account }: { document: BillingDocument; account: string }) {
  const { t, money, date, locale } = useWords();
  const closing = document.closing_minor;
  const { first_date: from, last_date: to } = document;
  const period = wholeMonth(from, to, locale) ?? t("documents.period", { from: date(from), to: date(to) });
  const which = <span class="visually-hidden"> {t("documents.of", { period })}</span>;
  return (
    <li class="ruled__row">
      <h4 class="ruled__what">{period}</h4>
      <p class="ruled__sum">{money(Math.abs(closing), document.currency)}</p>
      <p class="ruled__about">{t(closing < 0 ? "documents.credit" : "documents.owed")}</p>
      <div class="ruled__links">
        {document.available ? (
          <span class="receipt-links">
            <a href={documentUrl(account, document.id, "inline")} target="_blank" rel="noreferrer">
              <Icon name="receipt" /> {t("receipt.open")}
              {which}
              <NewTab />
            </a>
            <a href={documentUrl(account, document.id, "attachment")}>
              <Icon name="download" /> {t("receipt.download")}
              {which}
            </a>
          </span>
        ) : (
          <p>{t("documents.making")}</p>
        )}
      </div>
    </li>
  );
}
