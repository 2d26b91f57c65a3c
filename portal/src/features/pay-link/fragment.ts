/**
 * What stands behind the # of a link on a bill: its token, the number on an invoice, the code of a mailed link. It
 * does not stay in the address bar; the tab keeps it for a reload, and a browser that keeps nothing leaves it there.
 */
import { readStored, store } from "../../lib/storage";

export interface Fragment {
  /** As it was printed; "" where there is none. */
  token: string;
  number: string;
  code: string;
}

const keyOf = (practice: string): string => `billfold.pay-link.${practice}`;

export function fragmentIn(text: string): Fragment {
  const [token = "", ...rest] = text.replace(/^#/, "").split(".");
  const number = rest.find((part) => /^\d+$/.test(part)) ?? "";
  return { token, number, code: rest.find((part) => part !== number) ?? "" };
}

export function linkFragment(practice: string): Fragment {
  return fragmentIn(location.hash || (readStored("sessionStorage", keyOf(practice)) ?? ""));
}

/** Whether there was one; the code, which works once, is not kept. */
export function hideLinkFragment(practice: string): boolean {
  const { token, number } = fragmentIn(location.hash);
  if (!token) return false;
  const text = number ? `${token}.${number}` : token;
  store("sessionStorage", keyOf(practice), text);
  const kept = readStored("sessionStorage", keyOf(practice)) === text;
  if (kept) history.replaceState(history.state, "", location.pathname + location.search);
  return true;
}
