import type { Item } from "../../api/schema";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Explanation } from "./Explanation";

interface Props {
  item: Item;
  currency: string;
  payable: boolean;
  checked: boolean;
  toggle: () => void;
  pay: () => void;
}

export function ServiceRow({ item, currency, payable, checked, toggle, pay }: Props) {
  const { t, money, date } = useWords();
  const name = { service: item.service, date: date(item.date) };
  return (
    <tr role="row" class={checked ? "rows__row rows__row--checked" : "rows__row"}>
      <td role="cell" class="rows__check">
        {payable && (
          <label class="check">
            <input type="checkbox" checked={checked} onChange={toggle} aria-label={t("services.check", name)} />
          </label>
        )}
      </td>
      <th role="rowheader" scope="row" class="rows__what">
        <span class="rows__service">{item.service}</span>
        <span class="rows__meta">
          <time dateTime={item.date}>{date(item.date)}</time> · {item.clinician}
        </span>
        <Explanation explanation={item.explanation} currency={currency} />
        {item.in_flight_minor > 0 && (
          <span class="tag tag--wait">{t("services.inFlight", { amount: money(item.in_flight_minor, currency) })}</span>
        )}
        {item.reason && item.reason !== "in_flight" && item.reason !== "rounding" && <span class="tag">{t(`reason.${item.reason}`)}</span>}
      </th>
      <td role="cell" class="rows__amount">
        {money(item.explanation.owed_minor, currency)}
      </td>
      <td role="cell" class="rows__do">
        {payable && (
          <Button kind="secondary" onClick={pay} label={t("services.payFor", name)}>
            {t("services.pay")}
          </Button>
        )}
      </td>
    </tr>
  );
}
