/** The ways to pay that a practice offers, and what they are called: one alone by its name, several together. */
import type { PracticeProfile } from "../api/schema";
import type { Key } from "../i18n";

type Settings = PracticeProfile["payments"];
export type Way = "card" | "bank";

export function waysOf({ bank_debits }: Settings): Way[] {
  return bank_debits ? ["card", "bank"] : ["card"];
}

interface Called {
  next: Key;
  page: Key;
  form: Key;
  review: Key;
  missing: Key;
  declined: Key;
  safe: Key;
  noMore: Key;
  footer: Key;
}

const CARD: Called = {
  next: "pay.toCard",
  page: "pay.cardTitle",
  form: "card.title",
  review: "review.text",
  missing: "card.missing",
  declined: "card.declinedText",
  safe: "card.safe",
  noMore: "result.noMore",
  footer: "footer.cards",
};

const SEVERAL: Called = {
  next: "pay.toAny",
  page: "pay.anyTitle",
  form: "card.anyTitle",
  review: "review.anyText",
  missing: "card.anyMissing",
  declined: "card.anyDeclinedText",
  safe: "card.anySafe",
  noMore: "result.noMoreAny",
  footer: "footer.any",
};

/** The processor's form, or its page, takes all ways that are offered: what is said of it is said of them together. */
export function calledIn(settings: Settings): Called {
  return waysOf(settings).join() === "card" ? CARD : SEVERAL;
}
