/** What has become of a payment: asked until it is final; one that is not finished goes on, or is let go. */
import type { Payment } from "../../../api/schema";
import { draftOf } from "../choice";
import { ANEW, type Intent } from "../intent";
import { isOver } from "./sending";
import { move, NOWHERE, type Effect, type Event, type Move, type Result } from "./state";

/** `approved`: its payer comes back from having done that. */
export function ask({ account, id, approved }: { account: string; id: string; approved?: boolean }): Move {
  const asked: Effect = { do: "check", account, id, ...(approved && { approved }) };
  return move({ at: "result", account, id, payment: null, error: null, busy: "asking" }, asked);
}

export function known(payment: Payment): Move {
  return move({ at: "result", account: payment.account_id, id: payment.id, payment, error: null, busy: null });
}

export function result(state: Result, event: Event): Move {
  const { account, id, payment, busy } = state;
  switch (event.type) {
    case "found":
      return move({ ...state, payment: event.payment, error: null, busy: left(state, "asking") }, ...forgetting(event.payment));
    case "notFound":
      return move({ ...state, error: event.error, busy: left(state, "asking") });
    case "again":
      return busy ? move(state) : move({ ...state, busy: "asking" }, { do: "check", account, id });
    case "waited":
      return busy ? move(state) : move({ ...state, busy: "asking" }, { do: asks(payment) ? "check" : "look", account, id });
    case "goOn":
      return canGoOn(state) ? move(state, { do: "goOn", payment: payment! }) : move(state);
    case "anew":
      return event.intent.paymentId === id && isUnpaid(payment) ? anew(event.intent) : move(state);
    case "stop":
      return canGoOn(state) ? move({ ...state, error: null, busy: "stopping" }, { do: "cancel", account, id }) : move(state);
    case "stopped":
      if (busy !== "stopping") return move(state);
      if (isOver(event.payment)) return move(NOWHERE, { do: "forget" }, { do: "toBilling", payment: event.payment });
      return move({ ...state, payment: event.payment, busy: null }, { do: "forget" }, { do: "toResult", payment: event.payment });
    case "notStopped":
      return busy === "stopping" ? move({ ...state, error: event.error, busy: null }) : move(state);
    default:
      return move(state);
  }
}

function anew({ account, body, how }: Intent): Move {
  const { scope, amount_minor: amountMinor, notes } = body;
  const typed = { amountMinor, notes, how: { ...ANEW, picked: true, refused: how.method } };
  return move(NOWHERE, { do: "choose", draft: draftOf(account, scope), typed });
}

/** It ended, and nothing was charged. Who canceled it wants no other. */
export function isUnpaid(payment: Payment | null): boolean {
  return payment?.state === "expired" || payment?.state === "failed";
}

function canGoOn({ payment, busy }: Result): boolean {
  return payment?.state === "started" && busy !== "stopping";
}

/** With the bank it takes days, of which the processor tells us: no need to ask it. */
function asks(payment: Payment | null): boolean {
  return payment?.state !== "processing" && payment?.state !== "paid";
}

function left({ busy }: Result, done: Result["busy"]): Result["busy"] {
  return busy === done ? null : busy;
}

/** What the tab keeps is of use only while the payer can go on. */
function forgetting({ state }: Payment): Effect[] {
  return state === "started" ? [] : [{ do: "forget" }];
}
