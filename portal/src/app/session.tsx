/** Who is signed in at this practice. The session itself is a cookie this page never sees. */
import { createContext, type ComponentChildren } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";

import { getSession, signOut as callSignOut } from "../api/calls";
import { api, ApiError, SESSION_REQUIRED } from "../api/client";
import type { Session } from "../api/schema";
import { forgetIntent } from "../features/pay/intent";
import { forgetTyped } from "../features/pay/typed";
import { store } from "../lib/storage";
import { useIdle, wasSeen, type Idle } from "./idle";
import { clientPages } from "./parts";
import { here, setState as setPlaceState } from "./router";

export type OutReason = "expired" | "signed_out" | null;
type State =
  | { status: "loading" }
  | { status: "trouble"; error: ApiError }
  | { status: "out"; reason: OutReason }
  | { status: "in"; session: Session };

interface SessionTools {
  state: State;
  enter: (session: Session) => void;
  /** Signs out. Only the API can: until it says so, the reader is still signed in, and `leaving` says why. */
  leave: () => Promise<void>;
  leaving: { busy: boolean; error: ApiError | null };
  idle: Idle;
  /** Asks the API again who is signed in; true when somebody is. */
  refresh: () => Promise<boolean>;
}

const SessionContext = createContext<SessionTools | null>(null);

export function useSession(): SessionTools {
  const tools = useContext(SessionContext);
  if (!tools) throw new Error("useSession outside SessionProvider");
  return tools;
}

export function SessionProvider({ practice, children }: { practice: string; children: ComponentChildren }) {
  const [state, setState] = useState<State>({ status: "loading" });
  const [leaving, setLeaving] = useState<SessionTools["leaving"]>(STAYS);

  const enter = useCallback(
    (session: Session) => {
      if (session.practice !== practice) return setState({ status: "out", reason: null });
      forgetCodeSent();
      setState({ status: "in", session });
    },
    [practice],
  );

  const refresh = useCallback(async () => {
    try {
      const session = await getSession();
      if (session) enter(session);
      else setState((last) => (last.status === "out" ? last : { status: "out", reason: last.status === "in" ? "expired" : null }));
      return session !== null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setState({ status: "trouble", error });
      return false;
    }
  }, [enter]);

  const leave = useCallback(async () => {
    setLeaving({ busy: true, error: null });
    try {
      await callSignOut();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== SESSION_REQUIRED) return setLeaving({ busy: false, error });
    }
    setLeaving(STAYS);
    forgetWhatWasTyped();
    store("localStorage", SIGNED_OUT, String(Date.now()));
    setState({ status: "out", reason: "signed_out" });
  }, []);

  useEffect(() => {
    void refresh();
    // Where somebody was signed in before, the pages are fetched beside the answer, not after it.
    if (wasSeen()) void clientPages.fetch().catch(() => undefined);
  }, [practice]);
  const expire = (): void => setState({ status: "out", reason: "expired" });
  useEnd(state.status === "in", expire, () => {
    forgetWhatWasTyped();
    setState({ status: "out", reason: "signed_out" });
  });
  const idle = useIdle(state.status === "in" ? state.session.idle_seconds : null, (everywhere) => {
    // The API ends an idle session by itself; told to, it does at once, so that the next words are true.
    if (everywhere) void callSignOut().catch(() => undefined);
    expire();
  });
  return (
    <SessionContext.Provider value={{ state, enter, leave, leaving, refresh, idle }}>{children}</SessionContext.Provider>
  );
}

const STAYS = { busy: false, error: null };
/** Written on signing out, so that the other tabs of this browser hear of it. */
const SIGNED_OUT = "billfold.signed-out";

/** Hides everything when the session has ended: an answer says so, or another tab has signed out. */
function useEnd(active: boolean, expire: () => void, signedOut: () => void): void {
  useEffect(() => {
    if (!active) return;
    const heard = (event: StorageEvent): void => void (event.key === SIGNED_OUT && signedOut());
    api.onSessionLost = expire;
    window.addEventListener("storage", heard);
    return () => {
      api.onSessionLost = () => {};
      window.removeEventListener("storage", heard);
    };
  }, [active]);
}

/** Who signs out leaves no amount and no notes to whoever uses this browser next. */
function forgetWhatWasTyped(): void {
  forgetIntent();
  forgetTyped();
  setPlaceState(null);
}

/** The code that was asked for has done its work: the next time one has to be asked for anew. */
function forgetCodeSent(): void {
  const { codeSent, ...rest } = (here().state ?? {}) as { codeSent?: boolean };
  if (codeSent) setPlaceState(rest);
}
