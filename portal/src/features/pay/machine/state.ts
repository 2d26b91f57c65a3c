/** The way to having paid, as data: where somebody is on it, what can happen there, and what is to be done then. */
import type { ApiError } from "../../../api/client";
import type { Inline, Payment, Quote, Scope } from "../../../api/schema";
import type { Draft } from "../choice";
import type { How, Intent } from "../intent";
import type { Typed } from "../typed";

export type State = Nowhere | Choosing | Opening | Reviewing | Sending | Leaving | AtCard | Stopping | Trouble | Result;

/** Before the first event, and once the page was left: an answer that still comes moves nobody. */
export interface Nowhere {
  at: "nowhere";
}

/** In the window that takes amount and notes. */
export interface Choosing {
  at: "choosing";
  draft: Draft;
  currency: string;
  text: string;
  notes: string;
  how: How;
  /** What `text` means; null while it means nothing that could be paid. */
  scope: Scope | null;
  /** The answer to exactly this scope; both are null while it is on its way. */
  quote: Quote | null;
  error: ApiError | null;
  /** The last answer, to keep on the screen while the next one is on its way. */
  shown: Quote | null;
  /** The button was pressed before the answer was there. */
  asked: boolean;
  /** How often the button had to point at what is in the way. */
  pointed: number;
}

/** The second step's page finds out how far its payment has come. */
export interface Opening {
  at: "opening";
  intent: Intent;
  refused: ApiError | null;
}

/** What will be paid is shown. Nothing is sent yet (`quote`), or the processor's page waits for it (`payment`). */
export interface Reviewing {
  at: "reviewing";
  intent: Intent;
  quote: Quote | null;
  payment: Payment | null;
  /** It is not what was agreed to. */
  changed: boolean;
  /** Why what was to be charged was not: another one is offered. */
  refused: ApiError | null;
}

/** On its way to the API, under its intent's key. */
export interface Sending {
  at: "sending";
  intent: Intent;
  quote: Quote | null;
}

/** The browser is on its way to the processor's page. */
export interface Leaving {
  at: "leaving";
  intent: Intent;
  payment: Payment;
}

export interface Declined {
  /** A bank said no, of a card or else; otherwise something was not taken before any bank was asked. */
  byBank: boolean;
  ofCard: boolean;
  /** Why the bank did. Of a card it is not told where the payer's bank did not confirm who pays. */
  code: string | null;
}

/** What is paid with, as it is chosen in the fields. A wallet knows its holder, and has nothing that could be filled in. */
export type Kind = "card" | "bank" | "wallet";

export type Holder = Pick<Filled, "name" | "zip">;

/** What is typed beside the fields. */
export interface Filled {
  email: string;
  /** Whose card it is, and the ZIP code of its bills. */
  name: string;
  zip: string;
}

/** What stood in the way of the last press; `asked` counts the presses. */
export interface Missing {
  card: boolean;
  name: boolean;
  zip: boolean;
  email: boolean;
  asked: number;
}

/** At the processor's fields, on our page. */
export interface AtCard {
  at: "card";
  intent: Intent;
  payment: Payment;
  next: Inline;
  /** `asking`: the processor would not take it from these fields, and the API is asked what has become of the payment. */
  fields: "loading" | "ready" | "checking" | "confirming" | "asking" | "failed";
  /** The processor has no e-mail address for this payment and asks for one. */
  needsEmail: boolean;
  kind: Kind;
  filled: Filled;
  /** The button was pressed before the fields were there. */
  early: boolean;
  missing: Missing;
  declined: Declined | null;
}

/** Being canceled; `from` stays on the screen meanwhile. */
export interface Stopping {
  at: "stopping";
  from: Opening | Reviewing | AtCard | Trouble;
}

/** It went wrong, and what can be done again. */
export interface Trouble {
  at: "trouble";
  intent: Intent;
  quote: Quote | null;
  error: ApiError;
  retry: "open" | "send" | null;
}

/** What has become of a payment. */
export interface Result {
  at: "result";
  account: string;
  id: string;
  payment: Payment | null;
  error: ApiError | null;
  busy: "asking" | "stopping" | null;
}

export type Event =
  // a page begins
  | { type: "chosen"; draft: Draft; currency: string; text: string; notes: string; how: How }
  | { type: "opened"; intent: Intent | null; sendsAtOnce: boolean }
  | { type: "returned"; account: string; id: string; approved?: boolean }
  | { type: "shown"; payment: Payment }
  // the payer
  | { type: "typed"; text: string }
  | { type: "noted"; notes: string }
  | { type: "picked"; how: How }
  | { type: "next" }
  | { type: "closed" }
  /** `cvc`: the token of a saved card's security code, where that is asked. */
  | { type: "pay"; cvc?: string }
  | { type: "pressed"; filled: Filled }
  | { type: "change" }
  | { type: "stop" }
  | { type: "goOn" }
  /** After one that was not charged: the same is to be paid with something else. */
  | { type: "anew"; intent: Intent }
  | { type: "again" }
  // the API
  | { type: "quoted"; scope: Scope; quote: Quote }
  | { type: "notQuoted"; scope: Scope; error: ApiError }
  | { type: "started"; intent: Intent; payment: Payment }
  | { type: "notStarted"; intent: Intent; error: ApiError }
  | { type: "found"; payment: Payment }
  | { type: "notFound"; error: ApiError }
  | { type: "stopped"; payment: Payment }
  | { type: "notStopped"; error: ApiError }
  // the processor's fields
  | { type: "placed" }
  | { type: "fieldsReady"; needsEmail: boolean }
  | { type: "fieldsFailed" }
  | { type: "turned"; kind: Kind }
  | { type: "checked"; complete: boolean }
  | { type: "declined"; declined: Declined }
  /** Also when no answer came: then only the processor knows, and the result's page asks it. */
  | { type: "confirmed" }
  // the browser
  | { type: "waited" }
  | { type: "restored" }
  | { type: "left" };

export type Effect =
  // the API
  | { do: "quote"; account: string; scope: Scope; afterPause: boolean }
  | { do: "dropQuote" }
  | { do: "start"; intent: Intent }
  | { do: "look"; account: string; id: string }
  | { do: "check"; account: string; id: string; approved?: boolean }
  | { do: "cancel"; account: string; id: string }
  // what the tab keeps
  | { do: "keepTyped"; draft: Draft; typed: Typed }
  | { do: "forgetTyped" }
  /** With the page's entry of the history, too. */
  | { do: "keep"; intent: Intent }
  | { do: "keepForTab"; intent: Intent }
  | { do: "forget" }
  // where the payer goes
  | { do: "close" }
  | { do: "begin"; intent: Intent }
  | { do: "choose"; draft: Draft; typed: Typed }
  | { do: "redirect"; url: string }
  | { do: "goOn"; payment: Payment }
  | { do: "toBilling"; payment: Payment | null }
  | { do: "toResult"; payment: Payment }
  // the processor's fields
  /** `byPage`: the page itself asks whose card it is. */
  | { do: "mount"; next: Inline; byPage: boolean }
  | { do: "unmount" }
  | { do: "validate" }
  | { do: "confirm"; email: string | null; holder: Holder | null };

/** Where an event leads, and what is to be done; an event that does not apply leaves the very same state. */
export interface Move {
  state: State;
  effects: Effect[];
}

export function move(state: State, ...effects: Effect[]): Move {
  return { state, effects };
}

export const NOWHERE: Nowhere = { at: "nowhere" };
