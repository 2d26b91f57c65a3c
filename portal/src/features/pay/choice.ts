/** What somebody has chosen to pay, before it is a payment. Lives in the history entry of the open dialog; what is typed there: typed.ts. */
import type { Scope } from "../../api/schema";

export type Choice =
  | { kind: "balance" }
  | { kind: "service"; chargeId: string }
  | { kind: "services"; chargeIds: string[] }
  | { kind: "amount" }
  | { kind: "invoice"; documentId: string };

export interface Draft {
  account: string;
  choice: Choice;
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
    case "invoice":
      return { type: "invoice", document_id: choice.documentId };
    case "services":
      return { type: "services", charge_ids: choice.chargeIds };
    case "service":
      return amountMinor === null ? null : { type: "service", charge_id: choice.chargeId, amount_minor: amountMinor };
    case "amount":
      return amountMinor === null ? null : { type: "amount", amount_minor: amountMinor };
  }
}

/** The way back from a scope to the dialog it came from. */
export function draftOf(account: string, scope: Scope): Draft {
  switch (scope.type) {
    case "services":
      return { account, choice: { kind: "services", chargeIds: scope.charge_ids } };
    case "service":
      return { account, choice: { kind: "service", chargeId: scope.charge_id } };
    case "invoice":
      return { account, choice: { kind: "invoice", documentId: scope.document_id } };
    default:
      return { account, choice: { kind: scope.type } };
  }
}
