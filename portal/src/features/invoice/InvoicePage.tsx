import type { Billing, OpenedInvoice } from "../../api/schema";
import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { usePoll } from "../../lib/use-poll";
import { useReloadOnReturn } from "../../lib/use-return";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { DocumentLinks } from "../documents/DocumentLinks";
import { AskLink } from "../questions/AskLink";
import { closeDialog, openDialog, useDraft } from "../pay/entry";
import { PayDialog } from "../pay/PayDialog";
import { InvoiceCard } from "./InvoiceCard";
import { InvoiceLines } from "./InvoiceLines";

interface Loaded {
  opened: OpenedInvoice;
  billing: Billing;
}

/** S9: an opened invoice. What can be paid of it, and the button that does, stand at its top. */
export function InvoicePage({ account }: { account: AccountTools }) {
  const { t, date } = useWords();
  const api = useApi();
  const id = account.grant.account_id;
  const asked = new URLSearchParams(usePlace().search).get("id") ?? "";
  const { data, error, loading, reload } = useLoad<Loaded>(`invoice ${id} ${asked}`, async (signal) => {
    const [opened, billing] = await Promise.all([api.getInvoice(id, asked, signal), api.getBilling(id, signal)]);
    return { opened, billing };
  });
  const draft = useDraft(id);
  usePoll(Boolean(data && (data.billing.attempt ?? data.billing.processing.length > 0)), reload);
  useReloadOnReturn(reload);

  const invoice = data?.opened.invoice;
  const title = invoice ? t("invoice.title", { number: String(invoice.number) }) : t("invoice.tab");
  return (
    <div class="page">
      <p>
        <Link href={account.path("documents")}>{t("invoice.toDocuments")}</Link>
      </p>
      <PageTitle tab={title}>{title}</PageTitle>
      {loading && <Skeleton shapes={["card", "title", "row", "row"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {data && invoice && (
        <>
          <p class="lead">
            {t("invoice.issued", { date: date(invoice.issued_on) })}
            {invoice.owed_now_minor > 0 && ` · ${t("invoice.dueOn", { date: date(invoice.due_on) })}`}
          </p>
          <InvoiceCard
            opened={data.opened}
            billing={data.billing}
            pay={() => openDialog({ account: id, choice: { kind: "invoice", documentId: invoice.id } })}
          />
          <p>
            <DocumentLinks account={id} id={invoice.id} which={t("invoice.of", { number: String(invoice.number) })} />
          </p>
          {data.opened.voided_on && (
            <p>
              {t("invoice.voidedOn", { date: date(data.opened.voided_on) })}{" "}
              <DocumentLinks account={id} id={`${invoice.id}-void`} which={t("invoice.ofVoid", { number: String(invoice.number) })} />
            </p>
          )}
          {invoice.status !== "void" && (
            <p>
              <AskLink
                account={id}
                kind="invoice"
                id={invoice.id}
                mark={invoice.question}
                of={title}
                label={invoice.owed_now_minor > 0 ? "ask.paid" : "ask.link"}
              />
            </p>
          )}
          <InvoiceLines opened={data.opened} />
          {draft && <PayDialog billing={data.billing} draft={draft} account={account} onClose={closeDialog} />}
        </>
      )}
    </div>
  );
}
