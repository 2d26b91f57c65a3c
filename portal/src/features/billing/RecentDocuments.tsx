import type { ComponentChildren } from "preact";

import type { Billing } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { DocumentRow } from "../documents/DocumentRow";
import { SAID, type DocumentKind } from "../documents/DocumentsSection";
import { InvoiceRow } from "../documents/InvoiceRow";
import { SuperbillRow } from "../documents/SuperbillRow";

/** S1, S2: the newest documents in the three sections of S3, and the way to all of them. */
export function RecentDocuments({ billing, account }: { billing: Billing; account: AccountTools }) {
  const { t } = useWords();
  const { account_id: id, superbills } = account.grant;
  const { invoices, statements, superbills: superbillsShown } = billing.recent_documents;
  return (
    <section class="documents recent" aria-labelledby="recent-title">
      <h2 id="recent-title">{t("documents.recent")}</h2>
      <Kind kind="invoices">
        {invoices.map((invoice) => (
          <InvoiceRow key={invoice.id} invoice={invoice} account={account} />
        ))}
      </Kind>
      <Kind kind="statements">
        {statements.map((statement) => (
          <DocumentRow key={statement.id} document={statement} account={id} />
        ))}
      </Kind>
      {superbills && (
        <Kind kind="superbills">
          {superbillsShown.map((superbill) => (
            <SuperbillRow key={superbill.id} superbill={superbill} account={account} />
          ))}
        </Kind>
      )}
      <p>
        <Link href={account.path("documents")}>{t("invoice.toDocuments")}</Link>
      </p>
    </section>
  );
}

function Kind({ kind, children }: { kind: DocumentKind; children: ComponentChildren[] }) {
  const { t } = useWords();
  const { title, lead, none } = SAID[kind];
  return (
    <section class="recent__kind" aria-labelledby={`recent-${kind}`}>
      <h3 id={`recent-${kind}`}>{t(title)}</h3>
      <p class="services__lead">{t(lead)}</p>
      {children.length > 0 ? (
        <ul role="list" class="ruled">
          {children}
        </ul>
      ) : (
        <p class="recent__none">{t(none)}</p>
      )}
    </section>
  );
}
