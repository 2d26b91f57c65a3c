import { describe, expect, it, vi } from "vitest";

import { firstPages, type Page } from "../src/lib/use-pages";

const LIST: Record<string, Page<number>> = {
  "": { rows: [9, 8], next: "b" },
  b: { rows: [7, 6], next: "c" },
  c: { rows: [5], next: null },
};

describe("a list that is loaded again", () => {
  const load = vi.fn(async (cursor = "") => LIST[cursor]!);

  it("has as many pages as it had, in one", async () => {
    expect(await firstPages(1, load)).toEqual({ rows: [9, 8], next: "b" });
    expect(await firstPages(2, load)).toEqual({ rows: [9, 8, 7, 6], next: "c" });
    expect(await firstPages(3, load)).toEqual({ rows: [9, 8, 7, 6, 5], next: null });
  });

  it("ends where it ends, be it shorter than it was", async () => {
    load.mockClear();
    expect(await firstPages(9, load)).toEqual({ rows: [9, 8, 7, 6, 5], next: null });
    expect(load).toHaveBeenCalledTimes(3);
  });
});
