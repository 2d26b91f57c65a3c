import { describe, expect, it } from "vitest";

import type { HistoryRow } from "../src/api/schema";
import { grouped, heldKey } from "../src/features/history/grouping";

const row = (id: string, kind: HistoryRow["kind"], charge_id: string | null): HistoryRow =>
  ({ id, kind, charge_id }) as HistoryRow;

const shape = (rows: HistoryRow[]) => grouped(rows).map((entry) => [entry.row.id, entry.insurer.map((part) => part.id)]);

describe("an insurer's rows", () => {
  const paid = row("5", "insurance_payment", "c1");
  const lowered = row("4", "insurance_adjustment", "c1");
  const session = row("2", "service", "c1");

  it("stand under their session, wherever they came in the list", () => {
    expect(shape([paid, row("3", "service", "c2"), lowered, session])).toEqual([
      ["3", []],
      ["2", ["5", "4"]],
    ]);
  });

  it("stand together while their session is not shown yet", () => {
    expect(shape([row("9", "insurance_payment", "c9"), paid, row("3", "payment", null), lowered])).toEqual([
      ["9", ["9"]],
      ["5", ["5", "4"]],
      ["3", []],
    ]);
  });

  it("never take what the client did with them", () => {
    expect(shape([row("7", "write_off", "c1"), session])).toEqual([
      ["7", []],
      ["2", []],
    ]);
  });
});

describe("S14: a row that only moved money to a bank, or from it", () => {
  const moved = (amount_minor: number, disputed_minor: number): HistoryRow => ({ amount_minor, disputed_minor }) as HistoryRow;

  it("says what the bank holds, or holds no more, instead of $0.00", () => {
    expect(heldKey(moved(0, 18000))).toBe("history.heldByBank");
    expect(heldKey(moved(0, -18000))).toBe("history.paidAfterAll");
  });

  it("shows its amount once that is owed again, and so does every other row", () => {
    expect(heldKey(moved(18000, -18000))).toBeNull();
    expect(heldKey(moved(0, 0))).toBeNull();
  });
});
