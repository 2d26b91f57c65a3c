import type { OpenedInvoice } from "../../api/schema";
import { useWords } from "../../i18n";
import { Name } from "../../ui/Name";
import { Explanation } from "../billing/Explanation";

/** The services as they stood when the invoice was issued, and what they came to. */
export function InvoiceLines({ opened }: { opened: OpenedInvoice }) {
  const { t, money, date } = useWords();
  const { invoice, lines, client } = opened;
  const show = (minor: number): string => money(minor, invoice.currency);
  return (
    <section class="invoice-lines" aria-labelledby="invoice-lines">
      <h2 id="invoice-lines">{t("invoice.lines")}</h2>
      <p class="services__lead">
        {t("invoice.linesLead")} {t("invoice.client")} <Name>{client}</Name>
      </p>
      <div class="slip">
        <dl class="ledger">
          {lines.map((line) => (
            <div class="ledger__line" key={line.charge_id}>
              <dt>
                <Name>{line.service || t("invoice.brought")}</Name>
                <small>
                  {date(line.date)}
                  {line.clinician && (
                    <>
                      {" · "}
                      <Name>{line.clinician}</Name>
                    </>
                  )}
                </small>
                <small>
                  <Explanation explanation={line} currency={invoice.currency} />
                </small>
                {line.written_off_minor > 0 && <small>{t("invoice.writtenOff", { amount: show(line.written_off_minor) })}</small>}
              </dt>
              <dd>{show(line.owed_minor)}</dd>
            </div>
          ))}
          <div class="ledger__line ledger__line--total">
            <dt>{t("invoice.total")}</dt>
            <dd>{show(invoice.amount_minor)}</dd>
          </div>
        </dl>
      </div>
      {opened.notices.map((text) => (
        <p key={text} class="law" lang={opened.language}>
          {text}
        </p>
      ))}
    </section>
  );
}
