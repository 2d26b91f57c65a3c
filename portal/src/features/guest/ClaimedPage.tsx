import { useEffect } from "preact/hooks";

import { claimedReceiptUrl } from "../../api/calls";
import type { ClaimedPayment } from "../../api/schema";
import { useApi } from "../../app/api";
import { useAccount } from "../../app/practice";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import "../../i18n/pages";
import "../../i18n/public";
import { useLoad } from "../../lib/use-load";
import { useAnnounce } from "../../ui/Announcer";
import { Button } from "../../ui/Button";
import { Day } from "../../ui/Day";
import { Icon } from "../../ui/Icon";
import { NewTab } from "../../ui/NewTab";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { IdleWarning } from "../shell/IdleWarning";

/** G14: what somebody has paid without an account, and claimed. No balance, and nothing of any client's. */
export function ClaimedPage() {
  const { t } = useWords();
  const api = useApi();
  const { leave } = useSession();
  const account = useAccount();
  const announce = useAnnounce();
  // What was said of the payment before is not said of this page.
  useEffect(() => announce(""), []);
  const { data, error, reload } = useLoad("claimed", api.getClaimed);
  return (
    <div class="page">
      <PageTitle tab={t("payments.tab")}>{t("claimed.title")}</PageTitle>
      <p class="lead">{t("claimed.lead")}</p>
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {!data && !error && <Skeleton shapes={["row", "row"]} />}
      {data && (
        <ul class="ruled" role="list">
          {data.payments.map((one) => (
            <Row key={one.id} one={one} />
          ))}
        </ul>
      )}
      {/* A client's menu has it. */}
      {!account && (
        <p>
          <Button kind="quiet" onClick={() => void leave()}>
            {t("nav.signOut")}
          </Button>
        </p>
      )}
      <IdleWarning />
    </div>
  );
}

function Row({ one: { id, payment, receipt_available } }: { one: ClaimedPayment }) {
  const { t, money, date } = useWords();
  const { currency, refunded_minor: refunded } = payment;
  const which = <span class="visually-hidden"> {t("receipt.of", { date: date(payment.date), reference: payment.reference })}</span>;
  return (
    <li class="ruled__row payment">
      <h2 class="ruled__what">
        <span class="ruled__how">{payment.method || t("kind.payment")}</span>
        <span class="ruled__day">
          <span class="ruled__dot"> · </span>
          <Day date={payment.date} />
        </span>
      </h2>
      <p class="ruled__sum">{money(payment.amount_minor, currency)}</p>
      <div class="ruled__about">
        <span class={`tag tag--${payment.state}`}>{t(`state.${payment.state}`)}</span>
        {refunded > 0 && <p>{t("since.refundedText", { amount: money(refunded, currency) })}</p>}
        <p>{t("payments.ref", { reference: payment.reference })}</p>
      </div>
      <div class="ruled__links">
        {receipt_available && (
          <span class="receipt-links">
            <a href={claimedReceiptUrl(id, "inline")} target="_blank" rel="noreferrer">
              <Icon name="receipt" /> {t("receipt.open")}
              {which}
              <NewTab />
            </a>
            <a href={claimedReceiptUrl(id, "attachment")}>
              <Icon name="download" /> {t("receipt.download")}
              {which}
            </a>
          </span>
        )}
      </div>
    </li>
  );
}
