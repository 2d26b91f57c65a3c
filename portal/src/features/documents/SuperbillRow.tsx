import type { RecentSuperbill, Superbill } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { DocumentLinks } from "./DocumentLinks";

/** S1, S3: one superbill. What was paid is said in words: a sum alone would look like one to pay. */
export function SuperbillRow({ superbill, account }: { superbill: Superbill | RecentSuperbill; account: AccountTools }) {
  const { t, money, date } = useWords();
  const number = String(superbill.number);
  // Of those that Billing shows all stand, and it says less of them.
  const whole = "status" in superbill ? superbill : null;
  const stands = !whole || whole.status === "issued";
  return (
    <li class="ruled__row">
      <h4 class="ruled__what">
        <Link href={account.path("superbill", { id: superbill.id })}>{t("superbill.title", { number })}</Link>
      </h4>
      <p class="ruled__about">
        {whole && !stands && (
          <>
            <span class="tag tag--void">{t(`superbill.status.${whole.status}`)}</span>{" "}
          </>
        )}
        {t("superbill.days", { from: date(superbill.first_date), to: date(superbill.last_date) })}
        {whole?.clinician && (
          <>
            {" · "}
            <Name>{whole.clinician}</Name>
          </>
        )}
        {whole && stands && ` · ${t("superbill.paid", { paid: money(whole.paid_minor, whole.currency), fee: money(whole.fee_minor, whole.currency) })}`}
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
