import { useState } from "preact/hooks";

import { paymentSummaryUrl } from "../../api/calls";
import { usePractice } from "../../app/practice";
import { useWords, type Key } from "../../i18n";
import { dayAt } from "../../lib/dates";
import { Field } from "../../ui/Field";
import { Icon } from "../../ui/Icon";
import { NewTab } from "../../ui/NewTab";

const ENDS = ["from", "to"] as const;
type End = (typeof ENDS)[number];

/** What was paid in a year, or between two days, as a PDF: for taxes and health accounts. */
export function SummarySection({ account }: { account: string }) {
  const { t } = useWords();
  const thisYear = Number(dayAt(usePractice().timezone).slice(0, 4));
  return (
    <section class="documents" aria-labelledby="summary-title">
      <h2 id="summary-title">{t("summary.title")}</h2>
      <p class="services__lead">{t("summary.lead")}</p>
      <p class="receipt-links">
        {[thisYear, thisYear - 1].map((year) => (
          <a key={year} href={paymentSummaryUrl(account, `${year}-01-01`, `${year}-12-31`)} target="_blank" rel="noreferrer">
            <Icon name="receipt" /> {t("summary.year", { year: String(year) })}
            <NewTab />
          </a>
        ))}
      </p>
      <details>
        <summary>{t("summary.other")}</summary>
        <OtherDays account={account} />
      </details>
    </section>
  );
}

function OtherDays({ account }: { account: string }) {
  const { t } = useWords();
  const today = dayAt(usePractice().timezone);
  const [days, setDays] = useState<Record<End, string>>({ from: "", to: "" });
  const [asked, setAsked] = useState(false);
  const fault = faultOf(days, today);
  const said = asked ? fault : null;
  const press = (event: Event): void => {
    setAsked(true);
    if (!fault) return;
    event.preventDefault();
    document.getElementById(`summary-${fault.end}`)?.focus();
  };
  return (
    <div class="summary__days">
      <div class="range__fields">
        {ENDS.map((end) => (
          <Field key={end} id={`summary-${end}`} label={t(`range.${end}`)} error={said?.end === end ? t(said.key) : undefined}>
            {(describedBy) => (
              <input
                id={`summary-${end}`}
                type="date"
                max={today}
                value={days[end]}
                aria-describedby={describedBy}
                aria-invalid={said?.end === end || undefined}
                onInput={(event) => setDays({ ...days, [end]: event.currentTarget.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <a class="button button--secondary" href={paymentSummaryUrl(account, days.from, days.to)} target="_blank" rel="noreferrer" onClick={press}>
        {t("summary.open")}
        <NewTab />
      </a>
    </div>
  );
}

function faultOf(days: Record<End, string>, today: string): { end: End; key: Key } | null {
  const missing = ENDS.find((end) => !days[end]);
  if (missing) return { end: missing, key: "summary.noDate" };
  const ahead = days.from > today ? "from" : days.to > today ? "to" : null;
  if (ahead) return { end: ahead, key: "summary.ahead" };
  return days.from > days.to ? { end: "from", key: "range.reversed" } : null;
}
