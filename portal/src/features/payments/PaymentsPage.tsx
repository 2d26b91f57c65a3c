import { useEffect, useState } from "preact/hooks";

import { getPayments } from "../../api/calls";
import { ApiError } from "../../api/client";
import type { Payments } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { Button } from "../../ui/Button";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { PaymentRow } from "./PaymentRow";

/** T16: every payment, newest first, with its receipt. */
export function PaymentsPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const id = account.grant.account_id;
  const { data, error, loading, reload } = useLoad(`payments ${id}`, (signal) => getPayments(id, undefined, signal));
  const [more, setMore] = useState<Payments | null>(null);
  const [moreError, setMoreError] = useState<ApiError | null>(null);
  useEffect(() => setMore(null), [data]);
  const cursor = more ? more.next_cursor : (data?.next_cursor ?? null);
  const payments = [...(data?.payments ?? []), ...(more?.payments ?? [])];

  const showMore = async (): Promise<void> => {
    if (!cursor) return;
    try {
      const next = await getPayments(id, cursor);
      setMore((last) => ({ payments: [...(last?.payments ?? []), ...next.payments], next_cursor: next.next_cursor }));
      setMoreError(null);
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setMoreError(caught);
    }
  };

  return (
    <div class="page">
      <PageTitle tab={t("payments.tab")}>{t("payments.title")}</PageTitle>
      <p class="lead">{t("payments.lead")}</p>
      {loading && <Skeleton shapes={["row", "row", "row", "row"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {data && payments.length === 0 && (
        <div class="empty">
          <p>{t("payments.none")}</p>
          <Link href={account.path("billing")}>{t("pay.backToBilling")}</Link>
        </div>
      )}
      {payments.length > 0 && (
        <ul class="payment-list">
          {payments.map((payment) => (
            <PaymentRow key={payment.id} payment={payment} account={account} />
          ))}
        </ul>
      )}
      {moreError && <ProblemNotice error={moreError} />}
      {cursor && (
        <Button kind="secondary" onClick={() => void showMore()}>
          {t("history.more")}
        </Button>
      )}
    </div>
  );
}
