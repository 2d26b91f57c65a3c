import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { IdleClock } from "../src/app/idle-clock";

const MINUTE_MS = 60_000;

function clockOf(idleMinutes: number) {
  const told = { left: vi.fn(), end: vi.fn(), ask: vi.fn() };
  const clock = new IdleClock(idleMinutes * 60, told);
  clock.answered();
  return { clock, told };
}

describe("the idle clock", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("warns two minutes before the end, counts them, and ends a minute before the API does", () => {
    const { told } = clockOf(15);
    vi.advanceTimersByTime(11.5 * MINUTE_MS);
    expect(told.left.mock.lastCall).toEqual([null]);
    vi.advanceTimersByTime(MINUTE_MS);
    expect(told.left.mock.lastCall).toEqual([2]);
    vi.advanceTimersByTime(MINUTE_MS);
    expect(told.left.mock.lastCall).toEqual([1]);
    expect(told.end).not.toHaveBeenCalled();
    vi.advanceTimersByTime(MINUTE_MS);
    expect(told.end).toHaveBeenCalledTimes(1);
  });

  it("begins anew with each answer", () => {
    const { clock, told } = clockOf(15);
    vi.advanceTimersByTime(13 * MINUTE_MS);
    clock.answered();
    expect(told.left.mock.lastCall).toEqual([null]);
    vi.advanceTimersByTime(13 * MINUTE_MS);
    expect(told.end).not.toHaveBeenCalled();
  });

  it("asks once a minute while it is used, and not under the warning", () => {
    const { clock, told } = clockOf(15);
    clock.used();
    expect(told.ask).not.toHaveBeenCalled();
    vi.advanceTimersByTime(MINUTE_MS);
    clock.used();
    clock.used();
    expect(told.ask).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(11.5 * MINUTE_MS);
    clock.used();
    expect(told.ask).toHaveBeenCalledTimes(1);
  });

  it("begins anew with an answer to another tab, also where nothing is kept", () => {
    const { clock, told } = clockOf(15);
    vi.advanceTimersByTime(13 * MINUTE_MS);
    clock.heard(Date.now());
    vi.advanceTimersByTime(13 * MINUTE_MS);
    expect(told.end).not.toHaveBeenCalled();
  });

  it("ends when it is looked at after a sleep in which no timer ran", () => {
    const { clock, told } = clockOf(15);
    vi.setSystemTime(Date.now() + 9 * 60 * MINUTE_MS);
    expect(told.end).not.toHaveBeenCalled();
    clock.look();
    expect(told.end).toHaveBeenCalledTimes(1);
  });

  it("counts from now when the computer's clock was set back, and asks again", () => {
    const { clock, told } = clockOf(15);
    vi.setSystemTime(Date.now() - 3 * 60 * MINUTE_MS);
    clock.used();
    expect(told.ask).toHaveBeenCalledTimes(1);
    clock.look();
    vi.advanceTimersByTime(14.5 * MINUTE_MS);
    expect(told.end).toHaveBeenCalledTimes(1);
  });

  it("says nothing more once it is stopped", () => {
    const { clock, told } = clockOf(15);
    clock.stop();
    told.left.mockClear();
    vi.advanceTimersByTime(20 * MINUTE_MS);
    expect(told.left).not.toHaveBeenCalled();
    expect(told.end).not.toHaveBeenCalled();
  });
});
