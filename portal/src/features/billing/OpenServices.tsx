import { useEffect, useState } from "preact/hooks";

import type { Billing } from "../../api/schema";
import { useWords } from "../../i18n";
import type { Choice } from "../pay/choice";
import { SelectionBar } from "./SelectionBar";
import { ServiceRow } from "./ServiceRow";

interface Props {
  billing: Billing;
  choose: (choice: Choice) => void;
  /** The id of a service's invoice, by its charge; nothing of what is on none. */
  invoices: Record<string, string>;
  invoicePage: (id: string) => string;
}

/** T5, T6: the open services; Check All at the left, Make a Payment at each row's right. */
export function OpenServices({ billing, choose, invoices, invoicePage }: Props) {
  const { t, plural } = useWords();
  const { items, payments, currency } = billing;
  const payable = payments.enabled ? items.filter((item) => item.payable_minor >= payments.step_minor) : [];
  const [checked, setChecked] = useState<string[]>([]);
  const ids = payable.map((item) => item.charge_id).join(" ");
  // What has been paid meanwhile cannot stay chosen.
  useEffect(() => setChecked((last) => last.filter((id) => ids.split(" ").includes(id))), [ids]);

  const all = payable.length > 0 && checked.length === payable.length;
  const toggle = (id: string): void =>
    setChecked((last) => (last.includes(id) ? last.filter((other) => other !== id) : [...last, id]));
  const toggleAll = (): void => setChecked(all ? [] : payable.map((item) => item.charge_id));

  return (
    <section class="services" aria-labelledby="services-title">
      <h2 id="services-title">{t("services.title")}</h2>
      {items.length === 0 ? (
        <p class="empty">{t("services.none")}</p>
      ) : (
        <>
          <p class="services__lead">{plural("services.count", items.length)} {t("services.formula")}</p>
          <table class="rows" role="table" aria-labelledby="services-title">
            <thead role="rowgroup">
              <tr role="row">
                {payable.length > 0 && (
                  <th role="columnheader" scope="col" class="rows__check">
                    <label class="check">
                      <input type="checkbox" checked={all} onChange={toggleAll} ref={(box) => markMixed(box, checked.length > 0 && !all)} />
                      <span>{t("services.checkAll")}</span>
                    </label>
                  </th>
                )}
                <th role="columnheader" scope="col">{t("services.service")}</th>
                <th role="columnheader" scope="col">{t("services.why")}</th>
                <th role="columnheader" scope="col" class="rows__amount">{t("services.owed")}</th>
                <th role="columnheader" scope="col" class="rows__do"><span class="visually-hidden">{t("services.do")}</span></th>
              </tr>
            </thead>
            <tbody role="rowgroup">
              {items.map((item) => (
                <ServiceRow
                  key={item.charge_id}
                  account={billing.account_id}
                  item={item}
                  currency={currency}
                  choosable={payable.length > 0}
                  payable={payments.enabled && item.payable_minor >= payments.step_minor}
                  checked={checked.includes(item.charge_id)}
                  toggle={() => toggle(item.charge_id)}
                  invoice={invoiceOf(invoices[item.charge_id], invoicePage)}
                  pay={() => choose({ kind: "service", chargeId: item.charge_id })}
                />
              ))}
            </tbody>
          </table>
          <SelectionBar account={billing.account_id} chargeIds={checked} pay={() => choose({ kind: "services", chargeIds: checked })} />
        </>
      )}
    </section>
  );
}

function invoiceOf(id: string | undefined, page: (id: string) => string): { id: string; href: string } | null {
  return id ? { id, href: page(id) } : null;
}

function markMixed(box: HTMLInputElement | null, mixed: boolean): void {
  if (box) box.indeterminate = mixed;
}
