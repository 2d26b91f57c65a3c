import type { Api } from "../../api/calls";
import type { Payment } from "../../api/schema";

const OPENING_LOOKS = 5;
const OPENING_PAUSE_MS = 600;

/** Sent twice, as by a reload, the second answer may come while the first is still at the processor: look again. */
export async function onceOpen(api: Api, payment: Payment): Promise<Payment> {
  let seen = payment;
  for (let look = 0; look < OPENING_LOOKS && seen.state === "checking"; look++) {
    await new Promise((resolve) => window.setTimeout(resolve, OPENING_PAUSE_MS));
    seen = await api.getPayment(payment.account_id, payment.id);
  }
  return seen;
}
