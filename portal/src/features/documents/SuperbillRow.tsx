import type { Superbill } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { DocumentLinks } from "./DocumentLinks";

/** S1, S3: one superbill. What was paid is said in words: a sum alone would look like one to pay. */
export function SuperbillRow({ superbill, account }: { superbill: Superbill; account: AccountTools }) {
  const { t, money, date } = useWords();
  const number = String(superbill.number);
  const stands = superbill.status === "issued";
  return (
    <li class="ruled__row">
      <h4 class="ruled__what">
        <Link href={account.path("superbill", { id: superbill.id })}>{t("superbill.title", { number })}</Link>
      </h4>
      <p class="ruled__about">
        {!stands && (
          <>
            <span class="tag tag--void">{t(`superbill.status.${superbill.status}`)}</span>{" "}
          </>
        )}
        {t("superbill.days", { from: date(superbill.first_date), to: date(superbill.last_date) })}
        {superbill.clinician && (
          <>
            {" · "}
            <Name>{superbill.clinician}</Name>
          </>
        )}
        {stands && ` · ${t("superbill.paid", { paid: money(superbill.paid_minor, superbill.currency), fee: money(superbill.fee_minor, superbill.currency) })}`}
      </p>
      <div class="ruled__links">
        {/* What an insurer must not be sent any more is on the superbill's page. */}
        <DocumentLinks
          account={account.grant.account_id}
          id={stands ? superbill.id : `${superbill.id}-void`}
          which={t(stands ? "superbill.of" : "superbill.ofVoid", { number })}
        />
      </div>
    </li>
  );
}
