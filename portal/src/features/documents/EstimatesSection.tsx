import { estimateUrl } from "../../api/calls";
import type { Estimate } from "../../api/schema";
import { useApi } from "../../app/api";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { Icon } from "../../ui/Icon";
import { NewTab } from "../../ui/NewTab";
import { ProblemNotice } from "../../ui/ProblemNotice";

/** What care was expected to cost, for clients who pay for themselves; nothing where there is none. */
export function EstimatesSection({ account }: { account: string }) {
  const { t } = useWords();
  const api = useApi();
  const { data, error, reload } = useLoad(`estimates ${account}`, (signal) => api.getEstimates(account, signal));
  if (!error && !data?.estimates.length) return null;
  return (
    <section class="documents estimates" aria-labelledby="estimates-title">
      <h2 id="estimates-title">{t("estimates.title")}</h2>
      <p class="services__lead">{t("estimates.lead")}</p>
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      <ul role="list" class="ruled">
        {data?.estimates.map((estimate) => <EstimateRow key={estimate.id} estimate={estimate} account={account} />)}
      </ul>
    </section>
  );
}

function EstimateRow({ estimate, account }: { estimate: Estimate; account: string }) {
  const { t, money, date } = useWords();
  const which = <span class="visually-hidden"> {t("estimates.of", { date: date(estimate.issued_on) })}</span>;
  return (
    <li class="ruled__row">
      <h3 class="ruled__what">{t("documents.period", { from: date(estimate.first_date), to: date(estimate.last_date) })}</h3>
      <p class="ruled__sum">{money(estimate.total_minor, estimate.currency)}</p>
      <p class="ruled__about">{t("estimates.issued", { date: date(estimate.issued_on) })}</p>
      <div class="ruled__links">
        <span class="receipt-links">
          <a href={estimateUrl(account, estimate.id, "inline")} target="_blank" rel="noreferrer">
            <Icon name="receipt" /> {t("receipt.open")}
            {which}
            <NewTab />
          </a>
          <a href={estimateUrl(account, estimate.id, "attachment")}>
            <Icon name="download" /> {t("receipt.download")}
            {which}
          </a>
        </span>
      </div>
    </li>
  );
}
