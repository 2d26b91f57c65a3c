import { describe, expect, it } from "vitest";

import type { Payment } from "../src/api/schema";
import { listed } from "../src/features/payments/attempts";
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

describe("payments", () => {
  const payment = (id: string, state: Payment["state"], ...ways: Payment["ways"]): Payment => ({ id, state, ways }) as Payment;
  const shape = (...payments: Payment[]) =>
    listed(payments).map((row) => ("payment" in row ? row.payment.id : row.attempts.map(({ id }) => id)));

  it("stand one by one, and attempts of which nothing came together between them", () => {
    expect(
      shape(
        payment("7", "canceled", "card"),
        payment("6", "expired", "card"),
        payment("5", "paid", "card"),
        payment("4", "canceled", "bank"),
        payment("3", "failed", "card"),
        payment("2", "returned", "bank"),
        payment("1", "refunded", "card"),
      ),
    ).toEqual([["7", "6"], "5", ["4"], "3", "2", "1"]);
  });

  it("that the practice entered and took back are no attempts: money had moved", () => {
    expect(shape(payment("1", "canceled"))).toEqual(["1"]);
  });
});
