import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError } from "../api/client";
import { IdleClock } from "./idle-clock";
import { hear } from "./tabs";

const USE = ["keydown", "pointerdown", "input"] as const;
/** The tab is looked at again, perhaps after hours in which no timer has run. */
const WAKING = { window: ["focus", "pageshow"], document: ["visibilitychange", "resume"] } as const;

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

/** `ask`: any request that keeps the session alive. */
export function useIdle(idleSeconds: number | null, ask: () => Promise<unknown>, end: () => void): Idle {
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
  const look = (): void => clock.look();
  const stopHearing = hear((news, at) => void (news === "seen" && clock.heard(at)));
  for (const type of USE) document.addEventListener(type, used);
  for (const type of WAKING.window) window.addEventListener(type, look);
  for (const type of WAKING.document) document.addEventListener(type, look);
  window.addEventListener("blur", intoFrame);
  return () => {
    stopHearing();
    for (const type of USE) document.removeEventListener(type, used);
    for (const type of WAKING.window) window.removeEventListener(type, look);
    for (const type of WAKING.document) document.removeEventListener(type, look);
    window.removeEventListener("blur", intoFrame);
  };
}
