import type { Key } from "../../i18n";
import type { Declined } from "./machine/state";

const WHY_DECLINED: Record<string, Key> = {
  insufficient_funds: "card.noFunds",
  expired_card: "card.expired",
  incorrect_cvc: "card.wrongCode",
  processing_error: "card.notProcessed",
  authentication_required: "card.notConfirmed",
};

/**
 * One sentence of our own, in the page's language; what else banks tell is no more than that they said no.
 * The processor's own may be in another language, and about its workings.
 */
export function declinedKey({ byBank, ofCard, code }: Declined): Key {
  if (!byBank) return "card.refused";
  if (!ofCard) return "card.anyDeclined";
  return code === null ? "card.notConfirmed" : (WHY_DECLINED[code] ?? "card.declined");
}
