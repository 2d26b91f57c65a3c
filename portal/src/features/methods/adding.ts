/** Adding a card or a bank account without paying, as data: a form, the processor's fields or page, and what came of it. */
import type { ApiError } from "../../api/client";
import type { Inline, SetUp, SetUpRequest } from "../../api/schema";
import { holderIn, isMissing, missingOf, NOTHING } from "../pay/machine/card";
import type { Declined, Holder, Kind, Missing } from "../pay/machine/state";

export type Adding = Form | Fields | Leaving | Asking | Done;

/** What is to be known before the processor is asked. The same form keeps its key: sent again, it is one set-up. */
export interface Form {
  at: "form";
  way: SetUp["way"];
  busy: boolean;
  error: ApiError | null;
}

/** At the processor's fields, on our page. */
export interface Fields {
  at: "fields";
  setUp: SetUp;
  next: Inline;
  /** `asking`: the processor would not take it from these fields, and the API is asked what became of the set-up. */
  fields: "loading" | "ready" | "checking" | "confirming" | "asking" | "failed";
  kind: Kind;
  holder: Holder;
  missing: Missing;
  declined: Declined | null;
  early: boolean;
}

/** The browser is on its way to the processor's page. */
export interface Leaving {
  at: "leaving";
}

/** The processor has it, or an end was asked for; the API is asked what has become of it. */
export interface Asking {
  at: "asking";
  setUp: SetUp;
  canceling: boolean;
  error: ApiError | null;
}

/** Null where nothing was begun. */
export interface Done {
  at: "done";
  setUp: SetUp | null;
}

export type AddEvent =
  | { type: "sent"; body: SetUpRequest }
  | { type: "started"; setUp: SetUp }
  | { type: "notStarted"; error: ApiError }
  | { type: "placed" }
  | { type: "fieldsReady" }
  | { type: "fieldsFailed" }
  | { type: "turned"; kind: Kind }
  | { type: "pressed"; holder: Holder }
  | { type: "checked"; complete: boolean }
  | { type: "declined"; declined: Declined }
  | { type: "confirmed" }
  | { type: "again" }
  | { type: "cancel" }
  | { type: "told"; setUp: SetUp }
  | { type: "notTold"; error: ApiError };

export type AddEffect =
  | { do: "start"; body: SetUpRequest }
  | { do: "redirect"; url: string }
  | { do: "mount"; next: Inline; byPage: boolean }
  | { do: "unmount" }
  | { do: "validate" }
  | { do: "confirm"; holder: Holder | null }
  | { do: "check"; id: string }
  | { do: "cancel"; id: string };

export interface AddMove {
  state: Adding;
  effects: AddEffect[];
}

const move = (state: Adding, ...effects: AddEffect[]): AddMove => ({ state, effects });

export const formOf = (way: SetUp["way"]): Form => ({ at: "form", way, busy: false, error: null });

export const askingOf = (setUp: SetUp, canceling: boolean): Asking => ({ at: "asking", setUp, canceling, error: null });

/** `byPage`: whose card it is is asked beside the fields. An event that does not apply leaves the very same state. */
export function addingStep(state: Adding, event: AddEvent, byPage: boolean): AddMove {
  const after = step(state, event, byPage);
  return state.at === "fields" && after.state.at !== "fields" ? { ...after, effects: [{ do: "unmount" }, ...after.effects] } : after;
}

function step(state: Adding, event: AddEvent, byPage: boolean): AddMove {
  switch (state.at) {
    case "form":
      return atForm(state, event);
    case "fields":
      return atFields(state, event, byPage);
    case "asking":
      return asking(state, event);
    default:
      return move(state);
  }
}

function atForm(state: Form, event: AddEvent): AddMove {
  switch (event.type) {
    case "sent":
      return state.busy ? move(state) : move({ ...state, busy: true, error: null }, { do: "start", body: event.body });
    case "started":
      return begun(event.setUp);
    case "notStarted":
      return move({ ...state, busy: false, error: event.error });
    case "cancel":
      return state.busy ? move(state) : move({ at: "done", setUp: null });
    default:
      return move(state);
  }
}

