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
  /** A page's address for this account; the account is named only when there are several. */
  path: (page: Page, query?: Record<string, string | undefined>) => string;
}

/** The account named in the address, or the first one. Null when the address names one that is not the reader's. */
export function useAccount(): AccountTools | null {
  const practice = usePractice();
  const { state } = useSession();
  const asked = new URLSearchParams(usePlace().search).get("account");
  if (state.status !== "in") return null;
  const { grants } = state.session;
  const grant = asked ? grants.find((g) => g.account_id === asked) : grants[0];
  if (!grant) return null;
  const account = grants.length > 1 ? grant.account_id : undefined;
  return { grant, grants, path: (page, query = {}) => pathTo(practice.id, page, { account, ...query }) };
}
