/** Attempts of which nothing came are folded together where they stand: they are there for who asks. */
import type { Payment } from "../../api/schema";

/** One payment, or attempts that follow one another in the list. */
export type Listed = { payment: Payment } | { attempts: Payment[] };

export function listed(payments: Payment[]): Listed[] {
  const rows: Listed[] = [];
  for (const payment of payments) {
    const last = rows.at(-1);
    if (!isAttempt(payment)) rows.push({ payment });
    else if (last && "attempts" in last) last.attempts.push(payment);
    else rows.push({ attempts: [payment] });
  }
  return rows;
}

/** Let go, or left. Money that the practice had entered and took back names no ways to pay, and is none. */
const isAttempt = ({ state, ways }: Payment): boolean => (state === "canceled" || state === "expired") && ways.length > 0;
