import { describe, expect, it } from "vitest";

import { offered, parseAmount } from "../src/lib/typed-amount";

const USD = 2;
const JPY = 0;
const KWD = 3;

const amount = (amountMinor: number) => ({ kind: "amount", amountMinor });
const invalid = (why: string) => ({ kind: "invalid", why });

describe("typed amounts, by one rule in every language", () => {
  it.each([
    ["12.50", 1250],
    ["12,50", 1250],
    ["12.5", 1250],
    ["12", 1200],
    ["$12.50", 1250],
    [" $ 12.50 ", 1250],
    ["1 234,50", 123450],
    ["0.05", 5],
    [".50", 50],
    [",50", 50],
    ["007", 700],
    ["1,234.50", 123450],
    ["1.234,50", 123450],
    ["999,999.99", 99999999],
    ["999.999,99", 99999999],
    ["0", 0],
    ["30.", 3000],
    ["30,", 3000],
    ["1,234.", 123400],
    ["1.234,", 123400],
    ["US$30", 3000],
    ["US$ 30.50", 3050],
    ["USD 30", 3000],
    ["usd30", 3000],
    ["30 USD", 3000],
    ["30$", 3000],
    ["+30", 3000],
    ["+$30", 3000],
    ["$+30", 3000],
    ["\uff13\uff10\uff0e\uff15\uff10", 3050],
    ["\uff04\uff13\uff10", 3000],
    ["٣٠٫٥٠", 3050],
    ["۳۰", 3000],
    ["\u200e30.50\u200f", 3050],
    ["\ufeff30\u200b.50", 3050],
    ["\u202d30.50\u202c", 3050],
    ["$\u200e30.50", 3050],
    ["\u00ad30", 3000],
    ["1 250", 125000],
    ["1 250,50", 125050],
    ["1 250.50", 125050],
    ["12 345.50", 1234550],
    ["123 456,", 12345600],
    ["$ 1 250", 125000],
    ["1\u00a0250", 125000],
    ["1\u2009250,5", 125050],
    ["1\u202f250", 125000],
    ["1\u2007250", 125000],
    [" 30 $ ", 3000],
    ["+ 30", 3000],
    ["1,250", 125000],
    ["5,250", 525000],
    ["$10,000", 1000000],
    ["999,000", 99900000],
  ])("reads %s as %d cents", (typed, cents) => {
    expect(parseAmount(typed, USD)).toEqual(amount(cents));
  });

  it.each(["1.250", "12.500", "999.000"])("never guesses what %s means", (typed) => {
    expect(parseAmount(typed, USD).kind).toBe("ambiguous");
  });

  it("gives both readings of an ambiguous amount back to be confirmed", () => {
    expect(parseAmount("1.250", USD)).toEqual({ kind: "ambiguous", readings: [125, 125000] });
    expect(parseAmount("1,250", KWD)).toEqual({ kind: "ambiguous", readings: [1250, 1250000] });
    expect(parseAmount("1.255", USD)).toEqual({ kind: "ambiguous", readings: [125500] });
    expect(parseAmount("1.250", JPY)).toEqual({ kind: "ambiguous", readings: [1250] });
  });

  it.each([
    ["1.234", 10000, "too_precise"],
    ["1.250", 100, "too_large"],
    ["70.005", 10000, "too_precise"],
    ["1.234", 123399, "too_precise"],
  ])("does not ask what %s means where no more than %d cents may be paid", (typed, most, why) => {
    expect(parseAmount(typed, USD, "USD", most)).toEqual(invalid(why));
  });

  it("still asks where one of the readings may be paid", () => {
    expect(parseAmount("1.250", USD, "USD", 125)).toEqual({ kind: "ambiguous", readings: [125, 125000] });
    expect(parseAmount("1.234", USD, "USD", 123400)).toEqual({ kind: "ambiguous", readings: [123400] });
  });

  it("never takes a comma before three digits for a decimal one, whatever may be paid (issue 16, T4)", () => {
    for (const most of [100, 10_000, 500_000]) {
      for (const [typed, cents] of [["10,000", 1_000_000], ["5,250", 525_000], ["1,250", 125_000]] as const) {
        expect(offered(parseAmount(typed, USD, "USD", most), 500, most)).toEqual(amount(cents));
      }
    }
    expect(parseAmount("1,250", JPY)).toEqual(amount(1250));
  });

  it("asks about a point before three digits, and offers only what can be paid there", () => {
    expect(offered(parseAmount("1.250", USD), 500, 500_000)).toEqual({ kind: "ambiguous", readings: [125000] });
    expect(offered(parseAmount("9.500", USD), 500, 100_000)).toEqual({ kind: "ambiguous", readings: [950] });
    for (const typed of ["5.000", "1.255", "7.500", "7,500,000", "1.25", "x"]) {
      expect(offered(parseAmount(typed, USD), 500, 1_000_000)).toEqual(parseAmount(typed, USD));
    }
    expect(offered(parseAmount("1.250", USD), 500, 1000)).toEqual(parseAmount("1.250", USD));
  });

  it.each([
    ["", "empty"],
    ["  $ ", "empty"],
    ["twelve", "not_a_number"],
    ["-5", "not_a_number"],
    ["1e3", "not_a_number"],
    [".", "not_a_number"],
    ["12..", "not_a_number"],
    ["12.,", "not_a_number"],
    ["1$2", "not_a_number"],
    ["$$12", "not_a_number"],
    ["++12", "not_a_number"],
    ["+$+12", "not_a_number"],
    ["\u221212", "not_a_number"],
    ["EUR 12", "not_a_number"],
    ["€12", "not_a_number"],
    ["USD 30 USD", "not_a_number"],
    ["1..5", "not_a_number"],
    ["12,34,56.00", "not_a_number"],
    ["1,23.45.6", "not_a_number"],
    ["三十", "not_a_number"],
    ["12.345.6", "not_a_number"],
    ["12 50", "not_a_number"],
    ["30 50", "not_a_number"],
    ["1 2", "not_a_number"],
    ["0 250", "not_a_number"],
    ["1  250", "not_a_number"],
    ["1 2500", "not_a_number"],
    ["1250 000", "not_a_number"],
    ["12 .50", "not_a_number"],
    ["12, 50", "not_a_number"],
    ["1 234,567,890", "not_a_number"],
    ["1,234 567", "not_a_number"],
    ["30.50 40", "not_a_number"],
    ["1\t250", "not_a_number"],
    ["12\u00a050", "not_a_number"],
    ["12\u202f50", "not_a_number"],
    ["12⁵⁰", "not_a_number"],
    ["$12⁹⁹", "not_a_number"],
    ["³⁰", "not_a_number"],
    ["3₀", "not_a_number"],
    ["①", "not_a_number"],
    ["30⒈5", "not_a_number"],
    ["1½", "not_a_number"],
    ["½", "not_a_number"],
    ["\u{1d7d1}\u{1d7ce}", "not_a_number"],
    ["㏠", "not_a_number"],
    ["30\u00ad50", "not_a_number"],
    ["3\u202e05", "not_a_number"],
    ["\u202e503", "not_a_number"],
    ["\u202e503\u202c", "not_a_number"],
    ["3\u206605\u2069", "not_a_number"],
    ["30\u200e50", "not_a_number"],
    ["1 234.567", "too_precise"],
    ["12.3456", "too_precise"],
    ["0.505", "too_precise"],
    ["1234.567", "too_precise"],
    ["1,234.567", "too_precise"],
    ["12345678901", "too_large"],
    ["1000000", "too_large"],
    ["1 000 000", "too_large"],
    ["1,234,567", "too_large"],
    ["1,234,567.89", "too_large"],
    ["1.234.567,89", "too_large"],
  ])("refuses %j", (typed, why) => {
    expect(parseAmount(typed, USD)).toEqual(invalid(why));
  });

  it("takes the sign and the code of the practice's own currency, and no other's", () => {
    expect(parseAmount("¥1200", JPY, "JPY")).toEqual(amount(1200));
    expect(parseAmount("JPY 1200", JPY, "JPY")).toEqual(amount(1200));
    expect(parseAmount("12,50 €", USD, "EUR")).toEqual(amount(1250));
    expect(parseAmount("CA$12.50", USD, "CAD")).toEqual(amount(1250));
    expect(parseAmount("KWD 12.5", KWD, "KWD")).toEqual(amount(12500));
    expect(parseAmount("12,50 kr", USD, "SEK")).toEqual(amount(1250));
    expect(parseAmount("12,50 zł", USD, "PLN")).toEqual(amount(1250));
    expect(parseAmount("$12", USD, "EUR")).toEqual(invalid("not_a_number"));
    expect(parseAmount("US$12", USD, "CAD")).toEqual(invalid("not_a_number"));
  });

  it("keeps to the currency's decimals", () => {
    expect(parseAmount("500", JPY)).toEqual(amount(500));
    expect(parseAmount("1 250", JPY)).toEqual(amount(1250));
    expect(parseAmount("1 250,125", KWD)).toEqual(amount(1250125));
    expect(parseAmount("1,234,567", JPY)).toEqual(amount(1234567));
    expect(parseAmount("1.234.567", JPY)).toEqual(amount(1234567));
    expect(parseAmount("12.5", JPY)).toEqual(invalid("too_precise"));
    expect(parseAmount("12.5", KWD)).toEqual(amount(12500));
    expect(parseAmount("8.000", KWD)).toEqual(amount(8000));
    expect(parseAmount("0.125", KWD)).toEqual(amount(125));
    expect(parseAmount("1,234.567", KWD)).toEqual(amount(1234567));
  });
});
