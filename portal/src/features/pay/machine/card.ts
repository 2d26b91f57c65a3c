/** At the processor's fields: they load, are looked at, and confirm the payment, once at a time. */
import type { Inline, Payment } from "../../../api/schema";
import { looksLikeEmail } from "../../../ui/EmailField";
import type { Intent } from "../intent";
import { move, NOWHERE, type AtCard, type Declined, type Event, type Missing, type Move } from "./state";

const NOTHING: Missing = { card: false, email: false, asked: 0 };

export function atCard(intent: Intent, payment: Payment, next: Inline): AtCard {
  const asked = { needsEmail: false, email: "", early: false, missing: NOTHING, declined: null };
  return { at: "card", intent, payment, next, fields: "loading", ...asked };
}

/** What the fields and the button beside them do. */
export function filling(state: AtCard, event: Event): Move {
  switch (event.type) {
    case "placed":
      return move({ ...state, fields: "loading" }, { do: "mount", next: state.next });
    case "again":
      return state.fields === "failed" ? move({ ...state, fields: "loading", early: false }, { do: "mount", next: state.next }) : move(state);
    case "fieldsReady":
      return state.fields === "loading" ? move({ ...state, fields: "ready", needsEmail: event.needsEmail }) : move(state);
    case "fieldsFailed":
      return state.fields === "loading" || state.fields === "ready" ? move({ ...state, fields: "failed" }) : move(state);
    case "pressed":
      return pressed(state, event.email);
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

function pressed(state: AtCard, email: string): Move {
  if (state.fields === "loading") return move({ ...state, early: true });
  return state.fields === "ready" ? move({ ...state, fields: "checking", email }, { do: "validate" }) : move(state);
}

/** All that is missing is said at once. */
function checked(state: AtCard, complete: boolean): Move {
  const { needsEmail, email } = state;
  const missing = { card: !complete, email: needsEmail && !looksLikeEmail(email), asked: state.missing.asked + 1 };
  if (missing.card || missing.email) return move({ ...state, fields: "ready", missing });
  return move({ ...state, fields: "confirming", missing, declined: null }, { do: "confirm", email: needsEmail ? email.trim() : null });
}
