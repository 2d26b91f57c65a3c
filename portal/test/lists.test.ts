import { describe, expect, it } from "vitest";

import { ALL, countKey, noneKey } from "../src/features/history/use-range";
import { wholeMonth } from "../src/lib/dates";
import { byYear } from "../src/lib/years";

describe("rows by year", () => {
  it("keep their order", () => {
    expect(byYear(["2026-01-02", "2025-12-31", "2025-01-01"], (date) => date)).toEqual([
      ["2026", ["2026-01-02"]],
      ["2025", ["2025-12-31", "2025-01-01"]],
    ]);
    expect(byYear([], String)).toEqual([]);
  });
});

describe("a period", () => {
  it("is called by its month where it is one", () => {
    expect(wholeMonth("2026-10-01", "2026-10-31", "en")).toBe("October 2026");
    expect(wholeMonth("2026-10-01", "2026-10-31", "es")).toBe("Octubre de 2026");
    expect(wholeMonth("2024-02-01", "2024-02-29", "en")).toBe("February 2024");
    expect(wholeMonth("2026-12-01", "2026-12-31", "en")).toBe("December 2026");
  });

  it("is no month where it is shorter or longer", () => {
    expect(wholeMonth("2026-10-01", "2026-10-30", "en")).toBeNull();
    expect(wholeMonth("2026-10-02", "2026-10-31", "en")).toBeNull();
    expect(wholeMonth("2025-10-01", "2026-10-31", "en")).toBeNull();
  });
});

describe("the dates of a list", () => {
  const some = { from: "", to: "2026-10-31" };

  it("are only spoken of where there are any", () => {
    expect([countKey(some, false), countKey(some, true), noneKey(some)]).toEqual(["range.found", "range.foundFirst", "history.noneInRange"]);
    expect([countKey(ALL, false), countKey(ALL, true), noneKey(ALL)]).toEqual(["more.all", "more.shown", "history.none"]);
  });
});
