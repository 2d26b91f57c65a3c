import { describe, expect, it } from "vitest";

import type { Method } from "../src/api/schema";
import { draftOf } from "../src/features/pay/choice";
import { ANEW, paidWith, type How } from "../src/features/pay/intent";
import { Paying, type Doings } from "../src/features/pay/machine/paying";
import type { Effect, Event } from "../src/features/pay/machine/state";
import { presetOf } from "../src/features/pay/preset";
import {
  DRAFT, EVENTS, FIELDS, NEWER, PAGE, paymentOf, problem, QUOTE, SAVED, SCOPE, SENT, SUBMITTED, UNREACHED, UNSENT, WITH_SAVED,
} from "./paying-fixtures";

/** Somebody on the way, of whom everything that is done is written down, and nothing answered by itself. */
function begin(first: Event) {
  const done: Effect[] = [];
  const note = (effect: Effect): void => void done.push(effect);
  const doings = new Proxy({} as Doings, { get: () => note });
  const paying = new Paying(doings, first);
  paying.start(() => {});
  const dispatch = (...events: Event[]): void => events.forEach(paying.dispatch);
  const all = <K extends Effect["do"]>(kind: K) => done.filter((effect): effect is Extract<Effect, { do: K }> => effect.do === kind);
  return { paying, done, dispatch, all };
}

const OPENED_TO_REVIEW = EVENTS["opened to review"];
const QUOTED: Event = { type: "quoted", scope: SCOPE, quote: QUOTE };
const AGAIN: Event = { type: "again" };
const PAY: Event = { type: "pay" };

describe("one intent is one payment", () => {
  it("however often the button is pressed", () => {
    const { dispatch, all } = begin(OPENED_TO_REVIEW);
    dispatch(QUOTED, PAY, PAY, PAY);
    expect(all("start")).toHaveLength(1);
  });

  it("when its answer is lost, offline or in a server that fails: it is sent again under the same key", () => {
    const { dispatch, all } = begin(EVENTS["opened for the card"]);
    dispatch({ type: "notStarted", intent: SUBMITTED, error: UNREACHED }, AGAIN, EVENTS["not started, 500"], AGAIN);
    expect(all("start").map(({ intent }) => intent)).toEqual([SUBMITTED, SUBMITTED, SUBMITTED]);
  });

  it("after a reload before any answer: what was sent is sent again, never quoted anew", () => {
    const { done } = begin({ type: "opened", intent: SUBMITTED, sendsAtOnce: false });
    expect(done.map((effect) => effect.do)).toEqual(["keep", "start"]);
  });

  it("after a reload at the card, or a new sign-in: the payment is looked up", () => {
    const { paying, dispatch, done } = begin({ type: "opened", intent: SENT, sendsAtOnce: true });
    expect(done).toEqual([{ do: "look", account: "a1", id: "p1" }]);
    dispatch({ type: "found", payment: paymentOf("started", FIELDS) });
    expect(paying.state.at).toBe("card");
  });

  it("is kept as sent before it is sent, and without its notes once the API has them", () => {
    const { dispatch, done, all } = begin(EVENTS["opened for the card"]);
    expect(done.map((effect) => effect.do)).toEqual(["keep", "start"]);
    expect(all("keep")[0]!.intent.submitted).toBe(true);
    dispatch({ type: "started", intent: SUBMITTED, payment: paymentOf("started", FIELDS) });
    expect(all("keep")[1]!.intent).toEqual(SENT);
  });
});

describe("a quote that no longer holds", () => {
  it("is shown and asked again, under a key of its own, with the notes", () => {
    const { paying, dispatch, all } = begin(EVENTS["opened for the card"]);
    dispatch({ type: "notStarted", intent: SUBMITTED, error: problem("quote_stale", { quote: NEWER }) });
    expect(paying.state).toMatchObject({ at: "reviewing", changed: true, quote: NEWER });
    dispatch(PAY);
    const [first, second] = all("start").map(({ intent }) => intent);
    expect(second!.key).not.toBe(first!.key);
    expect(second!.body).toEqual({ ...UNSENT.body, quote: NEWER.quote, amount_minor: NEWER.amount_minor });
  });

  it("is seen before anything is sent where the last step is a review", () => {
    const { paying, dispatch, all } = begin(OPENED_TO_REVIEW);
    dispatch({ type: "quoted", scope: SCOPE, quote: NEWER });
    expect(paying.state).toMatchObject({ at: "reviewing", changed: true });
    expect(all("start")).toEqual([]);
  });
});

