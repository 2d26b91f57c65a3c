import { describe, expect, it } from "vitest";

import { dayAt, formatDate, formatDateLong } from "../src/lib/dates";
import { translate } from "../src/i18n";
import "../src/i18n/pages";
import { amountLike, exponentOf, formatMoney, toDecimal } from "../src/lib/money";
import { parseAmount } from "../src/lib/typed-amount";

describe("an instant", () => {
  it("is of the day that it is where the practice is, whatever day its reader has", () => {
    const instant = new Date("2027-01-01T03:00:00Z");
    const zones = ["America/New_York", "America/Los_Angeles", "UTC", "Asia/Tokyo"];
    expect(zones.map((zone) => dayAt(zone, instant))).toEqual(["2026-12-31", "2026-12-31", "2027-01-01", "2027-01-01"]);
    expect(dayAt("America/New_York", new Date("2026-03-08T06:59:00Z"))).toBe("2026-03-08"); // as clocks go on
  });
});

describe("money", () => {
  it.each(["en", "es"] as const)("is written alike in %s: $1,234.50", (locale) => {
    expect(formatMoney(123450, "USD", locale)).toBe("$1,234.50");
    expect(formatMoney(5, "USD", locale)).toBe("$0.05");
    expect(formatMoney(0, "USD", locale)).toBe("$0.00");
    expect(formatMoney(-2500, "USD", locale)).toBe("\u2212$25.00");
  });

  it("keeps large amounts exact", () => {
    expect(formatMoney(9007199254740991, "USD", "en")).toBe("$90,071,992,547,409.91");
  });

  it("follows the currency's exponent", () => {
    expect([exponentOf("USD"), exponentOf("JPY"), exponentOf("KWD")]).toEqual([2, 0, 3]);
    expect(formatMoney(1250, "JPY", "en")).toBe("¥1,250");
    expect(formatMoney(1250, "KWD", "en").replace(/\s/g, " ")).toBe("KWD 1.250");
  });

  it("is shown as an example in the currency's own decimals (issue 8, number 4)", () => {
    const like = (currency: string): string => amountLike(exponentOf(currency));
    expect([like("USD"), like("JPY"), like("KWD")]).toEqual(["12.50", "1250", "12.500"]);
    for (const currency of ["USD", "JPY", "KWD"]) {
      expect(parseAmount(like(currency), exponentOf(currency), currency).kind).toBe("amount");
      for (const locale of ["en", "es"] as const)
        expect(translate(locale, "amount.not_a_number", { like: like(currency) })).toContain(like(currency));
    }
  });

  it("fills an amount field with what it would read back", () => {
    for (const minor of [0, 1, 50, 99, 100, 8000, 123456]) {
      expect(parseAmount(toDecimal(minor, 2), 2)).toEqual({ kind: "amount", amountMinor: minor });
    }
  });
});

describe("practice-local dates", () => {
  it("are shown as they are, in any time zone", () => {
    expect(formatDate("2026-01-01", "en")).toBe("Jan 1, 2026");
    expect(formatDate("2026-12-31", "en")).toBe("Dec 31, 2026");
    expect(formatDateLong("2026-11-03", "en")).toBe("Tuesday, November 3, 2026");
  });

  it("are written in Spanish", () => {
    expect(formatDate("2026-11-03", "es")).toMatch(/3 .*nov.* 2026/i);
    expect(formatDateLong("2026-11-03", "es")).toContain("noviembre");
  });

  it("are left alone when they are none", () => {
    expect(formatDate("soon", "en")).toBe("soon");
  });
});
