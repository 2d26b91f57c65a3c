import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Poll } from "../src/lib/use-poll";

describe("a poll", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("asks ever slower, and gives up on a page that nobody looks at", async () => {
    const ask = vi.fn();
    new Poll(ask);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ask).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(3_600_000);
    const asked = ask.mock.calls.length;
    expect(asked).toBeLessThan(45);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(ask).toHaveBeenCalledTimes(asked);
  });

  it("goes on after a question that failed", async () => {
    const ask = vi.fn(() => Promise.reject(new Error("offline")));
    const poll = new Poll(ask);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ask).toHaveBeenCalledTimes(2);
    poll.stop();
  });

  it("asks one question at a time, however often the page is looked at meanwhile", async () => {
    let answer = (): void => {};
    const ask = vi.fn(() => new Promise<void>((resolve) => (answer = resolve)));
    const poll = new Poll(ask);
    await vi.advanceTimersByTimeAsync(1_000);
    poll.hurry();
    poll.hurry();
    expect(ask).toHaveBeenCalledTimes(1);
    answer();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ask).toHaveBeenCalledTimes(2);
    poll.stop();
  });

  it("asks nothing more once it is stopped, whatever was under way", async () => {
    let answer = (): void => {};
    const ask = vi.fn(() => new Promise<void>((resolve) => (answer = resolve)));
    const poll = new Poll(ask);
    await vi.advanceTimersByTimeAsync(1_000);
    poll.hurry();
    poll.stop();
    answer();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
