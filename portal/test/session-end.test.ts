import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { operationsOf } from "../src/api/calls";
import { ApiError, callOf, isAbort, problemOf } from "../src/api/client";
import type { Session } from "../src/api/schema";
import { endSession, PATIENCE_MS } from "../src/app/ending";
import { keepMark, keptMark, markOf, missedSignOut } from "../src/app/person";
import { forgetTold, hear, lastTold, tell } from "../src/app/tabs";
import { currentIntent, forgetIntent, keepIntent } from "../src/features/pay/intent";
import { SUBMITTED } from "./paying-fixtures";

const SESSION = { practice: "river", email: "maya@example.test" } as Session;
const LOST = { code: "session_required" };

/** The API over answers that the test gives, with who hears of them. */
function apiOf(answer: () => Promise<Response>) {
  const heard = { onAnswer: vi.fn(), onSessionLost: vi.fn() };
  const who = { person: 0 };
  vi.stubGlobal("fetch", answer);
  const api = operationsOf(callOf({ locale: () => "en", ...heard, person: () => who.person }));
  return { api, heard, who };
}

/** The storage of a browser, and what its tabs are told of it. */
function browser() {
  const storage = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
  };
  const listeners = new Set<(event: unknown) => void>();
  const window = {
    localStorage: storage(),
    sessionStorage: storage(),
    addEventListener: (_: string, listener: (event: unknown) => void) => void listeners.add(listener),
    dispatchEvent: () => true,
    removeEventListener: (_: string, listener: (event: unknown) => void) => void listeners.delete(listener),
  };
  vi.stubGlobal("window", window);
  return (key: string, newValue: string | null) => listeners.forEach((listener) => listener({ key, newValue }));
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("an answer", () => {
  it.each([
    ["somebody's session", Response.json(SESSION), true],
    ["a refusal", Response.json({ code: "not_found" }, { status: 404 }), true],
    ["nobody is signed in", Response.json(null), false],
    ["the session has ended", Response.json(LOST, { status: 401 }), false],
    ["a page of something in between", new Response("<html>"), false],
    ["such a page with 401", new Response("<html>", { status: 401 }), false],
    ["a failing server", Response.json({ code: "internal" }, { status: 500 }), false],
  ])("keeps the session only if it is one to somebody: %s", async (_, response, keeps) => {
    const { api, heard } = apiOf(async () => response);
    await api.getSession().catch(() => undefined);
    expect(heard.onAnswer).toHaveBeenCalledTimes(keeps ? 1 : 0);
  });

  it.each([
    ["data", () => Response.json({ id: "p1" })],
    ["a lost session", () => Response.json(LOST, { status: 401 })],
  ])("to who has left is nobody's: %s", async (_, response) => {
    let answer: (response: Response) => void = () => {};
    const { api, heard, who } = apiOf(() => new Promise((resolve) => (answer = resolve)));
    const asked = api.getPayment("a1", "p1").catch((error: unknown) => error);
    who.person++;
    answer(response());
    expect(isAbort(await asked)).toBe(true);
    expect(heard.onAnswer).not.toHaveBeenCalled();
    expect(heard.onSessionLost).not.toHaveBeenCalled();
  });
});

describe("ending a session", () => {
  const fails = (code: string) => () => Promise.reject(new ApiError(problemOf(code, 0)));

  it.each([
    ["the API says so", async () => undefined, fails("offline"), null],
    ["there was none any more", fails("session_required"), fails("offline"), null],
    ["the answer was lost, and nobody is signed in", fails("offline"), async () => null, null],
    ["the answer was lost, and somebody is", fails("offline"), async () => SESSION, "offline"],
    ["nothing can be reached", fails("offline"), fails("offline"), "offline"],
    ["the server fails", fails("server_trouble"), fails("server_trouble"), "server_trouble"],
  ])("is believed only of the API: %s", async (_, signOut, getSession, why) => {
    expect((await endSession({ signOut, getSession }))?.code ?? null).toBe(why);
  });

  it("does not wait for ever", async () => {
    vi.useFakeTimers();
    const held = (signal?: AbortSignal) =>
      new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));
    const ended = endSession({ signOut: held, getSession: held });
    await vi.advanceTimersByTimeAsync(2 * PATIENCE_MS);
    expect((await ended)?.code).toBe("offline");
  });
});

describe("a tab", () => {
  let toldByAnother: (key: string, newValue: string | null) => void;
  beforeEach(() => void (toldByAnother = browser()));

  it("knows whose it is without their address", async () => {
    const mark = await markOf(SESSION);
    expect(JSON.stringify(mark)).not.toContain("maya");
    expect((await markOf({ ...SESSION })).who).toBe(mark.who);
    expect((await markOf({ ...SESSION, email: "ben@example.test" })).who).not.toBe(mark.who);
    expect((await markOf({ ...SESSION, practice: "willow" })).who).not.toBe(mark.who);
    keepMark(mark);
    expect(keptMark()).toEqual(mark);
  });

  it("finds out later that somebody signed out while it was away", async () => {
    expect(missedSignOut()).toBe(false);
    keepMark(await markOf(SESSION));
    expect(missedSignOut()).toBe(false);
    tell("signed-out");
    expect(missedSignOut()).toBe(true);
    keepMark(await markOf(SESSION));
    expect(missedSignOut()).toBe(false);
  });

  it("goes on with no payment that an entry of its history keeps of another person", () => {
    const history = { state: null as unknown, replaceState: (state: unknown) => void (history.state = state) };
    vi.stubGlobal("history", history);
    vi.stubGlobal("location", { pathname: "/river/pay", search: "" });
    keepMark({ who: "maya", since: null });
    keepIntent(SUBMITTED);
    forgetIntent();
    expect(currentIntent(SUBMITTED.account)?.key).toBe(SUBMITTED.key);
    keepMark({ who: "ben", since: null });
    expect(currentIntent(SUBMITTED.account)).toBeNull();
  });

  it("hears news of other tabs from the storage where there are no channels, and not that they are forgotten", () => {
    const heard: unknown[] = [];
    const stop = hear((news, at) => void heard.push([news, at]));
    toldByAnother("billfold.signed-out", "5");
    toldByAnother("billfold.seen", null);
    toldByAnother("billfold.locale", "es");
    stop();
    toldByAnother("billfold.changed", "6");
    expect(heard).toEqual([["signed-out", 5]]);
  });

  it("leaves nothing of what was only for the ears of now", () => {
    tell("seen");
    tell("changed");
    expect([lastTold("seen") !== null, lastTold("changed")]).toEqual([true, null]);
    forgetTold("seen");
    expect(lastTold("seen")).toBeNull();
  });
});
