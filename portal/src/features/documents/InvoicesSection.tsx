import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { usePages } from "../../lib/use-pages";
import { byYear } from "../../lib/years";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ShowMore } from "../../ui/ShowMore";
import { Skeleton } from "../../ui/Skeleton";
import { InvoiceRow } from "./InvoiceRow";

/** S3: what the practice asks to be paid, the latest number first. */
export function InvoicesSection({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const api = useApi();
  const id = account.grant.account_id;
  const invoices = usePages(`invoices ${id}`, async (cursor, signal) => {
    const page = await api.getInvoices(id, cursor, signal);
    return { rows: page.invoices, next: page.next_cursor };
  });
  const { first, rows, error, loading, reload } = invoices;
  return (
    <section class="invoices" aria-labelledby="invoices-title">
      <h2 id="invoices-title">{t("documents.invoices")}</h2>
      <p class="services__lead">{t("documents.invoicesLead")}</p>
      {loading && <Skeleton shapes={["row", "row"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {first?.length === 0 && <p class="empty">{t("documents.noInvoices")}</p>}
      {rows.length > 0 && (
        <div class="years">
          {byYear(rows, (invoice) => invoice.issued_on).map(([year, found]) => (
            <section key={year} aria-labelledby={`invoices-${year}`}>
              <h3 id={`invoices-${year}`}>{year}</h3>
              <ul role="list" class="ruled">
                {found.map((invoice) => (
                  <InvoiceRow key={invoice.id} invoice={invoice} account={account} />
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
      <ShowMore pages={invoices} />
    </section>
  );
}
