import { useState } from "preact/hooks";

import { useApi } from "../../app/api";
import { useWords } from "../../i18n";
import { usePages } from "../../lib/use-pages";
import { DocumentRow } from "./DocumentRow";
import { DocumentsSection } from "./DocumentsSection";

/** S3: what happened in each month, the newest first; and whether they come on paper, too. */
export function StatementsSection({ account }: { account: string }) {
  const { t } = useWords();
  const api = useApi();
  const [byPost, setByPost] = useState<boolean | null>(null);
  const statements = usePages(`documents ${account}`, async (cursor, signal) => {
    const page = await api.getDocuments(account, cursor, signal);
    setByPost(page.by_post);
    return { rows: page.documents, next: page.next_cursor };
  });
  return (
    <DocumentsSection
      kind="statements"
      pages={statements}
      dateOf={(document) => document.last_date}
      row={(document) => <DocumentRow key={document.id} document={document} account={account} />}
    >
      {byPost !== null && <p class="documents__how">{t(byPost ? "documents.byPost" : "documents.byMail")}</p>}
    </DocumentsSection>
  );
}
