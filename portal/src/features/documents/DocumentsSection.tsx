import type { ComponentChildren } from "preact";

import { useWords, type Key } from "../../i18n";
import type { Pages } from "../../lib/use-pages";
import { byYear } from "../../lib/years";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ShowMore } from "../../ui/ShowMore";
import { Skeleton } from "../../ui/Skeleton";

/** S3: the kinds of documents, in the order of their sections; and services, which have some of each. */
export type DocumentKind = "invoices" | "statements" | "superbills" | "services";

/** A kind's heading, the one line that says what it is, and what will be listed where there is nothing yet. */
export const SAID: Record<DocumentKind, { title: Key; lead: Key; none: Key }> = {
  invoices: { title: "documents.invoices", lead: "documents.invoicesLead", none: "documents.noInvoices" },
  statements: { title: "documents.statements", lead: "documents.statementsLead", none: "documents.noStatements" },
  superbills: { title: "documents.superbills", lead: "documents.superbillsLead", none: "documents.noSuperbills" },
  services: { title: "documents.services", lead: "documents.servicesLead", none: "documents.noServices" },
};

interface Props<Row> {
  kind: DocumentKind;
  pages: Pages<Row>;
  /** The day by which a document is listed. */
  dateOf: (row: Row) => string;
  row: (row: Row) => ComponentChildren;
  /** Said under the line that says what they are. */
  children?: ComponentChildren;
}

/** S3: the documents of one kind by year, the newest first. */
export function DocumentsSection<Row>({ kind, pages, dateOf, row, children }: Props<Row>) {
  const { t } = useWords();
  const { first, rows, error, loading, reload } = pages;
  const { title, lead, none } = SAID[kind];
  return (
    <section class={`documents ${kind}`} aria-labelledby={`${kind}-title`}>
      <h2 id={`${kind}-title`}>{t(title)}</h2>
      <p class="services__lead">{t(lead)}</p>
      {children}
      {loading && <Skeleton shapes={["row", "row"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {first?.length === 0 && !pages.hasMore && <p class="empty">{t(none)}</p>}
      {rows.length > 0 && (
        <div class="years">
          {byYear(rows, dateOf).map(([year, found]) => (
            <section key={year} aria-labelledby={`${kind}-${year}`}>
              <h3 id={`${kind}-${year}`}>{year}</h3>
              <ul role="list" class="ruled">
                {found.map(row)}
              </ul>
            </section>
          ))}
        </div>
      )}
      <ShowMore pages={pages} />
    </section>
  );
}
