import type { Scope } from "../../api/schema";
import type { Words } from "../../i18n";

/** The button that charges. S13: of a balance or an invoice it names the amount. T13: of services it says what it does. */
export function confirmWords({ t }: Words, scope: Scope, amount: string): string {
  return isOfServices(scope) ? t("pay.make") : t("pay.button", { amount });
}

/** The same in two steps (T14). */
export function submitWords({ t }: Words, scope: Scope, amount: string): string {
  return isOfServices(scope) ? t("pay.submit") : t("pay.button", { amount });
}

function isOfServices({ type }: Scope): boolean {
  return type === "service" || type === "services";
}
