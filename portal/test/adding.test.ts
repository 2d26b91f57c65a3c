import { describe, expect, it } from "vitest";

import type { SetUp, SetUpRequest } from "../src/api/schema";
import { addingStep, askingOf, begun, formOf, type AddEffect, type AddEvent, type Adding } from "../src/features/methods/adding";
import { FIELDS, PAGE, UNREACHED } from "./paying-fixtures";

const BODY: SetUpRequest = { way: "card", make_default: true, label: "HSA", consent: "2026-11" };
const HOLDER = { name: " Maya Lindqvist ", zip: " 97201 " };
const setUp = (state: SetUp["state"], next: SetUp["next"] = null): SetUp => ({ id: "s1", way: "card", state, method_id: null, next, replaced: false });
const DECLINED: AddEvent = { type: "declined", declined: { byBank: true, ofCard: true, code: "generic_decline" } };

/** Where these events lead, and all that was done on the way. */
function after(first: Adding, events: AddEvent[], byPage = true): { state: Adding; done: AddEffect[] } {
  let state = first;
  const done: AddEffect[] = [];
  for (const event of events) {
    const move = addingStep(state, event, byPage);
    state = move.state;
    done.push(...move.effects);
  }
  return { state, done };
}

const kinds = (done: AddEffect[]): string[] => done.map((effect) => effect.do);
const AT_FIELDS: AddEvent[] = [{ type: "sent", body: BODY }, { type: "started", setUp: setUp("started", FIELDS) }, { type: "placed" }, { type: "fieldsReady" }];

describe("adding without paying (S16)", () => {
  it("is begun once, however often it is sent, and saved once, however often the button is pressed", () => {
    const pressed: AddEvent = { type: "pressed", holder: HOLDER };
    const { state, done } = after(formOf("card"), [
      { type: "sent", body: BODY }, ...AT_FIELDS, pressed, pressed, { type: "checked", complete: true }, pressed, { type: "confirmed" }, { type: "confirmed" },
    ]);
    expect(kinds(done)).toEqual(["start", "mount", "validate", "confirm", "unmount", "check"]);
    expect(done[3]).toEqual({ do: "confirm", holder: { name: "Maya Lindqvist", zip: "97201" } });
    expect(state).toMatchObject({ at: "asking", canceling: false });
  });

  it("goes on with the same form where it did not begin", () => {
    const { state } = after(formOf("bank"), [{ type: "sent", body: BODY }, { type: "notStarted", error: UNREACHED }]);
    expect(state).toEqual({ at: "form", way: "bank", busy: false, error: UNREACHED });
  });

  it("leads to the processor's page, or says at once what was begun and ended before", () => {
    expect(begun(setUp("started", PAGE)).effects).toEqual([{ do: "redirect", url: PAGE.url }]);
    expect(begun(setUp("saved"))).toEqual({ state: { at: "done", setUp: setUp("saved") }, effects: [] });
  });

  it("says all that is missing at once", () => {
    const { state, done } = after(formOf("card"), [...AT_FIELDS, { type: "pressed", holder: { name: "", zip: "" } }, { type: "checked", complete: false }]);
    expect(state).toMatchObject({ fields: "ready", missing: { card: true, name: true, zip: true, asked: 1 } });
    expect(kinds(done)).not.toContain("confirm");
  });

  it("asks a bank account, a wallet and other currencies' cards for no holder; a wallet is not waited for", () => {
    const wallet = after(formOf("card"), [...AT_FIELDS, { type: "turned", kind: "wallet" }, { type: "pressed", holder: { name: "", zip: "" } }]);
    expect(wallet.done.slice(-1)).toEqual([{ do: "confirm", holder: null }]);
    const euros = after(formOf("card"), [...AT_FIELDS, { type: "pressed", holder: { name: "", zip: "" } }, { type: "checked", complete: true }], false);
    expect(euros.done.slice(-1)).toEqual([{ do: "confirm", holder: null }]);
  });

  it("may be followed by another card after a no", () => {
    const pressed: AddEvent = { type: "pressed", holder: HOLDER };
    const once: AddEvent[] = [pressed, { type: "checked", complete: true }];
    const { state, done } = after(formOf("card"), [...AT_FIELDS, ...once, DECLINED, ...once]);
    expect(kinds(done).filter((kind) => kind === "confirm")).toHaveLength(2);
    expect(state).toMatchObject({ fields: "confirming", declined: null });
  });

  it("is over where it was canceled in another tab meanwhile, and may be tried again where it was not", () => {
    const refused: AddEvent = { type: "declined", declined: { byBank: false, ofCard: false, code: null } };
    const pressed: AddEvent[] = [{ type: "pressed", holder: HOLDER }, { type: "checked", complete: true }, refused];
    const { state, done } = after(formOf("card"), [...AT_FIELDS, ...pressed]);
    expect([state, done.slice(-1)]).toMatchObject([{ fields: "asking" }, [{ do: "check", id: "s1" }]]);
    const over = after(formOf("card"), [...AT_FIELDS, ...pressed, { type: "told", setUp: setUp("ended") }]);
    expect(over.state).toEqual({ at: "done", setUp: setUp("ended") });
    for (const answer of [{ type: "told", setUp: setUp("started") }, { type: "notTold", error: UNREACHED }] as const) {
      const open = after(formOf("card"), [...AT_FIELDS, ...pressed, answer]);
      expect(open.state).toMatchObject({ fields: "ready", declined: { byBank: false } });
    }
  });

  it("is let go at the processor, too, but not while it is being saved", () => {
    expect(kinds(after(formOf("card"), [...AT_FIELDS, { type: "cancel" }]).done).slice(-2)).toEqual(["unmount", "cancel"]);
    const busy = after(formOf("card"), [...AT_FIELDS, { type: "pressed", holder: HOLDER }, { type: "checked", complete: true }, { type: "cancel" }]);
    expect(kinds(busy.done)).not.toContain("cancel");
    expect(after(formOf("card"), [{ type: "cancel" }]).state).toEqual({ at: "done", setUp: null });
  });

  it("asks again where nobody told what became of it", () => {
    const asking = askingOf(setUp("started"), false);
    const { state, done } = after(asking, [{ type: "again" }, { type: "notTold", error: UNREACHED }, { type: "again" }, { type: "told", setUp: setUp("saved") }]);
    expect(done).toEqual([{ do: "check", id: "s1" }]);
    expect(state).toEqual({ at: "done", setUp: setUp("saved") });
  });

  it("loads fields again that failed, and answers a press that was early", () => {
    const { state, done } = after(formOf("card"), [
      ...AT_FIELDS.slice(0, 3), { type: "pressed", holder: HOLDER }, { type: "fieldsFailed" }, { type: "again" },
    ]);
    expect(kinds(done)).toEqual(["start", "mount", "mount"]);
    expect(state).toMatchObject({ fields: "loading", early: false });
  });

  it("moves nobody by what does not apply", () => {
    const form = formOf("card");
    for (const event of [{ type: "placed" }, { type: "confirmed" }, { type: "again" }, DECLINED] as AddEvent[]) {
      expect(addingStep(form, event, true).state).toBe(form);
      const done: Adding = { at: "done", setUp: null };
      expect(addingStep(done, event, true)).toEqual({ state: done, effects: [] });
    }
  });
});
