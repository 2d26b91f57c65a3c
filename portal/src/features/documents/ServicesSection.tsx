import { itemisedReceiptUrl } from "../../api/calls";
import type { ServiceDocuments, ServiceReceipt, Services } from "../../api/schema";
import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { usePages } from "../../lib/use-pages";
import { Icon } from "../../ui/Icon";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { NewTab } from "../../ui/NewTab";
import { DocumentsSection } from "./DocumentsSection";

/** T2: every service with its documents, paid ones too, the newest first. */
export function ServicesSection({ account }: { account: AccountTools }) {
  const api = useApi();
  const id = account.grant.account_id;
  const pages = usePages(`services ${id}`, async (cursor, signal) => {
    const page = await api.getServices(id, cursor, signal);
    return { rows: [page], next: page.next_cursor };
  });
  // A service's receipts are on its own page or, paid later, on one before.
  const receipts = pages.rows.flatMap((page) => page.receipts);
  return (
    <DocumentsSection
      kind="services"
      pages={{ ...pages, first: pages.first && services(pages.first), rows: services(pages.rows) }}
      dateOf={(service) => service.date}
      row={(service) => (
        <ServiceRow
          key={service.charge_id}
          service={service}
          receipts={receipts.filter((receipt) => receipt.charge_ids.includes(service.charge_id))}
          account={account}
        />
      )}
    />
  );
}

const services = (pages: Services[]): ServiceDocuments[] => pages.flatMap((page) => page.services);

interface RowProps {
  service: ServiceDocuments;
  receipts: ServiceReceipt[];
  account: AccountTools;
}

function ServiceRow({ service, receipts, account }: RowProps) {
  const { t, date } = useWords();
  const { invoice, superbill, clinician } = service;
  const number = (id: string): string => id.slice(id.lastIndexOf("-") + 1);
  return (
    <li class="ruled__row">
      <h4 class="ruled__what">
        <Name lang={service.service_locale}>{service.service}</Name>
      </h4>
      <p class="ruled__about">
        {date(service.date)}
        {clinician && (
          <>
            {" · "}
            <Name>{clinician}</Name>
          </>
        )}
      </p>
      <div class="ruled__links">
        {!invoice && !superbill && receipts.length === 0 && <p class="ruled__about">{t("documents.ofServiceNone")}</p>}
        <p class="receipt-links">
          {invoice && <Link href={account.path("invoice", { id: invoice })}>{t("invoice.title", { number: number(invoice) })}</Link>}
          {superbill && <Link href={account.path("superbill", { id: superbill })}>{t("superbill.title", { number: number(superbill) })}</Link>}
          {receipts.map((receipt) => (
            <a
              key={receipt.payment_id}
              href={itemisedReceiptUrl(account.grant.account_id, receipt.payment_id)}
              target="_blank"
              rel="noreferrer"
            >
              <Icon name="receipt" /> {t("documents.receiptOf", { date: date(receipt.date) })}
              <NewTab />
            </a>
          ))}
        </p>
      </div>
    </li>
  );
}
