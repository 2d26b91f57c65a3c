import { describe, expect, it } from "vitest";

import { plainText } from "../src/lib/typed-text";

describe("what people paste", () => {
  it.each([
    ["\uff11\uff12.\uff15", "12.5"],
    ["١٢٫٥", "12.5"],
    ["۱٬۲۳۴", "1,234"],
    ["\u200e30.50\u200f", "30.50"],
    ["1\u00a0234", "1 234"],
    ["12⁵⁰", "12⁵⁰"],
    ["3\u202e05", "3\u202e05"],
  ])("%j is read as %j", (typed, plain) => {
    expect(plainText(typed)).toBe(plain);
  });
});
