import { useEffect, useRef, useState } from "preact/hooks";

import type { Api } from "../../api/calls";
import { ApiError, isAbort } from "../../api/client";
import type { Locale, SetUp } from "../../api/schema";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { CardFields } from "../pay/card-fields";
import { pageAsksHolder } from "../pay/machine/card";
import type { Event } from "../pay/machine/state";
import { addingStep, type AddEffect, type AddEvent, type Adding, type AddMove } from "./adding";

interface Tools {
  state: Adding;
  dispatch: (event: AddEvent) => void;
  fields: CardFields;
}

/** Holds where somebody is with adding, and has done what the reducer says. `first`: where it begins. */
export function useAdding(first: () => AddMove): Tools {
  const api = useApi();
  const { locale } = useWords();
  const { idle } = useSession();
  const byPage = pageAsksHolder(usePractice());
  const now = useRef({ api, locale, used: idle.used });
  now.current = { api, locale, used: idle.used };
  const [fields] = useState(() => new CardFields(() => now.current.used()));
  const [begin] = useState(first);
  const [state, setState] = useState(begin.state);
  const held = useRef(state);
  const key = useRef({ of: "", key: "" });

  const dispatch = (event: AddEvent): void => {
    const { state: after, effects } = addingStep(held.current, event, byPage);
    if (after !== held.current) setState((held.current = after));
    effects.forEach(run);
  };
  const run = (effect: AddEffect): void => void doing(effect, { ...now.current, fields, key: keyFor }, dispatch);
  const keyFor = (said: string): string => {
    if (key.current.of !== said) key.current = { of: said, key: crypto.randomUUID() };
    return key.current.key;
  };
  useEffect(() => {
    begin.effects.forEach(run);
    return () => fields.unmount();
  }, []);
  return { state, dispatch, fields };
}

interface Ports {
  api: Api;
  locale: Locale;
  fields: CardFields;
  /** The key of what is sent: the same for the same. */
  key: (said: string) => string;
}

function doing(effect: AddEffect, { api, locale, fields, key }: Ports, tell: (event: AddEvent) => void): void {
  const told = (event: Event): void => void (isOfFields(event) && tell(event));
  switch (effect.do) {
    case "start":
      return answer(api.startSetUp(effect.body, key(JSON.stringify(effect.body))), (setUp) => tell({ type: "started", setUp }), (error) => tell({ type: "notStarted", error }));
    case "redirect":
      return location.assign(effect.url);
    case "mount":
      return fields.mount(effect.next, effect.byPage, locale, told);
    case "unmount":
      return fields.unmount();
    case "validate":
      return void fields.validate().then((complete) => tell({ type: "checked", complete }));
    case "confirm":
      return void fields.confirm(null, effect.holder, told);
    case "check":
    case "cancel": {
      const asked = effect.do === "check" ? api.checkSetUp(effect.id) : api.cancelSetUp(effect.id);
      return answer(asked, (setUp) => tell({ type: "told", setUp }), (error) => tell({ type: "notTold", error }));
    }
  }
}

/** What the fields tell of paying with them is told of adding, too. */
function isOfFields(event: Event): event is Extract<Event, { type: "fieldsReady" | "fieldsFailed" | "turned" | "declined" | "confirmed" }> {
  return ["fieldsReady", "fieldsFailed", "turned", "declined", "confirmed"].includes(event.type);
}

function answer(work: Promise<SetUp>, good: (setUp: SetUp) => void, bad: (error: ApiError) => void): void {
  work.then(good, (error: unknown) => {
    if (isAbort(error)) return;
    if (!(error instanceof ApiError)) throw error;
    bad(error);
  });
}
