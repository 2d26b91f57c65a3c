import { describe, expect, it } from "vitest";

import { calledIn, waysOf, type Way } from "../src/lib/ways";

const offered = (...ways: Way[]) => ({
  ways: ways.map((way) => ({ way, processor: "any", flow: "inline" as const })),
});

describe("the ways to pay are those that the API tells", () => {
  it("in its order", () => {
    expect(waysOf(offered("bank", "card"))).toEqual(["bank", "card"]);
    expect(waysOf(offered())).toEqual([]);
  });

  it("one alone is called by its name, several together", () => {
    expect(calledIn(offered("card")).page).toBe("pay.cardTitle");
    expect(calledIn(offered("card", "bank")).page).toBe("pay.anyTitle");
    expect(calledIn(offered("bank", "card")).page).toBe("pay.anyTitle");
  });

  it("one that has no words of its own is not called a card", () => {
    expect(calledIn(offered("bank")).page).toBe("pay.anyTitle");
  });

  it("where none is offered, cards are spoken of", () => {
    expect(calledIn(offered()).footer).toBe("footer.cards");
  });
});
