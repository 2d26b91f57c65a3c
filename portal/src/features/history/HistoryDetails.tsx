import { receiptUrl } from "../../api/calls";
import type { HistoryPayment, HistoryRow } from "../../api/schema";
import { useWords, type Key } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Day } from "../../ui/Day";
import { Icon } from "../../ui/Icon";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { NewTab } from "../../ui/NewTab";
import { AskLink } from "../questions/AskLink";
import { SuperbillLink } from "../superbill/SuperbillLink";
import { heldKey, type Entry } from "./grouping";

interface Props {
  entry: Entry;
  account: string;
  currency: string;
  invoicePage: (id: string) => string;
}

/** What a row is about: how it was paid and its receipt, which payment it undid, what an insurer did. */
export function HistoryDetails({ entry: { row, insurer }, account, currency, invoicePage }: Props) {
  const { t, money } = useWords();
  return (
    <>
      {row.kind === "invoice" && <p>{t(row.status === "void" ? "history.askedOnce" : "history.asked", { amount: money(row.invoice_minor, currency) })}</p>}
      {row.kind === "service" &&
        row.documents.map((document) => (
          <p key={document.id}>
            <Link href={invoicePage(document.id)}>{t("invoice.title", { number: String(document.number) })}</Link>
          </p>
        ))}
      {row.kind === "service" && row.charge_id && <SuperbillLink charge={row.charge_id} />}
      {row.kind !== "service" && row.charge_id && <p><Say sentence="history.for" parts={{ service: <Service of={row} /> }} /></p>}
      {row.payment && <Paid row={row} payment={row.payment} account={account} />}
      <Moved row={row} currency={currency} />
      <Held row={row} currency={currency} />
      <Ask row={row} account={account} />
      {insurer.length > 0 && (
        <ul role="list" class="plain-list">
          {insurer.map((part) => (
            <InsurerPart key={part.id} part={part} currency={currency} />
          ))}
        </ul>
      )}
    </>
  );
}

/** "Individual session, Nov 5, 2026" */
function Service({ of: row }: { of: { service: string; service_locale: HistoryRow["service_locale"]; service_date?: string | null; date: string } }) {
  return (
    <>
      <Name lang={row.service_locale}>{row.service}</Name>, <Day date={row.service_date ?? row.date} />
    </>
  );
}

function Paid({ row, payment, account }: { row: HistoryRow; payment: HistoryPayment; account: string }) {
  const { t, date } = useWords();
  if (row.kind !== "payment") {
    const sentence: Key = payment.method ? "history.ofPayment" : "history.ofPaymentOn";
    return <p><Say sentence={sentence} parts={{ method: payment.method, date: <Day date={payment.date} /> }} /></p>;
  }
  return (
    <p class="rows__paid">
      {payment.method}
      {payment.receipt_available && (
        <a href={receiptUrl(account, payment.id, "inline")} target="_blank" rel="noreferrer">
          <Icon name="receipt" /> {t("receipt.tab")}
          <span class="visually-hidden"> {t("receipt.of", { date: date(payment.date), reference: payment.reference })}</span>
          <NewTab />
        </a>
      )}
    </p>
  );
}

/** More than these are there for who asks: a row of 25 services is a page of its own. */
const MOST_PARTS = 3;

/** What money that came paid, and what money that went back left owed again. */
function Moved({ row, currency }: { row: HistoryRow; currency: string }) {
  const { t } = useWords();
  const count = row.lines.length + (row.credit_minor ? 1 : 0);
  if (count === 0) return null;
  if (count <= MOST_PARTS) return <Parts row={row} currency={currency} whole={count === 1} />;
  return (
    <details>
      <summary>{t(row.amount_minor < 0 ? "payments.parts" : "history.partsOwedAgain", { count })}</summary>
      <Parts row={row} currency={currency} whole={false} />
    </details>
  );
}

function Parts({ row, currency, whole }: { row: HistoryRow; currency: string; whole: boolean }) {
  const { money } = useWords();
  const sum = (minor: number): string => (whole ? "" : `: ${money(Math.abs(minor), currency)}`);
  return (
    <ul role="list" class="plain-list">
      {row.lines.map((line) => (
        <li key={line.charge_id}>
          <Say sentence={line.amount_minor < 0 ? "history.paid" : "history.owedAgain"} parts={{ service: <Service of={line} /> }} />
          {sum(line.amount_minor)}
        </li>
      ))}
      {row.credit_minor !== 0 && (
        <li>
          <Say sentence={row.credit_minor < 0 ? "history.toCredit" : "history.fromCredit"} parts={{}} />
          {sum(row.credit_minor)}
        </li>
      )}
    </ul>
  );
}

/** S14: a bank's question leaves the balance alone: what it holds by it, or gave back, is said in words. */
function Held({ row, currency }: { row: HistoryRow; currency: string }) {
  const { t, money } = useWords();
  const key = heldKey(row);
  return key && <p>{t(key, { amount: money(Math.abs(row.disputed_minor), currency) })}</p>;
}

function InsurerPart({ part, currency }: { part: HistoryRow; currency: string }) {
  const { t, money } = useWords();
  return (
    <li>
      {t(`kind.${part.kind}`)}, <Day date={part.date} />: {money(part.insurer_minor, currency)}
      {part.amount_minor !== 0 && <> ({t("history.yourPart", { amount: money(part.amount_minor, currency) })})</>}
    </li>
  );
}

/** S19: of a service, paid ones too, and of a payment; of an invoice once there is a question. */
function Ask({ row, account }: { row: HistoryRow; account: string }) {
  const { t, date } = useWords();
  const of = (what: string): string => `${what}, ${date(row.date)}`;
  if (row.kind === "service" && row.charge_id) {
    return <AskLink account={account} kind="service" id={row.charge_id} mark={row.question} of={of(row.service)} />;
  }
  if (row.kind === "invoice" && row.question) {
    const [document] = row.documents;
    return document ? <AskLink account={account} kind="invoice" id={document.id} mark={row.question} of={t("invoice.title", { number: String(document.number) })} /> : null;
  }
  if (row.kind !== "payment" || !row.payment) return null;
  return <AskLink account={account} kind="payment" id={row.payment.id} mark={row.question} of={of(t("kind.payment"))} />;
}
