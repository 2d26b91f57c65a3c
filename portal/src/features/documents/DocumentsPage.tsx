import { useEffect, useState } from "preact/hooks";

import { getDocuments } from "../../api/calls";
import { ApiError } from "../../api/client";
import type { Documents } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { Button } from "../../ui/Button";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { DocumentRow } from "./DocumentRow";

/** S3: billing documents by kind, newest first. An e-mail about a new one leads here. */
export function DocumentsPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const id = account.grant.account_id;
  const { data, error, loading, reload } = useLoad(`documents ${id}`, (signal) => getDocuments(id, undefined, signal));
  const [more, setMore] = useState<Documents | null>(null);
  const [moreError, setMoreError] = useState<ApiError | null>(null);
  useEffect(() => setMore(null), [data]);
  const cursor = more ? more.next_cursor : (data?.next_cursor ?? null);
  const statements = [...(data?.documents ?? []), ...(more?.documents ?? [])];

  const showMore = async (): Promise<void> => {
    if (!cursor) return;
    try {
      const next = await getDocuments(id, cursor);
      setMore((last) => ({ documents: [...(last?.documents ?? []), ...next.documents], next_cursor: next.next_cursor }));
      setMoreError(null);
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setMoreError(caught);
    }
  };

  return (
    <div class="page">
      <PageTitle tab={t("documents.tab")}>{t("documents.title")}</PageTitle>
      <p class="lead">{t("documents.lead")}</p>
      <section aria-labelledby="statements-title">
        <div class="section-head">
          <h2 id="statements-title">{t("documents.statements")}</h2>
        </div>
        {loading && <Skeleton shapes={["row", "row", "row"]} />}
        {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
        {data && statements.length === 0 && <p class="empty">{t("documents.none")}</p>}
        {statements.length > 0 && (
          <ul class="payment-list">
            {statements.map((document) => (
              <DocumentRow key={document.id} document={document} account={id} />
            ))}
          </ul>
        )}
        {moreError && <ProblemNotice error={moreError} />}
        {cursor && (
          <Button kind="secondary" onClick={() => void showMore()}>
            {t("history.more")}
          </Button>
        )}
      </section>
    </div>
  );
}
