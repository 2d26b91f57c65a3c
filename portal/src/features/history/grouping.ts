/** What an insurer did stands under the session that it did it for. */
import type { HistoryRow, Invoice } from "../../api/schema";
import type { Key } from "../../i18n";

export interface Entry {
  /** What the entry is: of an insurer's rows without their session, the newest. */
  row: HistoryRow;
  /** What insurers did for that session, in the order of the list. */
  insurer: HistoryRow[];
}

const INSURERS: readonly string[] = ["insurance_payment", "insurance_adjustment"];

export const isInsurers = (row: HistoryRow): boolean => INSURERS.includes(row.kind);

/** How a service, or an invoice, stands: the same states, but not all the same words. */
export const statusKey = ({ kind, status }: HistoryRow): Key | null => {
  if (!status) return null;
  return kind === "invoice" ? `invoice.status.${status as Invoice["status"]}` : `status.${status}`;
};

/** What a row says that moved money to a bank, or from it, and nothing of what is owed: an amount of $0.00 would say nothing. */
export function heldKey(row: HistoryRow): Key | null {
  if (row.amount_minor || !row.disputed_minor) return null;
  return row.disputed_minor > 0 ? "history.heldByBank" : "history.paidAfterAll";
}

/** The rows one by one, in their order, but an insurer's under its session; or together, where that is not shown yet. */
export function grouped(rows: HistoryRow[]): Entry[] {
  const parts = rows.filter(isInsurers);
  const sessions = new Set(rows.filter((row) => row.kind === "service").map((row) => row.charge_id));
  const of = (row: HistoryRow): HistoryRow[] => parts.filter((part) => part.charge_id === row.charge_id);
  return rows.flatMap((row) => {
    if (!isInsurers(row)) return { row, insurer: row.kind === "service" ? of(row) : [] };
    const together = of(row);
    return sessions.has(row.charge_id) || row !== together[0] ? [] : { row, insurer: together };
  });
}
