/** Every kind of place on the way to having paid, and every kind of thing that can happen there. */
import { ApiError, OFFLINE, SERVER_TROUBLE } from "../src/api/client";
import type { Payment, Problem, Quote, Scope } from "../src/api/schema";
import type { Draft } from "../src/features/pay/choice";
import { ANEW, newIntent, type How, type Intent } from "../src/features/pay/intent";
import { atCard } from "../src/features/pay/machine/card";
import { NOWHERE, type AtCard, type Choosing, type Event, type Result, type State, type Trouble } from "../src/features/pay/machine/state";

export const ACCOUNT = "a1";
export const NEW_KEY = "new key";
export const SCOPE: Scope = { type: "service", charge_id: "c1", amount_minor: 8000 };
const OTHER_SCOPE: Scope = { type: "service", charge_id: "c1", amount_minor: 3000 };

export const quoteOf = (amount: number, seal: string) => ({ quote: seal, amount_minor: amount, currency: "USD" }) as Quote;
export const QUOTE = quoteOf(8000, "q1");
export const NEWER = quoteOf(7000, "q2");

export const problem = (code: string, more: Partial<Problem> = {}, status = 409): ApiError =>
  new ApiError({ type: "about:blank", title: code, status, code, ...more });
export const UNREACHED = problem(OFFLINE, {}, 0);

export const PAGE = { type: "redirect", url: "https://pay.example/p1" } as const;
export const FIELDS = { type: "inline", client_secret: "s1", publishable_key: "pk", script_url: "https://js.example" } as const;
export const OTHER_FIELDS = { ...FIELDS, client_secret: "s2" } as const;

export function paymentOf(state: Payment["state"], next: Payment["next"] = null): Payment {
  return { id: "p1", account_id: ACCOUNT, state, next, amount_minor: 8000, currency: "USD", notes: "for both", receipt_available: false, ways: ["card"] } as unknown as Payment;
}

export const UNSENT: Intent = newIntent("key", ACCOUNT, SCOPE, QUOTE, "for both", ANEW);
export const SUBMITTED: Intent = { ...UNSENT, submitted: true };
export const SENT: Intent = { ...SUBMITTED, body: { ...UNSENT.body, notes: "" }, paymentId: "p1" };
export const SAVED: How = { way: null, method: "m1", save: null, picked: true, refused: null, notice: null };
export const WITH_SAVED: Intent = newIntent("key", ACCOUNT, SCOPE, QUOTE, "for both", SAVED);
const ANOTHER: Intent = { ...SUBMITTED, key: "another key" };

export const DRAFT: Draft = { account: ACCOUNT, choice: { kind: "service", chargeId: "c1" } };
const ASKED: Choosing = {
  at: "choosing", draft: DRAFT, currency: "USD", text: "80", notes: "", how: ANEW, scope: SCOPE, quote: null, error: null, shown: null, asked: false, pointed: 0,
};
const CARD: AtCard = atCard(SENT, paymentOf("started", FIELDS), FIELDS);
const READY: AtCard = { ...CARD, fields: "ready", needsEmail: true };
const FILLED = { email: " maya@example.test ", name: " Maya Lindqvist ", zip: " 97201 " };
const CONFIRMING: AtCard = { ...READY, fields: "confirming", filled: FILLED };
const TROUBLE: Trouble = { at: "trouble", intent: SUBMITTED, quote: QUOTE, error: UNREACHED, retry: "send" };
const RESULT: Result = { at: "result", account: ACCOUNT, id: "p1", payment: null, error: null, busy: null };

