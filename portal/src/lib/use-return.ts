import { useEffect } from "preact/hooks";

const LOOK_AGAIN_AFTER_MS = 15_000;

/** Somebody who comes back to the tab sees what is true now. */
export function useReloadOnReturn(reload: () => void): void {
  useEffect(() => {
    let left = Date.now();
    const changed = (): void => {
      if (document.visibilityState === "hidden") left = Date.now();
      else if (Date.now() - left > LOOK_AGAIN_AFTER_MS) reload();
    };
    document.addEventListener("visibilitychange", changed);
    return () => document.removeEventListener("visibilitychange", changed);
  }, [reload]);
}
