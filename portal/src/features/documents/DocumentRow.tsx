import { documentUrl } from "../../api/calls";
import type { BillingDocument } from "../../api/schema";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";

/** S6: one document, with two plain links to the same bytes: one to open or print, one to keep. */
export function DocumentRow({ document, account }: { document: BillingDocument; account: string }) {
  const { t, money, date } = useWords();
  const closing = document.closing_minor;
  const period = t("documents.period", { from: date(document.first_date), to: date(document.last_date) });
  const which = <span class="visually-hidden"> {t("documents.of", { period })}</span>;
  return (
    <li class="payment">
      <div class="payment__head">
        <h3>{period}</h3>
        <p class="payment__amount">{money(Math.abs(closing), document.currency)}</p>
      </div>
      <p class="payment__meta">{t(closing < 0 ? "documents.credit" : "documents.owed")}</p>
      {document.available ? (
        <span class="receipt-links">
          <a href={documentUrl(account, document.id, "inline")} target="_blank" rel="noreferrer">
            <Icon name="receipt" /> {t("receipt.open")}
            {which}
          </a>
          <a href={documentUrl(account, document.id, "attachment")}>
            <Icon name="download" /> {t("receipt.download")}
            {which}
          </a>
        </span>
      ) : (
        <p class="payment__meta">{t("documents.making")}</p>
      )}
    </li>
  );
}
