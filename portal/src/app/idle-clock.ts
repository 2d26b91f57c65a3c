/**
 * When a session goes idle. Every answer of the API keeps it alive, in any tab; so does use of the page, by asking.
 * Knows no page: it is told of answers and of use, and tells what comes of them.
 */
import { forgetTold, lastTold, tell } from "./tabs";

const WARN_SECONDS = 120;
/** The API notes that a session was used once a minute, so its count of idle time may be that much ahead of ours. */
const LAG_SECONDS = 60;
/** Use of a page that has nothing to ask the API keeps the session alive by one request a minute, at most. */
const ASK_SECONDS = 60;

export interface IdleListener {
  /** Whole minutes until the session ends, once its end is near; null before. */
  left: (minutes: number | null) => void;
  /** It has ended: no tab of this browser was used. */
  end: () => void;
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
    tell("seen");
    this.look();
  }

  /** The API has answered another tab. */
  heard(at: number): void {
    this.seen = Math.max(this.seen, at);
    this.look();
  }

  /** Somebody uses this page. What is pressed under the warning is an answer to it, and the warning's own. */
  used(): void {
    const since = Date.now() - Math.max(this.seen, this.asked);
    if (this.warned || (since >= 0 && since < ASK_SECONDS * 1000)) return;
    this.asked = Date.now();
    this.listener.ask();
  }

  /** How much time is left; looks again when that changes what is to be said, or when told to: timers sleep with the computer. */
  look(): void {
    clearTimeout(this.timer);
    const now = Date.now();
    this.seen = Math.max(this.seen, Number(lastTold("seen")) || 0);
    // The computer's clock was set back: idle time is counted from now, in all tabs.
    if (this.seen > now) {
      this.seen = now;
      tell("seen");
    }
    const left = (this.seen - now) / 1000 + this.idleSeconds - LAG_SECONDS;
    if (left <= 0) return this.listener.end();
    this.warned = left <= WARN_SECONDS;
    this.listener.left(this.warned ? Math.ceil(left / 60) : null);
    const step = this.warned ? left % 60 || 60 : left - WARN_SECONDS;
    this.timer = setTimeout(() => this.look(), Math.ceil(step * 1000) + 1);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** Whether somebody is, or was, signed in with this browser and has not signed out. */
export const wasSeen = (): boolean => lastTold("seen") !== null;

/** Says no more that somebody uses a practice's portal here. */
export const forgetSeen = (): void => forgetTold("seen");
