/**
 * What is typed in the open dialog. It stays in the tab's storage, where a reload and the same person's new sign-in
 * find it and signing out, paying and another person's sign-in forget it; a history entry could not be taken back from
 * a browser that others use.
 */
import { readStored, store } from "../../lib/storage";
import type { Draft } from "./choice";
import type { How } from "./intent";

export interface Typed {
  /** The amount as it stands in the field, finished or not; or what is to be changed. */
  text?: string;
  amountMinor?: number;
  notes: string;
  how: How;
}

const STORED = "billfold.typed";

export function keepTyped(draft: Draft, typed: Typed): void {
  store("sessionStorage", STORED, JSON.stringify({ draft, typed }));
}

/** What was typed for this very choice. */
export function keptTyped(draft: Draft): Typed | null {
  const text = readStored("sessionStorage", STORED);
  if (!text) return null;
  try {
    const kept = JSON.parse(text) as { draft?: Draft; typed?: Typed };
    return JSON.stringify(kept.draft) === JSON.stringify(draft) && kept.typed?.how ? kept.typed : null;
  } catch {
    return null;
  }
}

export function forgetTyped(): void {
  store("sessionStorage", STORED, null);
}
