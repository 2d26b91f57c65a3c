import { useEffect, useRef, useState } from "preact/hooks";

import { useApi } from "../../../app/api";
import { useSession } from "../../../app/session";
import { useWords } from "../../../i18n";
import { CardFields } from "../card-fields";
import { doingsOf, type Exits, type Ports } from "./doings";
import { Paying, type Doings } from "./paying";
import type { Event, State } from "./state";

export type Dispatch = (event: Event) => void;

interface Tools {
  state: State;
  dispatch: Dispatch;
  fields: CardFields;
}

/** One page's part of the way: it begins with an event, and the page draws the state and dispatches what happens. */
export function usePaying(first: () => Event, exits: Exits): Tools {
  const api = useApi();
  const { locale } = useWords();
  const { idle } = useSession();
  return useMachine(first, { ...exits, api, locale }, doingsOf, idle.used);
}

/** `doings` are made once, over the ports of now; `used` is told that the processor's fields are. */
export function useMachine<P extends Omit<Ports, "fields" | "account">>(
  first: () => Event,
  ports: P,
  doings: (ports: () => P & { fields: CardFields }) => Doings,
  used: () => void,
): Tools {
  const now = useRef({ ports, used });
  now.current = { ports, used };
  const [fields] = useState(() => new CardFields(() => now.current.used()));
  const [paying] = useState(() => new Paying(doings(() => ({ ...now.current.ports, fields })), first()));
  const [state, setState] = useState(paying.state);
  useEffect(() => {
    const restored = (event: PageTransitionEvent): void => void (event.persisted && paying.dispatch({ type: "restored" }));
    window.addEventListener("pageshow", restored);
    paying.start(setState);
    return () => {
      window.removeEventListener("pageshow", restored);
      paying.stop();
    };
  }, []);
  return { state, dispatch: paying.dispatch, fields };
}
