/** Whose tab this is, kept beside what was typed in it, so that nobody else is shown it. Never the address itself. */
import type { Session } from "../api/schema";
import { readStored, store } from "../lib/storage";
import { lastTold } from "./tabs";

const WHOSE = "billfold.whose";

export interface Mark {
  who: string;
  /** The last signing out in this browser before this person signed in. */
  since: string | null;
}

export async function markOf({ practice, email }: Session): Promise<Mark> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify([practice, email])));
  const who = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { who, since: lastTold("signed-out") };
}

/** For a browser that keeps nothing: until the page is loaded anew. */
let ofNow: Mark | null = null;

export function keepMark(mark: Mark | null): void {
  ofNow = mark;
  store("sessionStorage", WHOSE, mark && JSON.stringify(mark));
}

export function keptMark(): Mark | null {
  try {
    return (JSON.parse(readStored("sessionStorage", WHOSE) ?? "null") as Mark | null) ?? ofNow;
  } catch {
    return ofNow;
  }
}

/** Whether somebody signed out elsewhere while this tab was not there to hear it. */
export function missedSignOut(): boolean {
  const mark = keptMark();
  return mark !== null && mark.since !== lastTold("signed-out");
}