describe("an answer after its page was left", () => {
  const LEFT: Event = { type: "left" };

  it("moves nobody; what was started is kept for the tab, to go on with", () => {
    const { paying, dispatch, done } = begin(EVENTS["opened for the card"]);
    dispatch(LEFT, { type: "started", intent: SUBMITTED, payment: paymentOf("started", PAGE) });
    expect(paying.state.at).toBe("nowhere");
    expect(done.at(-1)).toEqual({ do: "keepForTab", intent: SENT });
  });

  it("that says no is not said to anybody", () => {
    const { dispatch, done } = begin(EVENTS["opened for the card"]);
    dispatch(LEFT);
    const before = done.length;
    dispatch(EVENTS["not started, quote_stale"], EVENTS["not started, offline"]);
    expect(done).toHaveLength(before);
  });

  it("of the card fields, too: a session that ended in the middle has taken them away", () => {
    const { dispatch, done } = begin({ type: "opened", intent: SENT, sendsAtOnce: true });
    dispatch({ type: "found", payment: paymentOf("started", FIELDS) }, { type: "placed" }, LEFT);
    expect(done.at(-1)).toEqual({ do: "unmount" });
    dispatch({ type: "fieldsReady", needsEmail: false }, { type: "confirmed" });
    expect(done.at(-1)).toEqual({ do: "unmount" });
  });
});

describe("the card", () => {
  const atFields = () => {
    const way = begin({ type: "opened", intent: SENT, sendsAtOnce: true });
    way.dispatch({ type: "found", payment: paymentOf("started", FIELDS) }, { type: "placed" }, { type: "fieldsReady", needsEmail: true });
    return way;
  };
  const FILLED = { email: " maya@example.test ", name: " Maya Lindqvist ", zip: " 97201 " };
  const HOLDER = { name: "Maya Lindqvist", zip: "97201" };
  const PRESSED: Event = { type: "pressed", filled: FILLED };
  const COMPLETE: Event = { type: "checked", complete: true };

  it("is confirmed once, however often the button is pressed", () => {
    const { dispatch, all } = atFields();
    dispatch(PRESSED, PRESSED, COMPLETE, PRESSED, COMPLETE);
    expect(all("confirm")).toEqual([{ do: "confirm", email: "maya@example.test", holder: HOLDER }]);
  });

  it("has its holder's name and ZIP code asked beside it (S11), a wallet has not, and neither has another currency's", () => {
    const { dispatch, all, paying } = atFields();
    expect(all("mount")).toEqual([{ do: "mount", next: FIELDS, byPage: true }]);
    dispatch({ type: "pressed", filled: { ...FILLED, name: " ", zip: "9" } }, COMPLETE);
    expect(paying.state).toMatchObject({ fields: "ready", missing: { card: false, name: true, zip: true, email: false } });
    dispatch({ type: "turned", kind: "wallet" }, { type: "pressed", filled: { ...FILLED, name: "", zip: "" } });
    expect(all("confirm")).toEqual([{ do: "confirm", email: "maya@example.test", holder: null }]);
    const abroad = begin({ type: "opened", intent: SENT, sendsAtOnce: true });
    abroad.dispatch({ type: "found", payment: { ...paymentOf("started", FIELDS), currency: "EUR" } }, { type: "placed" });
    abroad.dispatch({ type: "fieldsReady", needsEmail: false }, { type: "pressed", filled: { email: "", name: "", zip: "" } }, COMPLETE);
    expect(abroad.all("mount")).toEqual([{ do: "mount", next: FIELDS, byPage: false }]);
    expect(abroad.all("confirm")).toEqual([{ do: "confirm", email: null, holder: null }]);
  });

  it("that a wallet has is confirmed while the press counts: its window would not open later", () => {
    const { dispatch, all } = atFields();
    dispatch({ type: "turned", kind: "wallet" }, PRESSED, PRESSED);
    expect(all("validate")).toEqual([]);
    expect(all("confirm")).toHaveLength(1);
  });

  it("that is declined may be followed by another; the words about the first go when the second is asked", () => {
    const { paying, dispatch, all } = atFields();
    dispatch(PRESSED, COMPLETE, { type: "declined", declined: { byBank: true, ofCard: true, code: "expired_card" } });
    expect(paying.state).toMatchObject({ fields: "ready", declined: { code: "expired_card" } });
    dispatch(PRESSED, COMPLETE);
    expect(paying.state).toMatchObject({ fields: "confirming", declined: null });
    dispatch({ type: "confirmed" });
    expect(all("toResult")).toHaveLength(1);
  });

  it("that no bank was asked about is looked up: nobody is told to try another where it is paid, or over", () => {
    for (const what of ["found paid", "found expired"] as const) {
      const { paying, dispatch, all } = atFields();
      dispatch(PRESSED, COMPLETE, EVENTS["refused by no bank"], PRESSED, COMPLETE);
      expect(all("check")).toEqual([{ do: "check", account: "a1", id: "p1" }]);
      dispatch(EVENTS[what]);
      expect([paying.state.at, all("toResult").length, all("confirm").length]).toEqual(["nowhere", 1, 1]);
    }
  });

  it("that no bank was asked about may be followed by another while it still is to be paid", () => {
    const { paying, dispatch, all } = atFields();
    dispatch(PRESSED, COMPLETE, EVENTS["refused by no bank"], { type: "found", payment: paymentOf("started", FIELDS) });
    expect(paying.state).toMatchObject({ fields: "ready", declined: { byBank: false } });
    dispatch(PRESSED, COMPLETE);
    expect(all("confirm")).toHaveLength(2);
  });

  it("has all that is missing said at once, and is not confirmed", () => {
    const { paying, dispatch, all } = atFields();
    dispatch({ type: "pressed", filled: { ...FILLED, email: "nobody" } }, { type: "checked", complete: false });
    expect(paying.state).toMatchObject({ fields: "ready", missing: { card: true, name: false, zip: false, email: true, asked: 1 } });
    expect(all("confirm")).toEqual([]);
  });

  it("is not confirmed any more once the payment is being canceled", () => {
    const { dispatch, all } = atFields();
    dispatch(PRESSED, { type: "stop" }, COMPLETE, PRESSED, COMPLETE);
    expect(all("confirm")).toEqual([]);
    expect(all("cancel")).toHaveLength(1);
  });

  it("that went through while it was being canceled leads to its result", () => {
    const { dispatch, all } = atFields();
    dispatch(PRESSED, COMPLETE, { type: "stop" }, { type: "confirmed" });
    expect(all("toResult")).toHaveLength(1);
  });
});

