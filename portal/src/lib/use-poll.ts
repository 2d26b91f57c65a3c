import { useEffect, useRef } from "preact/hooks";

const DELAYS_SECONDS = [1, 2, 2, 3, 3, 5, 5, 8, 8, 13];
const SLOWEST_SECONDS = 20;
/** An unattended page stops asking, so that its session can go idle. */
const GIVE_UP_AFTER_SECONDS = 600;

/** Calls `ask` again and again, ever slower, while `active`; at once when the page is looked at again. */
export function usePoll(active: boolean, ask: () => Promise<unknown> | void): void {
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (!active) return;
    let timer = 0;
    let turn = 0;
    let waited = 0;
    let over = false;
    const next = (): void => {
      if (over) return;
      const seconds = DELAYS_SECONDS[turn++] ?? SLOWEST_SECONDS;
      waited += seconds;
      if (waited < GIVE_UP_AFTER_SECONDS) timer = window.setTimeout(run, seconds * 1000);
    };
    const run = (): void => void Promise.resolve(latest.current()).catch(() => {}).then(next);
    const lookedAt = (): void => {
      if (document.visibilityState !== "visible") return;
      window.clearTimeout(timer);
      turn = waited = 0;
      run();
    };
    next();
    document.addEventListener("visibilitychange", lookedAt);
    return () => {
      over = true;
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", lookedAt);
    };
  }, [active]);
}
