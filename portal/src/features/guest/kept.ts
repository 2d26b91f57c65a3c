/**
 * What a guest has typed and begun. It stays in the tab's storage, where a reload and the Back button find it, until it
 * is paid; nowhere else, for a browser that others use.
 */
import type { GuestRequest, GuestPaymentRequest } from "../../api/schema";
import { readStored, store } from "../../lib/storage";
import type { Typed } from "./typed";

/** What was sent, and the key that makes it one payment however often it is sent. */
export interface Attempt {
  key: string;
  fields: GuestRequest;
  body: GuestPaymentRequest;
}

export interface Kept {
  typed: Typed;
  /** What the typed amount means, once that is clear. */
  amountMinor: number | null;
  attempt: Attempt | null;
}

const storedAs = (practice: string): string => `billfold.guest.${practice}`;

/** What the guest named, and only here: what the key opens says nothing of it, for processors keep the key. */
export interface Whose {
  /** An id. */
  clinician: string;
  client: string;
}

const NOBODY: Whose = { clinician: "", client: "" };

/** As it was sent under that key from this tab. */
export function whoseOf(practice: string, key: string): Whose {
  const attempt = keptOf(practice)?.attempt;
  return attempt?.key === key ? { clinician: attempt.fields.clinician ?? "", client: attempt.fields.client ?? "" } : NOBODY;
}

export function keep(practice: string, kept: Kept): void {
  store("sessionStorage", storedAs(practice), JSON.stringify(kept));
}

export function forgetKept(practice: string): void {
  store("sessionStorage", storedAs(practice), null);
}

export function keptOf(practice: string): Kept | null {
  try {
    const kept = JSON.parse(readStored("sessionStorage", storedAs(practice)) ?? "null") as Partial<Kept> | null;
    return kept?.typed ? { typed: kept.typed, amountMinor: kept.amountMinor ?? null, attempt: kept.attempt ?? null } : null;
  } catch {
    return null;
  }
}
