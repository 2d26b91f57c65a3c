/** Who is signed in at this practice. The session itself is a cookie this page never sees. */
import { createContext, type ComponentChildren } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";

import { ApiError, SESSION_REQUIRED } from "../api/client";
import type { Session } from "../api/schema";
import { store } from "../lib/storage";
import { ApiContext, useNewApi } from "./api";
import { wasSeen } from "./idle-clock";
import { here, setState as setPlaceState } from "./router";
import { useIdle, type Idle } from "./use-idle";

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
  /** Fetches the pages of who signs in, before somebody has. */
  prepare: () => void;
}

/** What the session asks of the pages for who is signed in, without knowing them. */
export interface ClientSide {
  fetch: () => Promise<void>;
  /** Forgets what was typed in them. */
  forget: () => void;
}

const SessionContext = createContext<SessionTools | null>(null);

export function useSession(): SessionTools {
  const tools = useContext(SessionContext);
  if (!tools) throw new Error("useSession outside SessionProvider");
  return tools;
}

interface Props {
  practice: string;
  pages: ClientSide;
  children: ComponentChildren;
}

export function SessionProvider({ practice, pages, children }: Props) {
  const [state, setState] = useState<State>({ status: "loading" });
  const [leaving, setLeaving] = useState<SessionTools["leaving"]>(STAYS);
  const signedIn = state.status === "in";
  const expire = (): void => setState({ status: "out", reason: "expired" });
  const api = useNewApi({
    onAnswer: () => idle.answered(),
    onSessionLost: () => void (signedIn && expire()),
  });

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
      const session = await api.getSession();
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
      await api.signOut();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== SESSION_REQUIRED) return setLeaving({ busy: false, error });
    }
    setLeaving(STAYS);
    store("localStorage", SIGNED_OUT, String(Date.now()));
    signedOut();
  }, []);

  /** Who signs out leaves no amount and no notes to whoever uses this browser next. */
  const signedOut = (): void => {
    pages.forget();
    setPlaceState(null);
    setState({ status: "out", reason: "signed_out" });
  };
  const prepare = (): void => void pages.fetch().catch(() => undefined);

  useEffect(() => {
    void refresh();
    // Where somebody was signed in before, the pages are fetched beside the answer, not after it.
    if (wasSeen()) prepare();
  }, [practice]);
  useSignOutElsewhere(signedIn, signedOut);
  const ask = async (): Promise<void> => void ((await api.getSession()) ?? (signedIn && expire()));
  const idle = useIdle(state.status === "in" ? state.session.idle_seconds : null, ask, (everywhere) => {
    // The API ends an idle session by itself; told to, it does at once, so that the next words are true.
    if (everywhere) void api.signOut().catch(() => undefined);
    expire();
  });
  return (
    <SessionContext.Provider value={{ state, enter, leave, leaving, refresh, prepare, idle }}>
      <ApiContext.Provider value={api}>{children}</ApiContext.Provider>
    </SessionContext.Provider>
  );
}

const STAYS = { busy: false, error: null };
/** Written on signing out, so that the other tabs of this browser hear of it. */
const SIGNED_OUT = "billfold.signed-out";

/** Hides everything when another tab has signed out. */
function useSignOutElsewhere(active: boolean, signedOut: () => void): void {
  useEffect(() => {
    if (!active) return;
    const heard = (event: StorageEvent): void => void (event.key === SIGNED_OUT && signedOut());
    window.addEventListener("storage", heard);
    return () => window.removeEventListener("storage", heard);
  }, [active]);
}

/** The code that was asked for has done its work: the next time one has to be asked for anew. */
function forgetCodeSent(): void {
  const { codeSent, ...rest } = (here().state ?? {}) as { codeSent?: boolean };
  if (codeSent) setPlaceState(rest);
}
