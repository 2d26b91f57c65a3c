import { useEffect, useRef, useState } from "preact/hooks";

import { useApi } from "../../../app/api";
import { useSession } from "../../../app/session";
import { useWords } from "../../../i18n";
import { CardFields } from "../card-fields";
import { doingsOf, type Exits, type Ports } from "./doings";
import { Paying } from "./paying";
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
  const ports = useRef<Omit<Ports, "fields">>(null!);
  const used = useRef(idle.used);
  ports.current = { ...exits, api, locale };
  used.current = idle.used;
  const [fields] = useState(() => new CardFields(() => used.current()));
  const [paying] = useState(() => new Paying(doingsOf(() => ({ ...ports.current, fields })), first()));
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
