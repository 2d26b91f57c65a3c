import { useWords } from "../../i18n";
import { Day } from "../../ui/Day";
import { Name } from "../../ui/Name";
import { heldKey, isInsurers, type Entry } from "./grouping";
import { HistoryDetails } from "./HistoryDetails";

interface Props {
  entries: Entry[];
  account: string;
  currency: string;
}

/** S4: one entry a row; its header is what it was, and when. */
export function HistoryTable({ entries, account, currency }: Props) {
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
          <HistoryLine key={entry.row.id} entry={entry} account={account} currency={currency} />
        ))}
      </tbody>
    </table>
  );
}

function HistoryLine({ entry, account, currency }: { entry: Entry; account: string; currency: string }) {
  const { t, money } = useWords();
  const { row } = entry;
  return (
    <tr role="row" class="rows__row">
      <th role="rowheader" scope="row" class="rows__what">
        <span class="rows__service">
          {row.kind === "service" ? <Name lang={row.service_locale}>{row.service}</Name> : t(isInsurers(row) ? "history.insurance" : `kind.${row.kind}`)}
        </span>{" "}
        <span class="rows__meta">
          <Day date={row.date} />
        </span>
      </th>
      <td role="cell" class="rows__about">
        <HistoryDetails entry={entry} account={account} currency={currency} />
      </td>
      <td role="cell" class="rows__status">
        {row.status && <span class={`tag tag--${row.status}`}>{t(`status.${row.status}`)}</span>}
      </td>
      <td role="cell" class={row.amount_minor < 0 ? "rows__amount rows__amount--minus" : "rows__amount"}>
        {isInsurers(row) || heldKey(row) ? null : money(row.amount_minor, currency)}
      </td>
    </tr>
  );
}