describe("canceling", () => {
  it("forgets what was never sent, notes and all", () => {
    const { dispatch, done } = begin(OPENED_TO_REVIEW);
    dispatch(QUOTED, { type: "stop" });
    expect(done.slice(-2)).toEqual([{ do: "forget" }, { do: "toBilling", payment: null }]);
  });

  it("that did not work can be looked at again", () => {
    const { paying, dispatch, all } = begin({ type: "opened", intent: SENT, sendsAtOnce: true });
    dispatch({ type: "found", payment: paymentOf("started", PAGE) }, { type: "stop" }, { type: "stop" }, { type: "notStopped", error: UNREACHED });
    expect(paying.state).toMatchObject({ at: "trouble", retry: "open" });
    dispatch(AGAIN);
    expect(all("cancel")).toHaveLength(1);
    expect(all("look")).toHaveLength(2);
  });
});

describe("amount and notes", () => {
  const CHOSEN: Event = { type: "chosen", draft: DRAFT, currency: "USD", text: "80", notes: "", how: ANEW };
  const OTHER = { ...SCOPE, amount_minor: 3000 };

  it("lead on when the button was pressed before the answer, and only with the answer to what is typed", () => {
    const { dispatch, all } = begin(CHOSEN);
    dispatch({ type: "typed", text: "30" }, { type: "noted", notes: " for both " }, { type: "next" }, QUOTED);
    expect(all("begin")).toEqual([]);
    dispatch({ type: "quoted", scope: OTHER, quote: NEWER });
    expect(all("begin")[0]!.intent.body).toEqual({ scope: OTHER, quote: NEWER.quote, amount_minor: NEWER.amount_minor, notes: "for both" });
  });

  it("are not led on by a press that typing has taken back", () => {
    const { dispatch, all } = begin(CHOSEN);
    dispatch({ type: "next" }, { type: "typed", text: "30" }, { type: "quoted", scope: OTHER, quote: NEWER });
    expect(all("begin")).toEqual([]);
  });

  it("are kept as they stand in the fields, finished or not", () => {
    const { dispatch, all } = begin(CHOSEN);
    dispatch({ type: "typed", text: "31." }, { type: "noted", notes: "for" });
    expect(all("keepTyped").at(-1)).toEqual({ do: "keepTyped", draft: DRAFT, typed: { text: "31.", notes: "for", how: ANEW } });
  });

  it("come back with the payment's own notes when they are to be changed", () => {
    const { dispatch, all } = begin({ type: "opened", intent: SENT, sendsAtOnce: true });
    dispatch({ type: "found", payment: paymentOf("started", FIELDS) }, { type: "change" });
    expect(all("choose")).toEqual([{ do: "choose", draft: DRAFT, typed: { amountMinor: 8000, notes: "for both", how: ANEW } }]);
  });
});

