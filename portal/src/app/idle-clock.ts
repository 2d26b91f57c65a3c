/**
 * When a session goes idle. Every answer of the API keeps it alive, in any tab; so does use of the page, by asking.
 * Knows no page: it is told of answers and of use, and tells what comes of them.
 */
import { readStored, store } from "../lib/storage";

const WARN_SECONDS = 120;
/** The API notes that a session was used once a minute, so its count of idle time may be that much ahead of ours. */
const LAG_SECONDS = 60;
/** Use of a page that has nothing to ask the API keeps the session alive by one request a minute, at most. */
const ASK_SECONDS = 60;
const SEEN = "billfold.seen";

export interface IdleListener {
  /** Whole minutes until the session ends, once its end is near; null before. */
  left: (minutes: number | null) => void;
  /** It has ended. `everywhere`: this browser knows of other tabs' use, and there was none. */
  end: (everywhere: boolean) => void;
  /** Somebody is there: any answer of the API will do. */
  ask: () => void;
}

export class IdleClock {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private seen = 0;
  private asked = 0;
  private warned = false;

  constructor(
    private readonly idleSeconds: number,
    private readonly listener: IdleListener,
  ) {}

  /** The API has answered this tab. */
  answered(): void {
    this.seen = Date.now();
    store("localStorage", SEEN, String(this.seen));
    this.look();
  }

  /** Somebody uses this page. What is pressed under the warning is an answer to it, and the warning's own. */
  used(): void {
    if (this.warned || Date.now() - Math.max(this.seen, this.asked) < ASK_SECONDS * 1000) return;
    this.asked = Date.now();
    this.listener.ask();
  }

  /** How much time is left; looks again when that changes what is to be said. */
  look(): void {
    clearTimeout(this.timer);
    const shared = seenInAnyTab();
    const left = (Math.max(this.seen, shared ?? 0) - Date.now()) / 1000 + this.idleSeconds - LAG_SECONDS;
    if (left <= 0) return this.listener.end(shared !== null);
    this.warned = left <= WARN_SECONDS;
    this.listener.left(this.warned ? Math.ceil(left / 60) : null);
    const step = this.warned ? left % 60 || 60 : left - WARN_SECONDS;
    this.timer = setTimeout(() => this.look(), Math.ceil(step * 1000) + 1);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** When the API last answered any tab of this browser; null where the browser keeps nothing. */
function seenInAnyTab(): number | null {
  const stored = readStored("localStorage", SEEN);
  return stored === null ? null : Number(stored) || 0;
}

/** Whether somebody was signed in with this browser, at any time. */
export const wasSeen = (): boolean => seenInAnyTab() !== null;

/** Whether another tab has noted an answer. */
export const isOfClock = (event: StorageEvent): boolean => event.key === SEEN;
