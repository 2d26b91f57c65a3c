import type { Item } from "../../api/schema";
import { useWords } from "../../i18n";
import { useWide } from "../../lib/use-wide";
import { Button } from "../../ui/Button";
import { Day } from "../../ui/Day";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { AskLink } from "../questions/AskLink";
import { SuperbillLink } from "../superbill/SuperbillLink";
import { Explanation } from "./Explanation";

interface Props {
  account: string;
  item: Item;
  currency: string;
  /** Some service of the table can be chosen: there is a column for it. */
  choosable: boolean;
  payable: boolean;
  checked: boolean;
  toggle: () => void;
  pay: () => void;
  /** T2: the invoice that it is on, and its page. */
  invoice: { id: string; href: string } | null;
}

/** One open service. Its header is what it was, and when; its sum stands beside it. */
export function ServiceRow({ account, item, currency, choosable, payable, checked, toggle, pay, invoice }: Props) {
  const { t, money, date } = useWords();
  const wide = useWide();
  const name = { service: item.service, date: date(item.date) };
  return (
    <tr role="row" class={checked ? "rows__row rows__row--checked" : "rows__row"}>
      {choosable && (
        <td role="cell" class="rows__check">
          {payable && (
            <label class="check">
              <input type="checkbox" checked={checked} onChange={toggle} />
              <span class="visually-hidden">{t("services.check", name)}</span>
            </label>
          )}
        </td>
      )}
      <th role="rowheader" scope="row" class="rows__what">
        <span class="rows__service">
          <Name lang={item.service_locale}>{item.service}</Name>
        </span>{" "}
        <span class="rows__meta">
          <Day date={item.date} />
        </span>
      </th>
      <td role="cell" class="rows__about">
        <Name>{item.clinician}</Name>
        <Explanation explanation={item.explanation} currency={currency} />
        {invoice && (
          <span class="rows__invoice">
            <Link href={invoice.href}>{t("invoice.title", { number: invoice.id.replace("invoice-", "") })}</Link>
          </span>
        )}
        <AskLink account={account} kind="service" id={item.charge_id} mark={item.question} of={`${item.service}, ${name.date}`} />
        <SuperbillLink charge={item.charge_id} />
        {item.in_flight_minor > 0 && (
          <span class="tag tag--wait">{t("services.inFlight", { amount: money(item.in_flight_minor, currency) })}</span>
        )}
        {item.reason && item.reason !== "in_flight" && item.reason !== "rounding" && <span class="tag">{t(`reason.${item.reason}`)}</span>}
      </td>
      <td role="cell" class="rows__amount">
        {money(item.explanation.owed_minor, currency)}
      </td>
      <td role="cell" class="rows__do">
        {payable && (
          <Button kind={wide ? "secondary" : "link"} onClick={pay} label={t(wide ? "services.payFor" : "services.payForShort", name)}>
            {t(wide ? "services.pay" : "services.payShort")}
          </Button>
        )}
      </td>
    </tr>
  );
}
