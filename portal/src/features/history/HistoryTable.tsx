import type { HistoryRow } from "../../api/schema";
import { useWords } from "../../i18n";

export function HistoryTable({ rows, currency }: { rows: HistoryRow[]; currency: string }) {
  const { t, money, date } = useWords();
  return (
    <table class="rows rows--history" role="table" aria-labelledby="history-title">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">{t("history.date")}</th>
          <th role="columnheader" scope="col">{t("history.what")}</th>
          <th role="columnheader" scope="col">{t("history.status")}</th>
          <th role="columnheader" scope="col" class="rows__amount">{t("history.amount")}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row" key={row.id} class="rows__row">
            <td role="cell" class="rows__date">
              <time dateTime={row.date}>{date(row.date)}</time>
            </td>
            <th role="rowheader" scope="row" class="rows__what">
              <span class="rows__service">{row.description || t(`kind.${row.kind}`)}</span>
              {row.description && <span class="rows__meta">{t(`kind.${row.kind}`)}</span>}
            </th>
            <td role="cell" class="rows__status">
              <span class={`tag tag--${row.status}`} key={row.status}>
                {t(`status.${row.status}`)}
              </span>
            </td>
            <td role="cell" class={row.amount_minor < 0 ? "rows__amount rows__amount--minus" : "rows__amount"}>
              {row.insurer_minor
                ? t("history.insurer", { amount: money(row.insurer_minor, currency) })
                : money(row.amount_minor, currency)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
