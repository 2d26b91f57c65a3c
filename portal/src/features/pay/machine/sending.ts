/** From what was chosen to the processor: one payment, whatever is pressed, reloaded or lost. */
import type { ApiError } from "../../../api/client";
import type { Payment, Quote } from "../../../api/schema";
import { draftOf } from "../choice";
import { ANEW, newIntent, paidWith, withoutNotes, type Intent } from "../intent";
import { atCard, filling } from "./card";
import {
  move,
  NOWHERE,
  type AtCard,
  type Event,
  type Leaving,
  type Move,
  type Opening,
  type Reviewing,
  type Sending,
  type Stopping,
  type Trouble,
} from "./state";

/** What the same body would be told again. */
const FOR_GOOD: ReadonlySet<string> = new Set(["idempotency_key_reused", "notice_unacknowledged", "way_unavailable"]);

/** Another one may be chosen, and only the payer can. */
const OF_METHOD: ReadonlySet<string> = new Set([
  "consent_stale",
  "cvc_missing",
  "method_expired",
  "method_not_found",
  "method_not_ready",
  "method_refused",
  "saving_disabled",
]);

/** A reload, the Back button or a new sign-in goes on with the payment that was begun. */
export function open({ intent, sendsAtOnce }: Extract<Event, { type: "opened" }>): Move {
  if (!intent) return move(NOWHERE, { do: "toBilling", payment: null });
  // A saved one is charged by the payer's own press, and by nothing before it.
  const asksFirst = intent.how.method !== null && !intent.submitted;
  return sendsAtOnce && !intent.paymentId && !asksFirst ? send(intent, null) : reopen(intent);
}

export function opening(state: Opening, event: Event, key: string): Move {
  const { intent, refused } = state;
  switch (event.type) {
    case "quoted":
      if (intent.paymentId) return move(state);
      return isAgreed(intent, event.quote)
        ? move({ at: "reviewing", intent, quote: event.quote, payment: null, changed: false, refused })
        : askAgain(intent, event.quote, key, refused);
    case "found":
      return show(intent, event.payment);
    case "notQuoted":
    case "notFound":
      return move(trouble(intent, event.error, "open"));
    default:
      return way(state, event);
  }
}

export function reviewing(state: Reviewing, event: Event): Move {
  if (event.type === "restored") return reopen(state.intent);
  if (event.type === "picked") return state.payment ? move(state) : picked(state, paidWith(state.intent, event.how));
  if (event.type !== "pay") return way(state, event);
  const { intent, quote, payment } = state;
  return payment?.next?.type === "redirect" ? leaveFor(intent, payment, payment.next.url) : send(withCvc(intent, event.cvc), quote);
}

export function sending(state: Sending, event: Event, key: string): Move {
  const { intent, quote } = state;
  if (event.type === "started" && event.intent.key === intent.key) return started(sentAs(intent, event.payment), event.payment);
  if (event.type !== "notStarted" || event.intent.key !== intent.key) return move(state);
  const { code, problem } = event.error;
  if (code === "quote_stale" && problem.quote) return askAgain(intent, problem.quote, key);
  if (OF_METHOD.has(code)) return offerAnother(intent, event.error, key);
  return move(trouble(intent, event.error, FOR_GOOD.has(code) ? null : "send", quote));
}

/** Back from the processor's page, this page may come out of the browser's memory as it was left; or it was never left. */
export function leaving(state: Leaving, event: Event): Move {
  switch (event.type) {
    case "restored":
    case "waited":
      return move(state, ...reopen(state.intent).effects);
    case "found":
      return show(state.intent, event.payment);
    case "notFound":
      return move(trouble(state.intent, event.error, "open"));
    default:
      return move(state);
  }
}

export function atCardForm(state: AtCard, event: Event): Move {
  const { intent, next } = state;
  switch (event.type) {
    case "restored":
      return move(state, ...reopen(intent).effects);
    case "found":
      return isAt(event.payment, next.client_secret) ? move({ ...answered(state), payment: event.payment }) : show(intent, event.payment);
    case "notFound":
      return state.fields === "asking" ? move(trouble(intent, event.error, "open")) : move(state);
    case "stop":
    case "change":
      return way(state, event);
    default:
      return filling(state, event);
  }
}

export function inTrouble(state: Trouble, event: Event): Move {
  const { intent, quote, retry } = state;
  if (event.type !== "again" && event.type !== "restored") return way(state, event);
  if (retry === "send") return send(intent, quote);
  if (retry === "open") return reopen(intent);
  return event.type === "again" ? move(NOWHERE, { do: "toBilling", payment: null }) : move(state);
}

/** The fields stay meanwhile: what they were asked before may still be answered, and nothing more is asked of them. */
export function stopping(state: Stopping, event: Event): Move {
  const { from } = state;
  switch (event.type) {
    case "stopped":
      return move(NOWHERE, { do: "forget" }, { do: isOver(event.payment) ? "toBilling" : "toResult", payment: event.payment });
    case "notStopped":
      return move(trouble(from.intent, event.error, "open"));
    case "change":
      return way(from, event);
    case "turned":
      return from.at === "card" ? within(state, filling(from, event)) : move(state);
    case "checked":
      return from.at === "card" && from.fields === "checking" ? move({ ...state, from: { ...from, fields: "ready" } }) : move(state);
    case "fieldsReady":
    case "fieldsFailed":
    case "declined":
    case "confirmed":
      return from.at === "card" ? within(state, filling(from, event)) : move(state);
    default:
      return move(state);
  }
}

