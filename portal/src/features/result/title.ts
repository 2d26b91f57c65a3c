import type { Payment } from "../../api/schema";
import type { Key } from "../../i18n";
import { byPayPal } from "../../lib/ways";

/** Those that speak of a bank, where PayPal took the payment. */
const AT_PAYPAL: Partial<Record<Payment["state"], Key>> = {
  processing: "result.processingPayPal",
  disputed: "result.disputedPayPal",
  charged_back: "result.chargedBackPayPal",
  returned: "result.returnedPayPal",
};

export function titleKey(payment: Pick<Payment, "state" | "ways">): Key {
  return (byPayPal(payment) ? AT_PAYPAL[payment.state] : undefined) ?? `result.${payment.state}`;
}
