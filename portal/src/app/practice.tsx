/** The practice whose page this is, and the account that is looked at. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Grant, PracticeProfile } from "../api/schema";
import { pathTo, usePlace, type Page } from "./router";
import { useSession } from "./session";

export const PracticeContext = createContext<PracticeProfile | null>(null);

export function usePractice(): PracticeProfile {
  const practice = useContext(PracticeContext);
  if (!practice) throw new Error("usePractice outside PracticeContext");
  return practice;
}

export interface AccountTools {
  grant: Grant;
  grants: Grant[];
  /** The address names an account that is not the reader's: there is no page of it. */
  foreign: boolean;
  /** A page's address for this account; the account is named only when there are several. */
  path: (page: Page, query?: Record<string, string | undefined>) => string;
}

/** The account that the address names, or the first one. Null while nobody is signed in. */
export function useAccount(): AccountTools | null {
  const practice = usePractice();
  const { state } = useSession();
  const asked = new URLSearchParams(usePlace().search).get("account");
  if (state.status !== "in") return null;
  return accountIn(state.session.grants, asked, practice.id);
}

/** The header is the reader's own, whatever the address names. */
export function accountIn(grants: Grant[], asked: string | null, practice: string): AccountTools | null {
  const named = grants.find((grant) => grant.account_id === asked);
  const grant = named ?? grants[0];
  if (!grant) return null;
  const account = grants.length > 1 ? grant.account_id : undefined;
  const path: AccountTools["path"] = (page, query = {}) => pathTo(practice, page, { account, ...query });
  return { grant, grants, foreign: Boolean(asked) && !named, path };
}
