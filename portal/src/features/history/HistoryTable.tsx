import type { HistoryRow } from "../../api/schema";
import { useWords } from "../../i18n";
import { Day } from "../../ui/Day";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { heldKey, isInsurers, statusKey, type Entry } from "./grouping";
import { HistoryDetails } from "./HistoryDetails";

interface Props {
  entries: Entry[];
  account: string;
  currency: string;
  invoicePage: (id: string) => string;
}

/** S4: one entry a row; its header is what it was, and when. */
export function HistoryTable({ entries, ...rest }: Props) {
  const { t } = useWords();
  return (
    <table class="rows rows--history" role="table" aria-labelledby="history-title">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">{t("history.what")}</th>
          <th role="columnheader" scope="col">{t("history.details")}</th>
          <th role="columnheader" scope="col">{t("history.status")}</th>
          <th role="columnheader" scope="col" class="rows__amount">{t("history.amount")}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {entries.map((entry) => (
          <HistoryLine key={entry.row.id} entry={entry} {...rest} />
        ))}
      </tbody>
    </table>
  );
}

function HistoryLine({ entry, account, currency, invoicePage }: Omit<Props, "entries"> & { entry: Entry }) {
  const { t, money } = useWords();
  const { row } = entry;
  const status = statusKey(row);
  return (
    <tr role="row" class="rows__row">
      <th role="rowheader" scope="row" class="rows__what">
        <span class="rows__service">
          <What row={row} invoicePage={invoicePage} />
        </span>{" "}
        <span class="rows__meta">
          <Day date={row.date} />
        </span>
      </th>
      <td role="cell" class="rows__about">
        <HistoryDetails entry={entry} account={account} currency={currency} invoicePage={invoicePage} />
      </td>
      <td role="cell" class="rows__status">
        {status && <span class={`tag tag--${row.status}`}>{t(status)}</span>}
      </td>
      <td role="cell" class={row.amount_minor < 0 ? "rows__amount rows__amount--minus" : "rows__amount"}>
        {isInsurers(row) || heldKey(row) || row.kind === "invoice" ? null : money(row.amount_minor, currency)}
      </td>
    </tr>
  );
}

/** An invoice leads to its page, where it is paid. */
function What({ row, invoicePage }: { row: HistoryRow; invoicePage: (id: string) => string }) {
  const { t } = useWords();
  if (row.kind === "service") return <Name lang={row.service_locale}>{row.service}</Name>;
  if (row.kind === "invoice") return <Link href={invoicePage(row.id)}>{t("invoice.title", { number: String(row.documents[0]?.number) })}</Link>;
  return <>{t(isInsurers(row) ? "history.insurance" : `kind.${row.kind}`)}</>;
}
