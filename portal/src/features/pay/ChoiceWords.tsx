import type { Billing } from "../../api/schema";
import { useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Day } from "../../ui/Day";
import { Listed } from "../../ui/Listed";
import { Name } from "../../ui/Name";
import type { Choice } from "./choice";

/** Which service it is, or which: the slip below lists them, too, but further down. */
export function ChoiceWords({ choice, billing }: { choice: Choice; billing: Billing }) {
  const { t, plural } = useWords();
  if (choice.kind === "balance") return <>{t("pay.whatBalance")}</>;
  if (choice.kind === "amount") return <>{t("pay.whatAmount")}</>;
  if (choice.kind === "invoice") return <>{t("pay.whatInvoice", { number: choice.documentId.replace("invoice-", "") })}</>;
  const ids = choice.kind === "service" ? [choice.chargeId] : choice.chargeIds;
  const named = billing.items
    .filter((item) => ids.includes(item.charge_id))
    .map(({ service, service_locale, date, clinician }) => ({
      service: <Name lang={service_locale}>{service}</Name>,
      date: <Day date={date} />,
      clinician: <Name>{clinician}</Name>,
    }));
  const [one] = named;
  if (one && ids.length === 1) return <Say sentence="pay.whatService" parts={one} />;
  const services = named.map(({ service, date }) => (
    <>
      {service} ({date})
    </>
  ));
  return <Say sentence="pay.whatThese" parts={{ count: plural("pay.whatServices", ids.length), services: <Listed>{services}</Listed> }} />;
}
