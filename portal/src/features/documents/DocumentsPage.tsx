import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { usePages } from "../../lib/use-pages";
import { byYear } from "../../lib/years";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ShowMore } from "../../ui/ShowMore";
import { Skeleton } from "../../ui/Skeleton";
import { DocumentRow } from "./DocumentRow";
import { InvoicesSection } from "./InvoicesSection";
import { SummarySection } from "./SummarySection";
import { Unopened } from "./Unopened";

/** S3: billing documents by kind, newest first. An e-mail about a new one leads here. */
export function DocumentsPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const api = useApi();
  const id = account.grant.account_id;
  const statements = usePages(`documents ${id}`, async (cursor, signal) => {
    const page = await api.getDocuments(id, cursor, signal);
    return { rows: page.documents, next: page.next_cursor };
  });
  const { first, rows, error, loading, reload } = statements;

  return (
    <div class="page">
      <PageTitle tab={t("documents.tab")}>{t("documents.title")}</PageTitle>
      <p class="lead">{t("documents.lead")}</p>
      <Unopened />
      <InvoicesSection account={account} />
      <section class="statements" aria-labelledby="statements-title">
        <h2 id="statements-title">{t("documents.statements")}</h2>
        <p class="services__lead">{t("documents.statementsLead")}</p>
        {loading && <Skeleton shapes={["row", "row", "row"]} />}
        {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
        {first?.length === 0 && <p class="empty">{t("documents.none")}</p>}
        {rows.length > 0 && (
          <div class="years">
            {byYear(rows, (document) => document.last_date).map(([year, documents]) => (
              <section key={year} aria-labelledby={`year-${year}`}>
                <h3 id={`year-${year}`}>{year}</h3>
                <ul role="list" class="ruled">
                  {documents.map((document) => (
                    <DocumentRow key={document.id} document={document} account={id} />
                  ))}
                </ul>
              </section>
            ))}
          </div>
        )}
        <ShowMore pages={statements} />
      </section>
      <SummarySection account={id} />
    </div>
  );
}