describe("the way to pay, where its payer chooses one", () => {
  const CHOSEN: Event = { type: "chosen", draft: DRAFT, currency: "USD", text: "80", notes: "", how: { ...ANEW, way: "card" } };
  const BY_PAYPAL: How = { ...ANEW, way: "paypal", picked: true };
  const PICKED: Event = { type: "picked", how: BY_PAYPAL };
  const NEXT: Event = { type: "next" };

  it("is part of what is sent under the key; without a choice nothing is said of it", () => {
    const { dispatch, all } = begin(CHOSEN);
    dispatch(QUOTED, PICKED, NEXT);
    expect(all("begin")[0]!.intent.body.way).toBe("paypal");
    const other = begin({ ...CHOSEN, how: ANEW });
    other.dispatch(QUOTED, NEXT);
    expect(other.all("begin")[0]!.intent.body).not.toHaveProperty("way");
  });

  it("asks for no other quote, and is kept as what is typed", () => {
    const { dispatch, all } = begin(CHOSEN);
    dispatch(QUOTED, PICKED);
    expect(all("quote")).toHaveLength(1);
    expect(all("keepTyped").at(-1)!.typed.how.way).toBe("paypal");
  });

  it("is chosen still when the amount is to be changed, and when the quote no longer holds", () => {
    const intent = paidWith(UNSENT, BY_PAYPAL);
    const { dispatch, all } = begin({ type: "opened", intent, sendsAtOnce: false });
    dispatch({ type: "quoted", scope: SCOPE, quote: NEWER }, { type: "change" });
    expect(all("keep")[0]!.intent.body.way).toBe("paypal");
    expect(all("choose")[0]!.typed.how.way).toBe("paypal");
  });

  it("that is offered no more is never sent again", () => {
    const { paying, dispatch, all } = begin(EVENTS["opened for the card"]);
    dispatch(EVENTS["not started, way_unavailable"], AGAIN);
    expect(all("start")).toHaveLength(1);
    expect(paying.state.at).toBe("nowhere");
  });
});

