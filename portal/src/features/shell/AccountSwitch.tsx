import { useRef } from "preact/hooks";

import { usePractice, type AccountTools } from "../../app/practice";
import { navigate, pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { useAnnounce } from "../../ui/Announcer";
import { KEEPS_FOCUS } from "../../ui/keep-focus";

/**
 * For a guarantor: whose account is looked at. Each arrow key chooses another one, so that who chooses by keyboard stays
 * at the choice, and hears whose account it is; after a touch the page is gone on with.
 */
export function AccountSwitch({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const practice = usePractice();
  const announce = useAnnounce();
  const select = useRef<HTMLSelectElement>(null);
  const choose = (event: Event): void => {
    const chosen = (event.currentTarget as HTMLSelectElement).value;
    navigate(pathTo(practice.id, "billing", { account: chosen }));
    announce(t("account.now", { name: account.grants.find((grant) => grant.account_id === chosen)!.name }));
  };
  const byKey = (yes: boolean) => (): void => void select.current?.toggleAttribute(KEEPS_FOCUS, yes);
  return (
    <div class="account-switch">
      <label for="account">{t("account.label")}</label>
      <select id="account" ref={select} value={account.grant.account_id} onKeyDown={byKey(true)} onPointerDown={byKey(false)} onChange={choose}>
        {account.grants.map((grant) => (
          <option key={grant.account_id} value={grant.account_id} dir="auto">
            {grant.relation === "self" ? t("account.self", { name: grant.name }) : grant.name}
          </option>
        ))}
      </select>
    </div>
  );
}
