/** Who is signed in at this practice. The session itself is a cookie this page never sees. */
import { createContext, type ComponentChildren } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";

import { getSession, signOut as callSignOut } from "../api/calls";
import { api, ApiError } from "../api/client";
import type { Session } from "../api/schema";
import { forgetIntent } from "../features/pay/intent";

export type OutReason = "expired" | "signed_out" | null;
type State =
  | { status: "loading" }
  | { status: "trouble"; error: ApiError }
  | { status: "out"; reason: OutReason }
  | { status: "in"; session: Session };

interface SessionTools {
  state: State;
  enter: (session: Session) => void;
  leave: () => Promise<void>;
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

  const enter = useCallback(
    (session: Session) => {
      if (session.practice !== practice) return setState({ status: "out", reason: null });
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
    await callSignOut().catch(() => undefined);
    forgetIntent();
    setState({ status: "out", reason: "signed_out" });
  }, []);

  useEffect(() => void refresh(), [practice]);
  useEndOfSession(state, () => setState({ status: "out", reason: "expired" }));
  return <SessionContext.Provider value={{ state, enter, leave, refresh }}>{children}</SessionContext.Provider>;
}

/** Hides everything when the session ends: when an answer says so, or unasked after its idle time. */
function useEndOfSession(state: State, end: () => void): void {
  const idleSeconds = state.status === "in" ? state.session.idle_seconds : null;
  useEffect(() => {
    if (idleSeconds === null) return;
    let timer = 0;
    const restart = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(end, idleSeconds * 1000);
    };
    api.onSessionLost = end;
    api.onAnswer = restart;
    restart();
    return () => {
      window.clearTimeout(timer);
      api.onSessionLost = api.onAnswer = () => {};
    };
  }, [idleSeconds]);
}
