/** The ways to pay that a practice offers, and what they are called: one alone by its name, several together. */
import type { PracticeProfile } from "../api/schema";
import type { Key } from "../i18n";

type Settings = Pick<PracticeProfile["payments"], "ways">;
export type Way = PracticeProfile["payments"]["ways"][number]["way"];

export function waysOf({ ways }: Settings): Way[] {
  return ways.map(({ way }) => way);
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

const ALONE: Partial<Record<Way, Called>> = { card: CARD };

/**
 * The processor's form, or its page, takes all ways that are offered: what is said of it is said of them together.
 * Where none is offered, it is said of cards.
 */
export function calledIn(settings: Settings): Called {
  const [way = "card", ...others] = waysOf(settings);
  return (others.length === 0 && ALONE[way]) || SEVERAL;
}