function within(state: Stopping, { state: from, effects }: Move): Move {
  if (from === state.from) return move(state);
  return from.at === "card" ? move({ ...state, from }, ...effects) : move(from, ...effects);
}

/** What can be done at any stage that waits for the payer. */
export function way(state: Stopping["from"], event: Event): Move {
  const { intent } = state;
  const { scope, amount_minor, notes } = intent.body;
  switch (event.type) {
    case "stop":
      return intent.paymentId
        ? move({ at: "stopping", from: state }, { do: "cancel", account: intent.account, id: intent.paymentId })
        : move(NOWHERE, { do: "forget" }, { do: "toBilling", payment: null });
    case "change":
      return move(NOWHERE, {
        do: "choose",
        draft: draftOf(intent.account, scope),
        typed: {
          amountMinor: amount_minor,
          notes: ("payment" in state && state.payment?.notes) || notes,
          how: intent.how,
        },
      });
    default:
      return move(state);
  }
}

export function isOver({ state }: Payment): boolean {
  return state === "canceled" || state === "expired";
}

/** An intent whose payment the API knows: its notes are kept there, not here. */
export function sentAs(intent: Intent, payment: Payment): Intent {
  return { ...withoutNotes(intent), submitted: true, paymentId: payment.id };
}

/** What was sent is sent again under its key until there is an answer; only what was not may be quoted anew. */
export function reopen(intent: Intent): Move {
  const { account, paymentId, submitted } = intent;
  if (paymentId) return move({ at: "opening", intent, refused: null }, { do: "look", account, id: paymentId });
  if (submitted) return send(intent, null);
  return quoteAnew(intent, null);
}

/** Where a payment is that the API knows. */
export function show(intent: Intent, payment: Payment): Move {
  if (payment.state !== "started" || !payment.next) return move(NOWHERE, { do: "toResult", payment });
  if (payment.next.type === "inline") return move(atCard(intent, payment, payment.next));
  return move({ at: "reviewing", intent, quote: null, payment, changed: false, refused: null });
}

function send(intent: Intent, quote: Quote | null): Move {
  const submitted = { ...intent, submitted: true };
  return move({ at: "sending", intent: submitted, quote }, { do: "keep", intent: submitted }, { do: "start", intent: submitted });
}

function started(intent: Intent, payment: Payment): Move {
  const { state, effects } =
    payment.state === "started" && payment.next?.type === "redirect"
      ? leaveFor(intent, payment, payment.next.url)
      : show(intent, payment);
  return move(state, { do: "keep", intent }, ...effects);
}

function leaveFor(intent: Intent, payment: Payment, url: string): Move {
  return move({ at: "leaving", intent, payment }, { do: "redirect", url });
}

/** The old body was refused for good, or is never sent, so the new quote is a new intent with a key of its own. */
function askAgain(intent: Intent, quote: Quote, key: string, refused: ApiError | null = null): Move {
  const { scope, notes } = intent.body;
  const renewed = newIntent(key, intent.account, scope, quote, notes, intent.how);
  return move({ at: "reviewing", intent: renewed, quote, payment: null, changed: true, refused }, { do: "keep", intent: renewed });
}

function withCvc(intent: Intent, cvc: string | undefined): Intent {
  return cvc ? { ...intent, body: { ...intent.body, cvc_token: cvc } } : intent;
}

function quoteAnew(intent: Intent, refused: ApiError | null): Move {
  const { account, body } = intent;
  return move({ at: "opening", intent, refused }, { do: "quote", account, scope: body.scope, afterPause: false });
}

function picked(state: Reviewing, intent: Intent): Move {
  return move({ ...state, intent }, { do: "keep", intent });
}

/** Nothing was charged, and that attempt is over: what is chosen next is another one, under a key of its own. */
function offerAnother(intent: Intent, error: ApiError, key: string): Move {
  const { notice, method: refused } = intent.how;
  const how = { ...ANEW, picked: true, refused, notice: notice && { ...notice, read: false } };
  const another = { ...paidWith(intent, how), key, submitted: false, paymentId: null };
  const { state, effects } = quoteAnew(another, error);
  return move(state, { do: "keep", intent: another }, ...effects);
}

/** Whether these very fields still pay it. */
function isAt({ state, next }: Payment, clientSecret: string): boolean {
  return state === "started" && next?.type === "inline" && next.client_secret === clientSecret;
}

/** Another card may be tried: it still is to be paid here. */
function answered(state: AtCard): AtCard {
  return state.fields === "asking" ? { ...state, fields: "ready" } : state;
}

function isAgreed({ body }: Intent, quote: Quote): boolean {
  return quote.quote === body.quote && quote.amount_minor === body.amount_minor;
}

function trouble(intent: Intent, error: ApiError, retry: Trouble["retry"], quote: Quote | null = null): Trouble {
  return { at: "trouble", intent, quote, error, retry };
}
