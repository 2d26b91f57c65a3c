/**
 * The token of an e-mailed receipt link. It works for over a year: it does not stay in the address bar, where others read
 * it and histories keep it. The tab keeps it for a reload; a browser that keeps nothing leaves it where it was.
 */
import { readStored, store } from "../../lib/storage";

const keyOf = (practice: string): string => `billfold.receipt.${practice}`;

/** "" where there is none. */
export function receiptToken(practice: string): string {
  return location.hash.slice(1) || (readStored("sessionStorage", keyOf(practice)) ?? "");
}

export function hideReceiptToken(practice: string): void {
  const token = location.hash.slice(1);
  if (!token) return;
  store("sessionStorage", keyOf(practice), token);
  const kept = readStored("sessionStorage", keyOf(practice)) === token;
  if (kept) history.replaceState(history.state, "", location.pathname + location.search);
}
