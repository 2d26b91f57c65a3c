/** Who is signed in at this practice. The session itself is a cookie this page never sees. */
import { createContext, type ComponentChildren } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";

import { ApiError, isAbort } from "../api/client";
import type { Session } from "../api/schema";
import { ApiContext, useNewApi } from "./api";
import { endSession } from "./ending";
import { forgetSeen, wasSeen } from "./idle-clock";
import { keepMark, keptMark, markOf, missedSignOut, type Mark } from "./person";
import { here, navigate, parseRoute, pathTo, setState as setPlaceState } from "./router";
import { hear, tell } from "./tabs";
import { useIdle, type Idle } from "./use-idle";

type Reason = "expired" | "signed_out";
export type OutReason = Reason | null;
type State =
  | { status: "loading" }
  | { status: "trouble"; error: ApiError }
  | { status: "out"; reason: OutReason }
  /** Nothing is shown any more, but only the API can end a session: `error` is why it had not, when last asked. */
  | { status: "leaving"; reason: Reason; error: ApiError | null; busy: boolean }
  | { status: "in"; session: Session };

/** Why somebody asks who is signed in: because of a page, of a sign-in just now, or of what another tab told. */
type Cause = "page" | "sign-in" | "other tab";

interface SessionTools {
  state: State;
  /** Signs out, and covers the pages meanwhile. */
  leave: () => Promise<void>;
  idle: Idle;
  /** Asks the API again who is signed in; true when somebody is. */
  refresh: () => Promise<boolean>;
  /** As `refresh`, by who has just signed in: the other tabs are told. */
  signedIn: () => Promise<boolean>;
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
  const person = useRef(0);
  const ending = useRef(false);
  const isIn = state.status === "in";
  const api = useNewApi({
    onAnswer: () => idle.answered(),
    onSessionLost: () => void (isIn && lost()),
    person: () => person.current,
  });

  /** Nobody is to be shown what another person typed; answers to that person are nobody's. */
  const forget = (): void => {
    person.current++;
    keepMark(null);
    pages.forget();
    setPlaceState(null);
  };

  /** The address names an account, dates or a payment of whoever was here. */
  const goHome = (): void => navigate(pathTo(practice, "home"), { replace: true });

  const enter = (session: Session, mark: Mark, cause: Cause): void => {
    if (session.practice !== practice) return setState({ status: "out", reason: null });
    const before = keptMark();
    const another = before !== null && before.who !== mark.who;
    setState({ status: "in", session });
    if (another) forget();
    else forgetCodeSent();
    keepMark(mark);
    // Where a page was loaded, its address may be what this person asked for.
    if (another && cause !== "page") goHome();
  };

  const refresh = useCallback(async (cause: Cause) => {
    try {
      const session = await api.getSession();
      const asked = person.current;
      const mark = session && (await markOf(session));
      if (asked !== person.current) return false;
      if (session && mark) enter(session, mark, cause);
      else nobodyIsIn();
      if (session && cause === "sign-in") tell("changed");
      return session !== null;
    } catch (error) {
      if (isAbort(error)) return false;
      if (!(error instanceof ApiError)) throw error;
      const shows = (last: State): boolean => cause !== "other tab" || last.status === "in";
      setState((last) => (shows(last) ? { status: "trouble", error } : last));
      return false;
    }
  }, []);

  const nobodyIsIn = (): void => {
    setState((last) => {
      if (last.status === "out") return last;
      return { status: "out", reason: last.status === "leaving" ? last.reason : last.status === "in" ? "expired" : null };
    });
    forgetSeen();
  };
  /** The API has ended the session by itself: the other tabs had better ask, too. */
  const lost = (): void => {
    nobodyIsIn();
    tell("changed");
  };
  /** Said and hidden first: whatever fails afterwards, nothing is left on the screen. */
  const signedOut = (): void => {
    setState({ status: "out", reason: "signed_out" });
    forgetSeen();
    forget();
  };

  const leave = async (reason: Reason): Promise<void> => {
    if (ending.current) return;
    ending.current = true;
    setState((last) => ({ status: "leaving", reason, error: last.status === "leaving" ? last.error : null, busy: true }));
    const error = await endSession(api).finally(() => (ending.current = false));
    if (error) return setState({ status: "leaving", reason, error, busy: false });
    if (reason === "expired") return lost();
    tell("signed-out");
    signedOut();
    goHome();
  };
  const prepare = (): void => void pages.fetch().catch(() => undefined);

  useEffect(() => {
    // Where somebody was signed in before, the pages are fetched beside the answer, not after it.
    if (wasSeen()) prepare();
    if (missedSignOut()) forget();
    void refresh("page");
  }, [practice]);
  useOtherTabs({
    changed: () => void refresh("other tab"),
    signedOut: () => {
      if (!isIn && !keptMark()) return;
      signedOut();
      // A link is for whoever opens it: its token would be lost, or its page.
      if (!here().hash && parseRoute(here().pathname).name !== "receipt") goHome();
    },
    restored: () => {
      if (missedSignOut()) signedOut();
      void refresh("other tab");
    },
  });
  const ask = async (): Promise<void> => void ((await api.getSession()) ?? (isIn && lost()));
  // The API ends an idle session by itself; told to, it does at once, so that the next words are true.
  const idle = useIdle(isIn ? state.session.idle_seconds : null, ask, () => void leave("expired"));
  const tools: SessionTools = {
    state,
    leave: () => leave("signed_out"),
    idle,
    refresh: () => refresh("page"),
    signedIn: () => refresh("sign-in"),
    prepare,
  };
  return (
    <SessionContext.Provider value={tools}>
      <ApiContext.Provider value={api}>{children}</ApiContext.Provider>
    </SessionContext.Provider>
  );
}

interface OtherTabs {
  changed: () => void;
  signedOut: () => void;
  /** This page comes back as it was left, and has heard nothing meanwhile. */
  restored: () => void;
}

function useOtherTabs(listener: OtherTabs): void {
  const now = useRef(listener);
  now.current = listener;
  useEffect(() => {
    const stopHearing = hear((news) => {
      if (news === "changed") now.current.changed();
      if (news === "signed-out") now.current.signedOut();
    });
    const shown = (event: PageTransitionEvent): void => void (event.persisted && now.current.restored());
    window.addEventListener("pageshow", shown);
    return () => {
      stopHearing();
      window.removeEventListener("pageshow", shown);
    };
  }, []);
}

/** The code that was asked for has done its work: the next time one has to be asked for anew. */
function forgetCodeSent(): void {
  const { codeSent, ...rest } = (here().state ?? {}) as { codeSent?: boolean };
  if (codeSent) setPlaceState(rest);
}
