/** The API, for whoever stands below; the session makes one of its own, which hears what the answers say of it. */
import { createContext } from "preact";
import { useContext, useMemo, useRef } from "preact/hooks";

import { operationsOf, type Api } from "../api/calls";
import { callOf, type Caller } from "../api/client";
import { useWords } from "../i18n";

export const ApiContext = createContext<Api | null>(null);

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error("useApi outside ApiContext");
  return api;
}

export type Hearing = Omit<Caller, "locale">;

/** The same object at each drawing; it speaks the reader's language of now, and tells the hearers of now. */
export function useNewApi(hearing: Hearing = DEAF): Api {
  const { locale } = useWords();
  const now = useRef({ locale, hearing });
  now.current = { locale, hearing };
  return useMemo(
    () =>
      operationsOf(
        callOf({
          locale: () => now.current.locale,
          onAnswer: () => now.current.hearing.onAnswer(),
          onSessionLost: () => now.current.hearing.onSessionLost(),
          person: () => now.current.hearing.person(),
        }),
      ),
    [],
  );
}

const DEAF: Hearing = { onAnswer: () => {}, onSessionLost: () => {}, person: () => 0 };
