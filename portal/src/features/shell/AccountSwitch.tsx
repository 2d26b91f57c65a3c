import { usePractice, type AccountTools } from "../../app/practice";
import { navigate, pathTo } from "../../app/router";
import { useWords } from "../../i18n";

/** For a guarantor: whose account is looked at. */
export function AccountSwitch({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const practice = usePractice();
  const choose = (event: Event): void => {
    const chosen = (event.currentTarget as HTMLSelectElement).value;
    navigate(pathTo(practice.id, "billing", { account: chosen }));
  };
  return (
    <div class="account-switch">
      <label for="account">{t("account.label")}</label>
      <select id="account" value={account.grant.account_id} onChange={choose}>
        {account.grants.map((grant) => (
          <option key={grant.account_id} value={grant.account_id} dir="auto">
            {grant.relation === "self" ? t("account.self", { name: grant.name }) : grant.name}
          </option>
        ))}
      </select>
    </div>
  );
}
