/** The ways to pay that a practice offers: which of them make one attempt, and what they are called, alone and together. */
import type { Guests, PracticeProfile, WayName } from "../api/schema";
import type { Key } from "../i18n";

type Settings = Pick<PracticeProfile["payments"], "ways">;
export type Offer = Settings["ways"][number];
export type Way = WayName;

/** Whether PayPal alone took it: then no bank and no card is spoken of. */
export function byPayPal({ ways }: { ways: readonly Way[] }): boolean {
  return ways.length === 1 && ways[0] === "paypal";
}

export function waysOf(offers: readonly Offer[]): Way[] {
  return offers.map(({ way }) => way);
}

/** What its payer chooses from before anything is sent; nothing where one form, or one page, takes all ways. */
export function choicesOf({ ways }: Settings): Offer[] {
  const places = new Set(ways.map(({ processor, flow }) => `${processor} ${flow}`));
  return places.size > 1 ? ways : [];
}

/** What an attempt offers: the way that was chosen, or all those of the first processor, as the API has it. */
export function attemptOf({ ways }: Settings, way: Way | undefined): Offer[] {
  return ways.filter((offer) => (way ? offer.way === way : offer.processor === ways[0]?.processor));
}

interface Called {
  next: Key;
  /** To the processor's own page. */
  leave: Key;
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
  leave: "pay.toCardPage",
  page: "pay.cardTitle",
  form: "card.title",
  review: "review.text",
  missing: "card.missing",
  declined: "card.declinedText",
  safe: "card.safe",
  noMore: "result.noMore",
  footer: "footer.cards",
};

const ANY: Called = {
  next: "pay.toProcessor",
  leave: "pay.toProcessor",
  page: "pay.reviewTitle",
  form: "pay.details",
  review: "review.elsewhere",
  missing: "form.missing",
  declined: "card.anyDeclinedText",
  safe: "footer.elsewhere",
  noMore: "result.noMoreAny",
  footer: "footer.elsewhere",
};

const BANK: Called = {
  ...ANY,
  next: "pay.toBank",
  page: "pay.bankTitle",
  form: "ways.bank",
  review: "review.bank",
  missing: "card.bankMissing",
};

const CARD_OR_BANK: Called = {
  ...ANY,
  next: "pay.toAny",
  page: "pay.anyTitle",
  form: "card.anyTitle",
  review: "review.anyText",
  missing: "card.anyMissing",
  safe: "card.anySafe",
  footer: "footer.any",
};

const PAYPAL: Called = { ...ANY, leave: "pay.toPayPal", review: "review.paypal" };

/** A guest's card that PayPal takes on its page. */
const CARD_AT_PAYPAL: Called = { ...CARD, leave: PAYPAL.leave, review: "public.cardAtPaypal" };

/** By the ways that are offered together, in alphabetical order. Where none is, cards are spoken of. */
const CALLED: Record<string, Called> = { "": CARD, card: CARD, bank: BANK, paypal: PAYPAL, "bank card": CARD_OR_BANK };

export function calledOfGuest(guests: Pick<Guests, "ways">, way: Way): Called {
  return way === "card" && atPayPal(guests, way) ? CARD_AT_PAYPAL : calledIn([way]);
}

/** Whose payment it is spoken of as: PayPal's, or the bank's and the card's. */
export function spokenOfGuest(guests: Pick<Guests, "ways">, way: Way): Way[] {
  return atPayPal(guests, way) ? ["paypal"] : [way];
}

function atPayPal({ ways }: Pick<Guests, "ways">, way: Way): boolean {
  return ways.some((offer) => offer.way === way && offer.processor === "paypal");
}

export function calledIn(ways: readonly Way[]): Called {
  return CALLED[[...ways].sort().join(" ")] ?? ANY;
}
