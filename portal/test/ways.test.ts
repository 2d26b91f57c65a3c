import { describe, expect, it } from "vitest";

import { attemptOf, calledIn, calledOfGuest, choicesOf, spokenOfGuest, waysOf, type Offer, type Way } from "../src/lib/ways";

const CARD: Offer = { way: "card", processor: "stripe", flow: "inline" };
const BANK: Offer = { way: "bank", processor: "stripe", flow: "inline" };
const PAYPAL: Offer = { way: "paypal", processor: "paypal", flow: "redirect" };
const offered = (...ways: Offer[]) => ({ ways });

describe("the ways to pay are those that the API tells", () => {
  it("in its order", () => {
    expect(waysOf([BANK, CARD])).toEqual(["bank", "card"]);
    expect(waysOf([])).toEqual([]);
  });

  it("one alone is called by its name, several together", () => {
    expect(calledIn(["card"]).page).toBe("pay.cardTitle");
    expect(calledIn(["bank"]).page).toBe("pay.bankTitle");
    expect(calledIn(["card", "bank"]).page).toBe("pay.anyTitle");
    expect(calledIn(["bank", "card"]).page).toBe("pay.anyTitle");
  });

  it("those that have no words of their own together are not called a card", () => {
    const WAYS: Way[] = ["card", "bank", "paypal"];
    for (const ways of [WAYS, ["card", "paypal"] as Way[], ["paypal"] as Way[]]) {
      expect(Object.values(calledIn(ways)).filter((key) => /card(s|Title|\.title|\.safe|\.missing|\.declinedText)$/.test(key))).toEqual([]);
    }
  });

  it("a guest's card that PayPal takes leads to PayPal, and is spoken of as its payment", () => {
    const there = offered(PAYPAL, { ...PAYPAL, way: "card" });
    expect(calledOfGuest(there, "card")).toMatchObject({ leave: "pay.toPayPal", review: "public.cardAtPaypal" });
    expect(spokenOfGuest(there, "card")).toEqual(["paypal"]);
    expect(calledOfGuest(offered(CARD, PAYPAL), "card").leave).toBe("pay.toCardPage");
    expect(spokenOfGuest(offered(CARD, PAYPAL), "card")).toEqual(["card"]);
  });

  it("where none is offered, cards are spoken of", () => {
    expect(calledIn([]).footer).toBe("footer.cards");
  });
});

describe("its payer chooses", () => {
  it("nothing where one form takes all ways, or there is one way", () => {
    expect(choicesOf(offered())).toEqual([]);
    expect(choicesOf(offered(PAYPAL))).toEqual([]);
    expect(choicesOf(offered(CARD, BANK))).toEqual([]);
  });

  it("each way by itself where they lead to different places", () => {
    expect(choicesOf(offered(CARD, BANK, PAYPAL))).toEqual([CARD, BANK, PAYPAL]);
    const elsewhere: Offer = { ...BANK, flow: "redirect" };
    expect(choicesOf(offered(CARD, elsewhere))).toEqual([CARD, elsewhere]);
  });

  it("what was chosen is what the attempt offers; without a choice all that the first processor takes", () => {
    expect(attemptOf(offered(CARD, BANK, PAYPAL), "bank")).toEqual([BANK]);
    expect(attemptOf(offered(CARD, BANK, PAYPAL), undefined)).toEqual([CARD, BANK]);
    expect(attemptOf(offered(PAYPAL, CARD, BANK), undefined)).toEqual([PAYPAL]);
    expect(attemptOf(offered(CARD), "paypal")).toEqual([]);
  });
});
