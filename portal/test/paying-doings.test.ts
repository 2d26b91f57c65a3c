import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { operationsOf, type Api } from "../src/api/calls";
import { callOf } from "../src/api/client";
import type { Payment } from "../src/api/schema";
import { doingsOf, type Ports } from "../src/features/pay/machine/doings";
import type { Event } from "../src/features/pay/machine/state";
import { paymentOf, QUOTE, SCOPE, SUBMITTED } from "./paying-fixtures";

const ASK = { do: "quote", account: "a1", scope: SCOPE, afterPause: true } as const;
const START = { do: "start", intent: SUBMITTED } as const;

/** The real doings with an API whose answers the test gives. */
function withApi(api: Partial<Api>) {
  const told: Event[] = [];
  const doings = doingsOf(() => ({ api }) as Ports);
  return { doings, told, tell: (event: Event) => void told.push(event) };
}

/** As the browser: an answer that is not waited for any more is an AbortError. */
const held = (signal?: AbortSignal) =>
  new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));

describe("what paying does", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("asks for a quote after a pause in typing, and only for the last amount", async () => {
    const getQuote = vi.fn(async () => QUOTE);
    const { doings, told, tell } = withApi({ getQuote });
    doings.quote(ASK, tell);
    await vi.advanceTimersByTimeAsync(200);
    doings.quote(ASK, tell);
    await vi.advanceTimersByTimeAsync(249);
    expect(getQuote).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(getQuote).toHaveBeenCalledTimes(1);
    expect(told).toEqual([{ type: "quoted", scope: SCOPE, quote: QUOTE }]);
  });

  it("breaks off a question that nobody waits for, and tells nothing of it", async () => {
    const signals: AbortSignal[] = [];
    const getQuote = (_: string, __: unknown, signal?: AbortSignal) => (signals.push(signal!), held(signal));
    const { doings, told, tell } = withApi({ getQuote });
    doings.quote({ ...ASK, afterPause: false }, tell);
    await vi.advanceTimersByTimeAsync(0);
    doings.dropQuote({ do: "dropQuote" }, tell);
    await vi.advanceTimersByTimeAsync(0);
    expect(signals[0]!.aborted).toBe(true);
    expect(told).toEqual([]);
  });

  const answers = {
    offline: [() => Promise.reject(new TypeError("Failed to fetch")), "offline"],
    "500 without a problem": [() => Promise.resolve(new Response("<html>", { status: 500 })), "server_trouble"],
    "an item in flight": [() => Promise.resolve(Response.json({ code: "item_in_flight" }, { status: 409 })), "item_in_flight"],
  } as const;

  it.each(Object.entries(answers))("tells that it was not started: %s", async (_, [fetched, code]) => {
    vi.stubGlobal("fetch", fetched);
    const api = operationsOf(callOf({ locale: () => "en", onAnswer: () => {}, onSessionLost: () => {}, person: () => 0 }));
    const { doings, told, tell } = withApi(api);
    doings.start(START, tell);
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toMatchObject([{ type: "notStarted", intent: SUBMITTED, error: { code } }]);
  });

  it("sends under the intent's key, and looks again while another request of the same payment is at the processor", async () => {
    const answersOf: Payment[] = [paymentOf("checking"), paymentOf("started")];
    const startPayment = vi.fn(async () => paymentOf("checking"));
    vi.stubGlobal("window", globalThis);
    const { doings, told, tell } = withApi({ startPayment, getPayment: async () => answersOf.shift()! });
    doings.start(START, tell);
    await vi.advanceTimersByTimeAsync(1200);
    expect(startPayment).toHaveBeenCalledWith("a1", SUBMITTED.body, "key");
    expect(told).toEqual([{ type: "started", intent: SUBMITTED, payment: paymentOf("started") }]);
  });

  it("looks again where the browser is still on the page long after it was to leave: the reader has stopped it", async () => {
    const assign = vi.fn();
    vi.stubGlobal("location", { assign });
    const { doings, told, tell } = withApi({});
    doings.redirect({ do: "redirect", url: "https://pay.example/p1" }, tell);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toEqual([{ type: "waited" }]);
    expect(assign.mock.calls).toEqual([["https://pay.example/p1"]]);
  });

  it("hears from any answer that the session is lost, whoever asked", async () => {
    const onSessionLost = vi.fn();
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ code: "session_required" }, { status: 401 })));
    const api = operationsOf(callOf({ locale: () => "es", onAnswer: () => {}, onSessionLost, person: () => 0 }));
    const { doings, told, tell } = withApi(api);
    doings.look({ do: "look", account: "a1", id: "p1" }, tell);
    await vi.advanceTimersByTimeAsync(0);
    expect(onSessionLost).toHaveBeenCalledTimes(1);
    expect(told).toMatchObject([{ type: "notFound" }]);
  });
});
