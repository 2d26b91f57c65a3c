import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError } from "../api/client";
import { IdleClock, isOfClock } from "./idle-clock";

const USE = ["keydown", "pointerdown", "input"] as const;

export interface Idle {
  /** Whole minutes until the session ends, once its end is near; null before. */
  minutesLeft: number | null;
  /** Somebody is there after all. */
  stay: () => void;
  /** The API could not be told so. */
  failed: ApiError | null;
  /** To be told of each answer of the API. */
  answered: () => void;
  /** To be told of use that shows no key press to the page, as that of another site's card fields. */
  used: () => void;
}

/** `ask`: any request that keeps the session alive. `end` is told whether the session may be ended for all tabs. */
export function useIdle(idleSeconds: number | null, ask: () => Promise<unknown>, end: (everywhere: boolean) => void): Idle {
  const [minutesLeft, setMinutesLeft] = useState<number | null>(null);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const clock = useRef<IdleClock | null>(null);
  useEffect(() => {
    if (idleSeconds === null) return;
    const mine = new IdleClock(idleSeconds, { left: setMinutesLeft, end, ask: () => void ask().catch(() => undefined) });
    clock.current = mine;
    mine.answered();
    const stopListening = listenFor(mine);
    return () => {
      stopListening();
      mine.stop();
      clock.current = null;
      setMinutesLeft(null);
    };
  }, [idleSeconds]);
  return {
    minutesLeft,
    failed,
    stay: () => void ask().catch((error: unknown) => void (error instanceof ApiError && setFailed(error))),
    answered: () => {
      setFailed(null);
      clock.current?.answered();
    },
    used: () => clock.current?.used(),
  };
}

/** Tells the clock of all use that the page sees, and of answers to other tabs, until told to stop. */
function listenFor(clock: IdleClock): () => void {
  const used = (): void => clock.used();
  // The card fields are another site's frame: all that is seen of it is that it has the focus.
  const intoFrame = (): void => void (document.activeElement instanceof HTMLIFrameElement && clock.used());
  const elsewhere = (event: StorageEvent): void => void (isOfClock(event) && clock.look());
  for (const type of USE) document.addEventListener(type, used);
  window.addEventListener("blur", intoFrame);
  window.addEventListener("storage", elsewhere);
  return () => {
    for (const type of USE) document.removeEventListener(type, used);
    window.removeEventListener("blur", intoFrame);
    window.removeEventListener("storage", elsewhere);
  };
}
