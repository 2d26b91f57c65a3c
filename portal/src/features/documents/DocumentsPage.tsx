import type { AccountTools } from "../../app/practice";
import { usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { EstimatesSection } from "./EstimatesSection";
import { InvoicesSection } from "./InvoicesSection";
import { RecordsSection } from "./RecordsSection";
import { ServicesSection } from "./ServicesSection";
import { StatementsSection } from "./StatementsSection";
import { SummarySection } from "./SummarySection";
import { SuperbillsSection } from "./SuperbillsSection";
import { Unopened } from "./Unopened";

/** S3, T2: billing documents by kind, the newest first, or by service. An e-mail about a new one leads here. */
export function DocumentsPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const byService = new URLSearchParams(usePlace().search).get("by") === "service";
  return (
    <div class="page">
      <PageTitle tab={t("documents.tab")}>{t("documents.title")}</PageTitle>
      <p class="lead">{t("documents.lead")}</p>
      <p class="documents__how">{t(account.grant.paper ? "documents.byPost" : "documents.byMail")}</p>
      <Unopened />
      <nav class="views" aria-label={t("documents.views")}>
        <ul class="tabs" role="list">
          <li>
            <Link href={account.path("documents")} current={!byService}>{t("documents.byDate")}</Link>
          </li>
          <li>
            <Link href={account.path("documents", { by: "service" })} current={byService}>{t("documents.services")}</Link>
          </li>
        </ul>
      </nav>
      {byService ? <ServicesSection account={account} /> : <ByDate account={account} />}
    </div>
  );
}

function ByDate({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const id = account.grant.account_id;
  return (
    <>
      <InvoicesSection account={account} />
      <StatementsSection account={account} />
      <SuperbillsSection account={account} />
      <section class="documents" aria-labelledby="receipts-title">
        <h2 id="receipts-title">{t("documents.receipts")}</h2>
        <p class="services__lead">{t("documents.receiptsLead")}</p>
        <p class="receipt-links">
          <Link href={account.path("payments")}>{t("payments.title")}</Link>
        </p>
      </section>
      <EstimatesSection account={id} />
      <SummarySection account={id} />
      <RecordsSection key={id} account={account} />
    </>
  );
}