describe("a saved method (T13, T14)", () => {
  const REFUSED = problem("method_refused", {}, 402);

  it("is charged by the payer's own press, in one flow as in the other, and named with nothing else", () => {
    for (const sendsAtOnce of [true, false]) {
      const { dispatch, all } = begin({ type: "opened", intent: WITH_SAVED, sendsAtOnce });
      expect(all("start")).toEqual([]);
      dispatch(QUOTED, { type: "pay" });
      const { body } = all("start")[0]!.intent;
      expect([body.method, "way" in body, "save" in body]).toEqual(["m1", false, false]);
    }
  });

  it("that its bank did not confirm is paid with something else, and nothing is typed again", () => {
    const { paying, dispatch, all } = begin({ type: "returned", account: "a1", id: "p1" });
    dispatch({ type: "found", payment: paymentOf("expired") }, { type: "anew", intent: { ...WITH_SAVED, paymentId: "p1" } });
    const { scope, amount_minor: amountMinor, notes } = WITH_SAVED.body;
    expect(all("choose")).toMatchObject([{ draft: draftOf(WITH_SAVED.account, scope), typed: { amountMinor, notes, how: { method: null, picked: true, refused: "m1" } } }]);
    expect(paying.state).toEqual({ at: "nowhere" });
  });

  it("that is refused is never charged again by itself: another one is offered, under another key", () => {
    const { paying, dispatch, all } = begin({ type: "opened", intent: WITH_SAVED, sendsAtOnce: true });
    dispatch(QUOTED, { type: "pay" });
    const first = all("start")[0]!.intent;
    dispatch({ type: "notStarted", intent: first, error: REFUSED }, QUOTED);
    expect(paying.state).toMatchObject({ at: "reviewing", refused: { code: "method_refused" }, intent: { how: { method: null, picked: true, refused: "m1" }, submitted: false } });
    expect(all("start")).toHaveLength(1);
    dispatch({ type: "picked", how: { ...ANEW, method: "m2", picked: true } }, { type: "pay" });
    const second = all("start")[1]!.intent;
    expect(second.body.method).toBe("m2");
    expect(second.key).not.toBe(first.key);
    expect(second.body.notes).toBe("for both");
  });

  it("whose answer was lost is asked for again under its key, not chosen anew", () => {
    const { paying, dispatch, all } = begin({ type: "opened", intent: WITH_SAVED, sendsAtOnce: false });
    dispatch(QUOTED, { type: "pay" });
    const first = all("start")[0]!.intent;
    dispatch({ type: "notStarted", intent: first, error: UNREACHED }, { type: "picked", how: ANEW }, AGAIN);
    expect(all("start").map(({ intent }) => [intent.key, intent.body])).toEqual([[first.key, first.body], [first.key, first.body]]);
    expect(paying.state.at).toBe("sending");
  });

  it("that is chosen in the second window is kept for a reload (T14), and so is the tick (T15)", () => {
    const { dispatch, all } = begin({ type: "opened", intent: UNSENT, sendsAtOnce: false });
    dispatch(QUOTED, { type: "picked", how: { ...ANEW, save: "2026-11", picked: true } });
    expect(all("keep").at(-1)!.intent.body).toMatchObject({ save: "2026-11" });
    dispatch({ type: "picked", how: SAVED });
    expect(all("keep").at(-1)!.intent.how).toEqual(SAVED);
    expect(all("keep").at(-1)!.intent.body).not.toHaveProperty("save");
  });

  it("has its security code with it where that is asked, and never another time", () => {
    const { dispatch, all } = begin({ type: "opened", intent: WITH_SAVED, sendsAtOnce: true });
    dispatch(QUOTED, { type: "pay", cvc: "cvctok_1" });
    const first = all("start")[0]!.intent;
    expect(first.body.cvc_token).toBe("cvctok_1");
    dispatch({ type: "notStarted", intent: first, error: problem("quote_stale", { quote: NEWER }) });
    expect(all("keep").at(-1)!.intent.body).not.toHaveProperty("cvc_token");
  });

  it("that wants its bank's question leads to the bank's page, and comes back as every payment", () => {
    const { dispatch, all } = begin({ type: "opened", intent: WITH_SAVED, sendsAtOnce: true });
    dispatch(QUOTED, { type: "pay" });
    dispatch({ type: "started", intent: all("start")[0]!.intent, payment: paymentOf("started", PAGE) });
    expect(all("redirect")).toEqual([{ do: "redirect", url: PAGE.url }]);
  });
});

describe("what the page chooses before the payer has", () => {
  const method = (id: string, more: Partial<Method> = {}) => ({ id, state: "ready", expires: null, default: false, ...more }) as Method;
  const [old, first, other] = [method("old", { expires: "expired", default: true }), method("first"), method("other", { expires: "soon", default: true })];

  it("is the default that can pay, else the first that can, else a new one", () => {
    expect(presetOf([first, other], ANEW)?.method).toBe("other");
    expect(presetOf([old, first], ANEW)?.method).toBe("first");
    expect(presetOf([old, method("w", { state: "waiting" })], ANEW)).toBeNull();
    expect(presetOf([], ANEW)).toBeNull();
  });

  it("is never another than the payer chose, as long as it can pay", () => {
    expect(presetOf([first, other], { ...ANEW, picked: true })).toBeNull();
    expect(presetOf([first, other], { ...ANEW, method: "first", picked: true })).toBeNull();
    expect(presetOf([other], { ...ANEW, method: "gone", picked: true })?.method).toBe("other");
    expect(presetOf([], { ...ANEW, method: "gone", picked: true })?.method).toBeNull();
  });
});
