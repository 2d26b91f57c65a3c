/** At the processor's fields: they load, are looked at, and confirm the payment, once at a time. */
import type { Inline, Payment } from "../../../api/schema";
import { looksLikeEmail } from "../../../ui/EmailField";
import type { Intent } from "../intent";
import { move, NOWHERE, type AtCard, type Declined, type Event, type Filled, type Holder, type Missing, type Move } from "./state";

export const NOTHING: Missing = { card: false, name: false, zip: false, email: false, asked: 0 };
const UNFILLED: Filled = { email: "", name: "", zip: "" };

export function atCard(intent: Intent, payment: Payment, next: Inline): AtCard {
  const asked = { needsEmail: false, kind: firstKind(payment), filled: UNFILLED, early: false, missing: NOTHING, declined: null };
  return { at: "card", intent, payment, next, fields: "loading", ...asked };
}

/** The fields begin with a card, where there is one. */
function firstKind({ ways }: Payment): AtCard["kind"] {
  return ways.includes("card") ? "card" : "bank";
}

/** S11: whose card it is, and the ZIP code of its bills, are asked beside the fields. Other currencies' cards have no ZIP code. */
export function asksHolder({ kind, payment }: Pick<AtCard, "kind" | "payment">): boolean {
  return kind === "card" && pageAsksHolder(payment);
}

export function pageAsksHolder({ currency }: Pick<Payment, "currency">): boolean {
  return currency === "USD";
}

/** What the fields and the button beside them do. */
export function filling(state: AtCard, event: Event): Move {
  switch (event.type) {
    case "placed":
      return mount(state);
    case "again":
      return state.fields === "failed" ? mount({ ...state, early: false }) : move(state);
    case "fieldsReady":
      return state.fields === "loading" ? move({ ...state, fields: "ready", needsEmail: event.needsEmail }) : move(state);
    case "fieldsFailed":
      return state.fields === "loading" || state.fields === "ready" ? move({ ...state, fields: "failed" }) : move(state);
    case "turned":
      return event.kind === state.kind ? move(state) : move({ ...state, kind: event.kind, missing: { ...NOTHING, asked: state.missing.asked } });
    case "pressed":
      return pressed(state, event.filled);
    case "checked":
      return state.fields === "checking" ? checked(state, event.complete) : move(state);
    case "declined":
      return state.fields === "confirming" ? declined(state, event.declined) : move(state);
    case "confirmed":
      return state.fields === "confirming" ? move(NOWHERE, { do: "toResult", payment: state.payment }) : move(state);
    default:
      return move(state);
  }
}

/** Where no bank was asked, the payment may have been paid, canceled or ended elsewhere: in another tab, or after its time. */
function declined(state: AtCard, declined: Declined): Move {
  if (declined.byBank) return move({ ...state, fields: "ready", declined });
  const { account_id: account, id } = state.payment;
  return move({ ...state, fields: "asking", declined }, { do: "check", account, id });
}

function mount(state: AtCard): Move {
  const byPage = pageAsksHolder(state.payment);
  return move({ ...state, fields: "loading", kind: firstKind(state.payment) }, { do: "mount", next: state.next, byPage });
}

/** A wallet's own window may open only while the press counts: nothing is waited for. */
function pressed(state: AtCard, filled: Filled): Move {
  if (state.fields === "loading") return move({ ...state, early: true });
  if (state.fields !== "ready") return move(state);
  const pressed: AtCard = { ...state, fields: "checking", filled };
  return state.kind === "wallet" ? checked(pressed, true) : move(pressed, { do: "validate" });
}

/** All that is missing is said at once. */
function checked(state: AtCard, complete: boolean): Move {
  const { needsEmail, filled } = state;
  const holder = asksHolder(state) ? holderIn(filled) : null;
  const email = needsEmail && !looksLikeEmail(filled.email);
  const missing = { ...missingOf(complete, holder), email, asked: state.missing.asked + 1 };
  if (isMissing(missing)) return move({ ...state, fields: "ready", missing });
  const known = needsEmail ? filled.email.trim() : null;
  return move({ ...state, fields: "confirming", missing, declined: null }, { do: "confirm", email: known, holder });
}

export function holderIn({ name, zip }: Holder): Holder {
  return { name: name.trim(), zip: zip.trim() };
}

/** `holder`: null where nobody asks for it. */
export function missingOf(complete: boolean, holder: Holder | null): Pick<Missing, "card" | "name" | "zip"> {
  return { card: !complete, name: holder?.name === "", zip: holder !== null && !looksLikeZip(holder.zip) };
}

export function isMissing({ card, name, zip, email }: Missing): boolean {
  return card || name || zip || email;
}

/** Of other countries, too: theirs have letters. */
function looksLikeZip(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9 -]{2,9}$/.test(text);
}
