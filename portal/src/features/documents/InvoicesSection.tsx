import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { usePages } from "../../lib/use-pages";
import { DocumentsSection } from "./DocumentsSection";
import { InvoiceRow } from "./InvoiceRow";

/** S3: what the practice asks to be paid, the latest number first. */
export function InvoicesSection({ account }: { account: AccountTools }) {
  const api = useApi();
  const id = account.grant.account_id;
  const invoices = usePages(`invoices ${id}`, async (cursor, signal) => {
    const page = await api.getInvoices(id, cursor, signal);
    return { rows: page.invoices, next: page.next_cursor };
  });
  return (
    <DocumentsSection
      kind="invoices"
      pages={invoices}
      dateOf={(invoice) => invoice.issued_on}
      row={(invoice) => <InvoiceRow key={invoice.id} invoice={invoice} account={account} />}
    />
  );
}
