/** When a session goes idle. Every answer of the API keeps it alive, in any tab; so does use of the page, by asking. */
import { useEffect, useState } from "preact/hooks";

import { getSession } from "../api/calls";
import { api, ApiError } from "../api/client";
import { readStored, store } from "../lib/storage";

const WARN_SECONDS = 120;
/** The API notes that a session was used once a minute, so its count of idle time may be that much ahead of ours. */
const LAG_SECONDS = 60;
/** Use of a page that has nothing to ask the API keeps the session alive by one request a minute, at most. */
const ASK_SECONDS = 60;
const SEEN = "billfold.seen";
const USE = ["keydown", "pointerdown", "input"] as const;

export interface Idle {
  /** Whole minutes until the session ends, once its end is near; null before. */
  minutesLeft: number | null;
  /** Somebody is there after all. */
  stay: () => void;
  /** The API could not be told so. */
  failed: ApiError | null;
}

/** `end` is told whether this browser knows of no use in another tab, so that the session may be ended for all. */
export function useIdle(idleSeconds: number | null, end: (everywhere: boolean) => void): Idle {
  const [minutesLeft, setMinutesLeft] = useState<number | null>(null);
  const [failed, setFailed] = useState<ApiError | null>(null);
  useEffect(() => {
    if (idleSeconds === null) return;
    let timer = 0;
    let seen = 0;
    let warned = false;
    let asked = 0;
    const look = (): void => {
      window.clearTimeout(timer);
      const shared = seenInAnyTab();
      const left = (Math.max(seen, shared ?? 0) - Date.now()) / 1000 + idleSeconds - LAG_SECONDS;
      if (left <= 0) return end(shared !== null);
      warned = left <= WARN_SECONDS;
      setMinutesLeft(warned ? Math.ceil(left / 60) : null);
      const step = warned ? left % 60 || 60 : left - WARN_SECONDS;
      timer = window.setTimeout(look, Math.ceil(step * 1000) + 1);
    };
    const answered = (): void => {
      seen = Date.now();
      store("localStorage", SEEN, String(seen));
      setFailed(null);
      look();
    };
    // What is pressed under the warning is an answer to it, and the warning's own.
    const used = (): void => {
      if (warned || Date.now() - Math.max(seen, asked) < ASK_SECONDS * 1000) return;
      asked = Date.now();
      ask();
    };
    const elsewhere = (event: StorageEvent): void => void (event.key === SEEN && look());
    // The card fields are another site's frame: all that is seen of it is that it has the focus.
    const intoFrame = (): void => void (document.activeElement instanceof HTMLIFrameElement && used());
    api.onAnswer = answered;
    api.onUse = used;
    answered();
    for (const type of USE) document.addEventListener(type, used);
    window.addEventListener("blur", intoFrame);
    window.addEventListener("storage", elsewhere);
    return () => {
      window.clearTimeout(timer);
      api.onAnswer = api.onUse = () => {};
      for (const type of USE) document.removeEventListener(type, used);
      window.removeEventListener("blur", intoFrame);
      window.removeEventListener("storage", elsewhere);
      setMinutesLeft(null);
    };
  }, [idleSeconds]);
  return { minutesLeft, failed, stay: () => ask(setFailed) };
}

/** Any answer keeps the session alive, and says when nobody is signed in any more. */
function ask(failed: (error: ApiError) => void = () => {}): void {
  getSession().then(
    (session) => void (session ?? api.onSessionLost()),
    (error: unknown) => void (error instanceof ApiError && failed(error)),
  );
}

/** When the API last answered any tab of this browser; null where the browser keeps nothing. */
function seenInAnyTab(): number | null {
  const stored = readStored("localStorage", SEEN);
  return stored === null ? null : Number(stored) || 0;
}

/** Whether somebody was signed in with this browser, at any time. */
export const wasSeen = (): boolean => seenInAnyTab() !== null;
