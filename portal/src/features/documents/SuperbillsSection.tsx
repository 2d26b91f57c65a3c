import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { usePages } from "../../lib/use-pages";
import { DocumentsSection, SAID } from "./DocumentsSection";
import { SuperbillRow } from "./SuperbillRow";

/** S3: Insurance Reimbursement Statements, for whoever the practice lets see them. */
export function SuperbillsSection({ account }: { account: AccountTools }) {
  return account.grant.superbills ? <Listed account={account} /> : <Hidden />;
}

function Listed({ account }: { account: AccountTools }) {
  const api = useApi();
  const id = account.grant.account_id;
  const superbills = usePages(`superbills ${id}`, async (cursor, signal) => {
    const page = await api.getSuperbills(id, cursor, signal);
    return { rows: page.superbills, next: page.next_cursor };
  });
  return (
    <DocumentsSection
      kind="superbills"
      pages={superbills}
      dateOf={(superbill) => superbill.issued_on}
      row={(superbill) => <SuperbillRow key={superbill.id} superbill={superbill} account={account} />}
    />
  );
}

function Hidden() {
  const { t } = useWords();
  const { title, lead } = SAID.superbills;
  return (
    <section class="documents superbills" aria-labelledby="superbills-title">
      <h2 id="superbills-title">{t(title)}</h2>
      <p class="services__lead">{t(lead)}</p>
      <p class="empty">{t("documents.superbillsHidden")}</p>
    </section>
  );
}