export const STATES = {
  "nowhere": NOWHERE,
  "choosing, quote on its way": ASKED,
  "choosing, quoted": { ...ASKED, quote: QUOTE, shown: QUOTE },
  "choosing, button pressed early": { ...ASKED, asked: true },
  "choosing, amount missing": { ...ASKED, text: "", scope: null },
  "choosing, amount refused": { ...ASKED, error: problem("amount_above_owed", { field: "amount_minor" }, 422) },
  "choosing, offline": { ...ASKED, error: UNREACHED },
  "opening, not sent": { at: "opening", intent: UNSENT, refused: null },
  "opening, sent": { at: "opening", intent: SENT, refused: null },
  "reviewing, not sent": { at: "reviewing", intent: UNSENT, quote: QUOTE, payment: null, changed: false, refused: null },
  "reviewing, sent": { at: "reviewing", intent: SENT, quote: null, payment: paymentOf("started", PAGE), changed: false, refused: null },
  "opening, to pay with another": { at: "opening", intent: UNSENT, refused: problem("method_refused", {}, 402) },
  "sending": { at: "sending", intent: SUBMITTED, quote: QUOTE },
  "leaving": { at: "leaving", intent: SENT, payment: paymentOf("started", PAGE) },
  "card, loading": CARD,
  "card, ready": READY,
  "card, being looked at": { ...READY, fields: "checking", filled: FILLED },
  "card, a wallet": { ...READY, kind: "wallet" },
  "card, confirming": CONFIRMING,
  "card, declined": { ...READY, declined: { byBank: true, ofCard: true, code: "generic_decline" } },
  "card, refused by no bank": { ...CONFIRMING, fields: "asking", declined: { byBank: false, ofCard: true, code: null } },
  "card, not loaded": { ...CARD, fields: "failed" },
  "stopping at the review": { at: "stopping", from: { at: "reviewing", intent: SENT, quote: null, payment: paymentOf("started", PAGE), changed: false, refused: null } },
  "stopping while looked at": { at: "stopping", from: { ...READY, fields: "checking" } },
  "stopping while confirming": { at: "stopping", from: CONFIRMING },
  "trouble, to send again": TROUBLE,
  "trouble, to open again": { ...TROUBLE, intent: SENT, quote: null, retry: "open" },
  "trouble, for good": { ...TROUBLE, retry: null },
  "result, asked": { ...RESULT, busy: "asking" },
  "result, not answered": { ...RESULT, error: UNREACHED },
  "result, not finished": { ...RESULT, payment: paymentOf("started", FIELDS) },
  "result, being checked": { ...RESULT, payment: paymentOf("checking") },
  "result, with the bank": { ...RESULT, payment: paymentOf("processing") },
  "result, not charged": { ...RESULT, payment: paymentOf("expired") },
  "result, being canceled": { ...RESULT, payment: paymentOf("started", FIELDS), busy: "stopping" },
} satisfies Record<string, State>;

