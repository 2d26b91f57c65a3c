/** Amount and notes, and what they come to. The button always answers: with the next page, or with what is in the way. */
import type { ApiError } from "../../../api/client";
import type { Quote, Scope } from "../../../api/schema";
import { exponentOf } from "../../../lib/money";
import { parseAmount } from "../../../lib/typed-amount";
import { isEditable, scopeOf } from "../choice";
import { newIntent } from "../intent";
import { move, NOWHERE, type Choosing, type Effect, type Event, type Move } from "./state";

export function choose({ draft, currency, text, notes, how }: Extract<Event, { type: "chosen" }>): Move {
  const answer = { quote: null, error: null, shown: null };
  const state: Choosing = { at: "choosing", draft, currency, text, notes, how, scope: null, ...answer, asked: false, pointed: 0 };
  return typed(state, text);
}

export function choosing(state: Choosing, event: Event, key: string): Move {
  switch (event.type) {
    case "typed":
      return typed(state, event.text);
    case "noted":
      return kept({ ...state, notes: event.notes });
    case "picked":
      return kept({ ...state, how: event.how });
    case "next":
      return next(state, key);
    case "quoted":
      return isSame(state.scope, event.scope) ? quoted(state, event.quote, key) : move(state);
    case "notQuoted":
      return isSame(state.scope, event.scope) ? notQuoted(state, event.error) : move(state);
    case "closed":
      return move(NOWHERE, { do: "forgetTyped" }, { do: "close" });
    default:
      return move(state);
  }
}

/** Whether what the API refused is what stands in the amount's own field. */
export function isOfAmount({ draft, error }: Choosing): boolean {
  return isEditable(draft.choice) && error?.problem.field === "amount_minor";
}

function typed(last: Choosing, text: string): Move {
  const scope = meaning(last, text);
  if (scope && isSame(last.scope, scope)) {
    return kept({ ...last, text, asked: false });
  }
  const state: Choosing = { ...last, text, scope, quote: null, error: null, asked: false };
  return move(state, keepTyped(state), scope ? ask(state, scope, Boolean(last.shown || last.error)) : { do: "dropQuote" });
}

function next(state: Choosing, key: string): Move {
  if (state.quote) return begin(state, state.quote, key);
  if (!state.scope || isOfAmount(state)) return move({ ...state, pointed: state.pointed + 1 });
  const asked = { ...state, error: null, asked: true };
  return state.error ? move(asked, ask(state, state.scope, false)) : move(asked);
}

function quoted(state: Choosing, quote: Quote, key: string): Move {
  return state.asked ? begin(state, quote, key) : move({ ...state, quote, shown: quote, error: null });
}

function notQuoted(state: Choosing, error: ApiError): Move {
  return move({ ...state, error, quote: null, shown: null, asked: false, pointed: state.pointed + (state.asked ? 1 : 0) });
}

function begin({ draft, scope, notes, how }: Choosing, quote: Quote, key: string): Move {
  const intent = newIntent(key, draft.account, scope!, quote, notes.trim(), how);
  return move(NOWHERE, { do: "forgetTyped" }, { do: "begin", intent });
}

function ask({ draft }: Choosing, scope: Scope, afterPause: boolean): Effect {
  return { do: "quote", account: draft.account, scope, afterPause };
}

function kept(state: Choosing): Move {
  return move(state, keepTyped(state));
}

function keepTyped({ draft, text, notes, how }: Choosing): Effect {
  return { do: "keepTyped", draft, typed: { text, notes, how } };
}

function meaning({ draft, currency }: Choosing, text: string): Scope | null {
  const parsed = parseAmount(text, exponentOf(currency), currency);
  return scopeOf(draft.choice, parsed.kind === "amount" && parsed.amountMinor > 0 ? parsed.amountMinor : null);
}

function isSame(one: Scope | null, other: Scope | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
