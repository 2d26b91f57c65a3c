/** What somebody has chosen to pay, before it is a payment. Lives in the history entry of the open dialog. */
import type { Scope } from "../../api/schema";

export type Choice =
  | { kind: "balance" }
  | { kind: "service"; chargeId: string }
  | { kind: "services"; chargeIds: string[] }
  | { kind: "amount" };

export interface Draft {
  account: string;
  choice: Choice;
  /** Filled in again when somebody comes back to change it. */
  amountMinor?: number;
  /** The amount as it stands in the field, finished or not: it survives a reload and a new sign-in. */
  text?: string;
  notes?: string;
}

/** T7, T8: one service from its row, or another amount, may be changed; everything else is paid as quoted. */
export function isEditable(choice: Choice): boolean {
  return choice.kind === "service" || choice.kind === "amount";
}

/** Null while the amount is still missing. */
export function scopeOf(choice: Choice, amountMinor: number | null): Scope | null {
  switch (choice.kind) {
    case "balance":
      return { type: "balance" };
    case "services":
      return { type: "services", charge_ids: choice.chargeIds };
    case "service":
      return amountMinor === null ? null : { type: "service", charge_id: choice.chargeId, amount_minor: amountMinor };
    case "amount":
      return amountMinor === null ? null : { type: "amount", amount_minor: amountMinor };
  }
}

/** The way back from a scope to the dialog it came from. */
export function draftOf(account: string, scope: Scope, notes: string): Draft {
  switch (scope.type) {
    case "balance":
      return { account, choice: { kind: "balance" }, notes };
    case "services":
      return { account, choice: { kind: "services", chargeIds: scope.charge_ids }, notes };
    case "service":
      return { account, choice: { kind: "service", chargeId: scope.charge_id }, amountMinor: scope.amount_minor, notes };
    case "amount":
      return { account, choice: { kind: "amount" }, amountMinor: scope.amount_minor, notes };
  }
}