export const EVENTS = {
  "chosen": { type: "chosen", draft: DRAFT, currency: "USD", text: "80", notes: "", how: ANEW },
  "chosen again, amount unfinished": { type: "chosen", draft: DRAFT, currency: "USD", text: "", notes: "for both", how: ANEW },
  "opened with nothing": { type: "opened", intent: null, sendsAtOnce: true },
  "opened to review": { type: "opened", intent: UNSENT, sendsAtOnce: false },
  "opened for the card": { type: "opened", intent: UNSENT, sendsAtOnce: true },
  "opened for a saved one": { type: "opened", intent: WITH_SAVED, sendsAtOnce: true },
  "opened after a lost answer": { type: "opened", intent: SUBMITTED, sendsAtOnce: false },
  "opened after a reload": { type: "opened", intent: SENT, sendsAtOnce: true },
  "returned": { type: "returned", account: ACCOUNT, id: "p1" },
  "shown": { type: "shown", payment: paymentOf("started", FIELDS) },
  "typed the same amount": { type: "typed", text: "80.00" },
  "typed another": { type: "typed", text: "30" },
  "typed none": { type: "typed", text: "" },
  "noted": { type: "noted", notes: "for both" },
  "picked": { type: "picked", how: SAVED },
  "next": { type: "next" },
  "closed": { type: "closed" },
  "pay": { type: "pay" },
  "pressed": { type: "pressed", filled: FILLED },
  "turned to a wallet": { type: "turned", kind: "wallet" },
  "change": { type: "change" },
  "stop": { type: "stop" },
  "goOn": { type: "goOn" },
  "anew": { type: "anew", intent: SENT },
  "again": { type: "again" },
  "quoted": { type: "quoted", scope: SCOPE, quote: QUOTE },
  "quoted otherwise": { type: "quoted", scope: SCOPE, quote: NEWER },
  "quoted late": { type: "quoted", scope: OTHER_SCOPE, quote: QUOTE },
  "not quoted": { type: "notQuoted", scope: SCOPE, error: UNREACHED },
  "not quoted late": { type: "notQuoted", scope: OTHER_SCOPE, error: UNREACHED },
  "started here": { type: "started", intent: SUBMITTED, payment: paymentOf("started", FIELDS) },
  "started there": { type: "started", intent: SUBMITTED, payment: paymentOf("started", PAGE) },
  "started, unknown": { type: "started", intent: SUBMITTED, payment: paymentOf("checking") },
  "started another": { type: "started", intent: ANOTHER, payment: paymentOf("started", FIELDS) },
  "not started, offline": { type: "notStarted", intent: SUBMITTED, error: UNREACHED },
  "not started, 500": { type: "notStarted", intent: SUBMITTED, error: problem(SERVER_TROUBLE, {}, 500) },
  "not started, quote_stale": { type: "notStarted", intent: SUBMITTED, error: problem("quote_stale", { quote: NEWER }) },
  "not started, item_in_flight": { type: "notStarted", intent: SUBMITTED, error: problem("item_in_flight") },
  "not started, way_unavailable": { type: "notStarted", intent: SUBMITTED, error: problem("way_unavailable", { field: "way" }, 422) },
  "not started, method refused": { type: "notStarted", intent: SUBMITTED, error: problem("method_refused", {}, 402) },
  "not started, key reused": { type: "notStarted", intent: SUBMITTED, error: problem("idempotency_key_reused") },
  "not started another": { type: "notStarted", intent: ANOTHER, error: UNREACHED },
  "found at these fields": { type: "found", payment: paymentOf("started", FIELDS) },
  "found at other fields": { type: "found", payment: paymentOf("started", OTHER_FIELDS) },
  "found at the processor's page": { type: "found", payment: paymentOf("started", PAGE) },
  "found unknown": { type: "found", payment: paymentOf("checking") },
  "found with the bank": { type: "found", payment: paymentOf("processing") },
  "found paid": { type: "found", payment: paymentOf("paid") },
  "found expired": { type: "found", payment: paymentOf("expired") },
  "not found": { type: "notFound", error: UNREACHED },
  "stopped": { type: "stopped", payment: paymentOf("canceled") },
  "stopped too late": { type: "stopped", payment: paymentOf("paid") },
  "not stopped": { type: "notStopped", error: UNREACHED },
  "placed": { type: "placed" },
  "fields ready": { type: "fieldsReady", needsEmail: true },
  "fields failed": { type: "fieldsFailed" },
  "checked, complete": { type: "checked", complete: true },
  "checked, missing": { type: "checked", complete: false },
  "declined": { type: "declined", declined: { byBank: true, ofCard: true, code: "generic_decline" } },
  "refused by no bank": { type: "declined", declined: { byBank: false, ofCard: true, code: null } },
  "confirmed": { type: "confirmed" },
  "waited": { type: "waited" },
  "restored": { type: "restored" },
  "left": { type: "left" },
} satisfies Record<string, Event>;

export type StateName = keyof typeof STATES;
export type EventName = keyof typeof EVENTS;

/** A move in one line: where it leads, and what is done. */
export function told(state: State, effects: { do: string }[]): string {
  return [labelOf(state), ...effects.map((effect) => effect.do)].join(" ");
}

function labelOf(state: State): string {
  switch (state.at) {
    case "choosing":
      return `choosing${state.quote ? ":quoted" : state.error ? ":refused" : ""}${state.asked ? ":asked" : ""}${state.pointed ? ":pointed" : ""}`;
    case "reviewing":
      return `reviewing${state.payment ? ":sent" : ""}${state.changed ? ":changed" : ""}${state.refused ? ":another" : ""}`;
    case "card":
      return `card:${state.fields}${state.kind === "card" ? "" : `:${state.kind}`}${state.early ? ":early" : ""}${state.missing.card ? ":missing" : ""}${state.declined ? ":declined" : ""}`;
    case "opening":
      return `opening${state.refused ? ":another" : ""}`;
    case "stopping":
      return `stopping<${labelOf(state.from)}>`;
    case "trouble":
      return `trouble:${state.retry}`;
    case "result":
      return `result${state.payment ? `:${state.payment.state}` : ""}${state.error ? ":refused" : ""}${state.busy ? `:${state.busy}` : ""}`;
    default:
      return state.at;
  }
}
