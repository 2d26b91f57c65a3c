import type { OpenedSuperbill } from "../../api/schema";
import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { DocumentLinks } from "../documents/DocumentLinks";

/** S6: an opened superbill, to print or download. It is for an insurer: nothing can be paid on its page. */
export function SuperbillPage({ account }: { account: AccountTools }) {
  const { t, date } = useWords();
  const api = useApi();
  const id = account.grant.account_id;
  const asked = new URLSearchParams(usePlace().search).get("id") ?? "";
  const { data, error, loading, reload } = useLoad(`superbill ${id} ${asked}`, (signal) => api.getSuperbill(id, asked, signal));
  const superbill = data?.superbill;
  const title = superbill ? t("superbill.title", { number: String(superbill.number) }) : t("superbill.tab");
  return (
    <div class="page">
      <p>
        <Link href={account.path("documents")}>{t("invoice.toDocuments")}</Link>
      </p>
      <PageTitle tab={title}>{title}</PageTitle>
      {loading && <Skeleton shapes={["title", "row", "row"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {data && superbill && (
        <>
          <p class="lead">{t("superbill.lead")}</p>
          <p>
            {t("superbill.issued", { date: date(superbill.issued_on) })}
            {" · "}
            {t("superbill.days", { from: date(superbill.first_date), to: date(superbill.last_date) })}
            {superbill.clinician && (
              <>
                {" · "}
                <Name>{superbill.clinician}</Name>
              </>
            )}
          </p>
          <Standing opened={data} account={account} />
          <p>
            <DocumentLinks account={id} id={superbill.id} which={t("superbill.of", { number: String(superbill.number) })} />
          </p>
          <Lines opened={data} />
        </>
      )}
    </div>
  );
}

/** What it replaces, and whether it still stands. */
function Standing({ opened: { superbill, voided_on }, account }: { opened: OpenedSuperbill; account: AccountTools }) {
  const { t, date } = useWords();
  const number = String(superbill.number);
  const to = (id: string) => (
    <Link href={account.path("superbill", { id })}>{t("superbill.title", { number: id.replace("superbill-", "") })}</Link>
  );
  return (
    <>
      {superbill.replaces && <p>{t("superbill.replaces")} {to(superbill.replaces)}</p>}
      {voided_on && (
        <p>
          {t("superbill.voidedOn", { date: date(voided_on) })} {superbill.replaced_by && <>{t("superbill.replacedBy")} {to(superbill.replaced_by)}</>}{" "}
          <DocumentLinks account={account.grant.account_id} id={`${superbill.id}-void`} which={t("superbill.ofVoid", { number })} />
        </p>
      )}
    </>
  );
}

/** The services as they stood when it was issued. Diagnoses are on the PDF alone. */
function Lines({ opened: { superbill, lines, client } }: { opened: OpenedSuperbill }) {
  const { t, money, date } = useWords();
  const show = (minor: number): string => money(minor, superbill.currency);
  return (
    <section class="invoice-lines" aria-labelledby="superbill-lines">
      <h2 id="superbill-lines">{t("invoice.lines")}</h2>
      <p class="services__lead">
        {t("superbill.linesLead")} {t("invoice.client")} <Name>{client}</Name>
      </p>
      <div class="slip">
        <dl class="ledger">
          {lines.map((line) => (
            <div class="ledger__line" key={line.charge_id}>
              <dt>
                <Name lang={line.service_locale}>{line.service}</Name>
                <small>
                  {date(line.date)} · {t("superbill.code", { code: line.code, units: line.units })}
                </small>
                <small>{t("superbill.fee", { amount: show(line.fee_minor) })}</small>
              </dt>
              <dd>{t("superbill.linePaid", { amount: show(line.paid_minor) })}</dd>
            </div>
          ))}
          <div class="ledger__line ledger__line--total">
            <dt>{t("superbill.total")}</dt>
            <dd>{show(superbill.paid_minor)}</dd>
          </div>
        </dl>
      </div>
    </section>
  );
}
