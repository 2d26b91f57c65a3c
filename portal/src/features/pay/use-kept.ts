import { useEffect, useRef } from "preact/hooks";

import { here, setState } from "../../app/router";
import type { Draft } from "./choice";

/** Safari refuses more than a hundred changes of a history entry in half a minute; whoever types on is kept with a pause. */
const BUSY_AFTER = 50;
const WHILE_MS = 30_000;
const PAUSE_MS = 1000;

/** Keeps what is typed in the open dialog's history entry, where a reload and a new sign-in find it. */
export function useKept(draft: Draft, text: string, notes: string): void {
  const times = useRef<number[]>([]);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) return void (first.current = false);
    const keep = (): void => {
      times.current = [...times.current.filter((time) => time > Date.now() - WHILE_MS), Date.now()];
      setState({ ...(here().state as object | null), draft: { ...draft, text, notes } });
    };
    if (times.current.length < BUSY_AFTER) return keep();
    const timer = window.setTimeout(keep, PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text, notes]);
}
