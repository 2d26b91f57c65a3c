import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { usePages } from "../../lib/use-pages";
import { DocumentRow } from "./DocumentRow";
import { DocumentsSection } from "./DocumentsSection";

/** S3: what happened in each month, the newest first. */
export function StatementsSection({ account }: { account: AccountTools }) {
  const api = useApi();
  const id = account.grant.account_id;
  const statements = usePages(`documents ${id}`, async (cursor, signal) => {
    const page = await api.getDocuments(id, cursor, signal);
    return { rows: page.documents, next: page.next_cursor };
  });
  return (
    <DocumentsSection
      kind="statements"
      pages={statements}
      dateOf={(document) => document.last_date}
      row={(document) => <DocumentRow key={document.id} document={document} account={id} />}
    />
  );
}
