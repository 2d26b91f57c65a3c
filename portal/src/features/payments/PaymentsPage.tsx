import type { Payment } from "../../api/schema";
import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { usePages } from "../../lib/use-pages";
import { byYear } from "../../lib/years";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ShowMore } from "../../ui/ShowMore";
import { Skeleton } from "../../ui/Skeleton";
import { Unopened } from "../documents/Unopened";
import { listed } from "./attempts";
import { PaymentRow } from "./PaymentRow";

/** What moved no money would bury what did. */
function Attempts({ attempts, account }: { attempts: Payment[]; account: AccountTools }) {
  const { plural } = useWords();
  return (
    <li class="ruled__attempts">
      <details>
        <summary>{plural("payments.attempts", attempts.length)}</summary>
        <ul role="list">
          {attempts.map((payment) => (
            <PaymentRow key={payment.id} payment={payment} account={account} />
          ))}
        </ul>
      </details>
    </li>
  );
}

/** T16: every payment, newest first, with its receipt. */
export function PaymentsPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const api = useApi();
  const id = account.grant.account_id;
  const payments = usePages(`payments ${id}`, async (cursor, signal) => {
    const page = await api.getPayments(id, cursor, signal);
    return { rows: page.payments, next: page.next_cursor };
  });
  const { state } = useSession();
  const { first, rows, error, loading, reload } = payments;

  return (
    <div class="page">
      <PageTitle tab={t("payments.tab")}>{t("payments.title")}</PageTitle>
      <p class="lead">{t("payments.lead")}</p>
      {state.status === "in" && state.session.guest_payments && (
        <p>
          <Link href={account.path("guest-payments")}>{t("payments.asGuest")}</Link>
        </p>
      )}
      <Unopened />
      {loading && <Skeleton shapes={["row", "row", "row", "row"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {first?.length === 0 && (
        <div class="empty">
          <p>{t("payments.none")}</p>
          <Link href={account.path("billing")}>{t("pay.backToBilling")}</Link>
        </div>
      )}
      {rows.length > 0 && (
        <div class="years">
          {byYear(rows, (payment) => payment.date).map(([year, payments]) => (
            <section key={year} aria-labelledby={`year-${year}`}>
              <h2 id={`year-${year}`}>{year}</h2>
              <ul role="list" class="ruled">
                {listed(payments).map((row) =>
                  "payment" in row ? (
                    <PaymentRow key={row.payment.id} payment={row.payment} account={account} />
                  ) : (
                    <Attempts key={row.attempts[0]!.id} attempts={row.attempts} account={account} />
                  ),
                )}
              </ul>
            </section>
          ))}
        </div>
      )}
      <ShowMore pages={payments} />
    </div>
  );
}
