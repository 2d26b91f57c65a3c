import { useEffect, useRef } from "preact/hooks";

const DELAYS_SECONDS = [1, 2, 2, 3, 3, 5, 5, 8, 8, 13];
const SLOWEST_SECONDS = 20;
/** An unattended page stops asking, so that its session can go idle. */
const GIVE_UP_AFTER_SECONDS = 600;

/** Asks again and again, ever slower, one question at a time. */
export class Poll {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;
  private waited = 0;
  private asking = false;
  private over = false;

  constructor(private readonly ask: () => Promise<unknown> | void) {
    this.wait();
  }

  /** Somebody looks at the page: asks at once, and begins anew. */
  hurry(): void {
    clearTimeout(this.timer);
    this.turn = this.waited = 0;
    if (!this.asking) void this.run();
  }

  stop(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private wait(): void {
    const seconds = DELAYS_SECONDS[this.turn++] ?? SLOWEST_SECONDS;
    this.waited += seconds;
    if (this.waited < GIVE_UP_AFTER_SECONDS) this.timer = setTimeout(() => void this.run(), seconds * 1000);
  }

  private async run(): Promise<void> {
    this.asking = true;
    try {
      await this.ask();
    } catch {
      // What could not be asked is asked again.
    }
    this.asking = false;
    if (!this.over) this.wait();
  }
}

/** Polls `ask` while `active`; at once when the page is looked at again. */
export function usePoll(active: boolean, ask: () => Promise<unknown> | void): void {
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (!active) return;
    const poll = new Poll(() => latest.current());
    const lookedAt = (): void => void (document.visibilityState === "visible" && poll.hurry());
    document.addEventListener("visibilitychange", lookedAt);
    return () => {
      poll.stop();
      document.removeEventListener("visibilitychange", lookedAt);
    };
  }, [active]);
}