/** At the processor: on its page or at its fields; or over already, as where an answer was lost. */
export function begun(setUp: SetUp): AddMove {
  const { next } = setUp;
  if (setUp.state !== "started" || !next) return move({ at: "done", setUp });
  if (next.type === "redirect") return move({ at: "leaving" }, { do: "redirect", url: next.url });
  const empty = { holder: { name: "", zip: "" }, missing: NOTHING, declined: null, early: false };
  return move({ at: "fields", setUp, next, fields: "loading", kind: setUp.way, ...empty });
}

function atFields(state: Fields, event: AddEvent, byPage: boolean): AddMove {
  switch (event.type) {
    case "placed":
      return mount(state, byPage);
    case "again":
      return state.fields === "failed" ? mount({ ...state, early: false }, byPage) : move(state);
    case "fieldsReady":
      return state.fields === "loading" ? move({ ...state, fields: "ready" }) : move(state);
    case "fieldsFailed":
      return state.fields === "loading" || state.fields === "ready" ? move({ ...state, fields: "failed" }) : move(state);
    case "turned":
      return event.kind === state.kind ? move(state) : move({ ...state, kind: event.kind, missing: { ...NOTHING, asked: state.missing.asked } });
    case "pressed":
      return pressed(state, event.holder, byPage);
    case "checked":
      return state.fields === "checking" ? checked(state, event.complete, byPage) : move(state);
    case "declined":
      return state.fields === "confirming" ? declined(state, event.declined) : move(state);
    case "told":
      return state.fields === "asking" ? stillOpen(state, event.setUp) : move(state);
    case "notTold":
      return state.fields === "asking" ? move({ ...state, fields: "ready" }) : move(state);
    case "confirmed":
      return state.fields === "confirming" ? ask(state.setUp, false) : move(state);
    case "cancel":
      return state.fields === "confirming" || state.fields === "asking" ? move(state) : ask(state.setUp, true);
    default:
      return move(state);
  }
}

/** Where no bank was asked, it may be saved, canceled or ended elsewhere: in another tab, or after its time. */
function declined(state: Fields, declined: Declined): AddMove {
  if (declined.byBank) return move({ ...state, fields: "ready", declined });
  return move({ ...state, fields: "asking", declined }, { do: "check", id: state.setUp.id });
}

function stillOpen(state: Fields, setUp: SetUp): AddMove {
  return setUp.state === "started" ? move({ ...state, fields: "ready" }) : move({ at: "done", setUp });
}

function mount(state: Fields, byPage: boolean): AddMove {
  return move({ ...state, fields: "loading", kind: state.setUp.way }, { do: "mount", next: state.next, byPage });
}

/** A wallet's own window may open only while the press counts: nothing is waited for. */
function pressed(state: Fields, holder: Holder, byPage: boolean): AddMove {
  if (state.fields === "loading") return move({ ...state, early: true });
  if (state.fields !== "ready") return move(state);
  const pressed: Fields = { ...state, fields: "checking", holder: holderIn(holder) };
  return state.kind === "wallet" ? checked(pressed, true, byPage) : move(pressed, { do: "validate" });
}

function checked(state: Fields, complete: boolean, byPage: boolean): AddMove {
  const holder = byPage && state.kind === "card" ? state.holder : null;
  const missing = { ...missingOf(complete, holder), email: false, asked: state.missing.asked + 1 };
  if (isMissing(missing)) return move({ ...state, fields: "ready", missing });
  return move({ ...state, fields: "confirming", missing, declined: null }, { do: "confirm", holder });
}

function ask(setUp: SetUp, canceling: boolean): AddMove {
  return move(askingOf(setUp, canceling), { do: canceling ? "cancel" : "check", id: setUp.id });
}

function asking(state: Asking, event: AddEvent): AddMove {
  switch (event.type) {
    case "told":
      return move({ at: "done", setUp: event.setUp });
    case "notTold":
      return move({ ...state, error: event.error });
    case "again":
      return state.error ? ask(state.setUp, state.canceling) : move(state);
    default:
      return move(state);
  }
}
