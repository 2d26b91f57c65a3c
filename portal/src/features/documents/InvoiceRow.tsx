import type { RecentInvoice } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { AskLink } from "../questions/AskLink";
import { DocumentLinks } from "./DocumentLinks";

/** S1, S14: one invoice, how it stands, and the way to its page, where it is paid. */
export function InvoiceRow({ invoice, account }: { invoice: RecentInvoice; account: AccountTools }) {
  const { t, money, date } = useWords();
  const number = String(invoice.number);
  return (
    <li class="ruled__row">
      <h4 class="ruled__what">
        <Link href={account.path("invoice", { id: invoice.id })}>{t("invoice.title", { number })}</Link>
      </h4>
      <p class="ruled__sum">{money(invoice.status === "void" ? 0 : invoice.amount_minor, invoice.currency)}</p>
      <p class="ruled__about">
        <span class={`tag tag--${invoice.status}`}>{t(`invoice.status.${invoice.status}`)}</span>{" "}
        {t("invoice.issued", { date: date(invoice.issued_on) })}
        {invoice.owed_now_minor > 0 && ` · ${t("invoice.dueOn", { date: date(invoice.due_on) })}`}
        {invoice.status === "partly_paid" && ` · ${t("invoice.stillOwed", { amount: money(invoice.owed_now_minor, invoice.currency) })}`}
      </p>
      <div class="ruled__links">
        {invoice.question && invoice.status !== "void" && (
          <AskLink account={account.grant.account_id} kind="invoice" id={invoice.id} mark={invoice.question} of={t("invoice.title", { number })} />
        )}
        {/* What asked for money that nobody asks for any more is on the invoice's page. */}
        {invoice.status === "void" ? (
          <DocumentLinks account={account.grant.account_id} id={`${invoice.id}-void`} which={t("invoice.ofVoid", { number })} />
        ) : (
          <DocumentLinks account={account.grant.account_id} id={invoice.id} which={t("invoice.of", { number })} />
        )}
      </div>
    </li>
  );
}
