import { createContext, type ComponentChildren } from "preact";
import { useContext } from "preact/hooks";

import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { Link } from "../../ui/Link";

type PageOf = (charge: string) => { id: string; href: string } | null;

const SuperbillOf = createContext<PageOf>(() => null);

/** T2: lets each service below say which superbill it is on. The page does without where none comes. */
export function WithSuperbills({ account, children }: { account: AccountTools; children: ComponentChildren }) {
  const api = useApi();
  const { account_id: id, superbills } = account.grant;
  const { data } = useLoad(`superbills of ${id}`, (signal) =>
    superbills ? api.getSuperbills(id, undefined, signal) : Promise.resolve(null),
  );
  const pageOf: PageOf = (charge) => {
    const found = data?.services[charge];
    return found ? { id: found, href: account.path("superbill", { id: found }) } : null;
  };
  return <SuperbillOf.Provider value={pageOf}>{children}</SuperbillOf.Provider>;
}

/** T2: the way to the superbill that the service is on, paid or not; nothing where it is on none. */
export function SuperbillLink({ charge }: { charge: string }) {
  const { t } = useWords();
  const found = useContext(SuperbillOf)(charge);
  if (!found) return null;
  return (
    <span class="rows__invoice rows__superbill">
      <Link href={found.href}>{t("superbill.title", { number: found.id.replace("superbill-", "") })}</Link>
    </span>
  );
}
