import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Name } from "../../ui/Name";

/** For a guarantor, who pays for several: whose account it is that is paid. */
export function ForWhom({ account: { grant, grants } }: { account: AccountTools }) {
  const { t } = useWords();
  if (grants.length < 2) return null;
  const name = grant.relation === "self" ? t("account.self", { name: grant.name }) : grant.name;
  return (
    <p class="pay-for">
      <Say sentence="pay.forWhom" parts={{ name: <Name>{name}</Name> }} />
    </p>
  );
}
