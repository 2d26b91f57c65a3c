import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { SAID } from "./DocumentsSection";

/** S3: Insurance Reimbursement Statements, for whoever the practice lets see them. */
export function SuperbillsSection({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const { title, lead, none } = SAID.superbills;
  return (
    <section class="documents superbills" aria-labelledby="superbills-title">
      <h2 id="superbills-title">{t(title)}</h2>
      <p class="services__lead">{t(lead)}</p>
      <p class="empty">{t(account.grant.superbills ? none : "documents.superbillsHidden")}</p>
    </section>
  );
}
