/**
 * The key of a guest's payment: made here, and from then on all that says whose payment it is. The processor brings it
 * back in the address; it does not stay there, where others read it and histories keep it. The tab keeps it for a
 * reload; a browser that keeps nothing leaves it where it was.
 */
import { here } from "../../app/router";
import { readStored, store } from "../../lib/storage";

const BYTES = 32;
/** Stands in the address in the place of the key. */
export const HIDDEN = "payment";

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const storedAs = (practice: string): string => `billfold.guest-key.${practice}`;

/** That of the address, or of this tab; "" where there is none. */
export function keyOf(practice: string, inAddress: string): string {
  return inAddress === HIDDEN ? (readStored("sessionStorage", storedAs(practice)) ?? "") : inAddress;
}

export function hideKey(practice: string, key: string): void {
  store("sessionStorage", storedAs(practice), key);
  if (readStored("sessionStorage", storedAs(practice)) !== key) return;
  history.replaceState(here().state, "", `/${practice}/guest/${HIDDEN}`);
}
