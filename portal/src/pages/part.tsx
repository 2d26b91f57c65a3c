/** Parts of the portal that are fetched when they are first needed: who only signs in never loads the rest. */
import { type ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

import { ApiError, OFFLINE } from "../api/client";
import { Trouble } from "../features/shell/NotFound";
import { PageSkeleton } from "../ui/Skeleton";

export interface Part<P> {
  Page: ComponentType<P>;
  /** Fetches it before it is needed. */
  fetch: () => Promise<void>;
}

export function part<P extends object>(load: () => Promise<ComponentType<P>>): Part<P> {
  let Loaded: ComponentType<P> | null = null;
  const fetch = async (): Promise<void> => void (Loaded ??= await load());

  function Page(props: P) {
    const [failed, setFailed] = useState(false);
    const [, setTurn] = useState(0);
    const drawn = Loaded;
    useEffect(() => {
      // What was drawn counts, not what is there by now: it may have come between the drawing and this effect.
      if (!drawn) fetch().then(() => setTurn(1), () => setFailed(true));
    }, []);
    // Browsers do not fetch a module again that failed: only a load of the page does.
    if (failed) return <Trouble error={NOT_REACHED} retry={() => location.reload()} />;
    return Loaded ? <Loaded {...props} /> : <PageSkeleton />;
  }
  return { Page, fetch };
}

const NOT_REACHED = new ApiError({ type: "about:blank", title: "", status: 0, code: OFFLINE });
