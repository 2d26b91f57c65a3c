import type { Method } from "../../api/schema";
import type { How } from "./intent";

export function canPay({ state, expires }: Method): boolean {
  return state === "ready" && expires !== "expired";
}

/** What the page chooses before the payer has: the default, or the first that can pay. Null where it is chosen well already. */
export function presetOf(methods: Method[], how: How): How | null {
  const usable = methods.filter(canPay);
  if (how.picked && (how.method === null || usable.some(({ id }) => id === how.method))) return null;
  const first = usable.find((method) => method.default) ?? usable[0];
  if ((first?.id ?? null) === how.method) return null;
  return { ...how, method: first?.id ?? null, save: null };
}
