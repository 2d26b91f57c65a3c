import { describe, expect, it } from "vitest";

import { codeIn } from "../src/lib/typed-text";

describe("a pasted code", () => {
  it.each([
    "123456",
    " 123 456 ",
    "123-456",
    "Your code: 123456",
    "Your code: 123456. It works for 10 minutes.",
    "Su código: 123 456",
    "\uff11\uff12\uff13\uff14\uff15\uff16",
    "١٢٣٤٥٦",
    "\u200e123456\u200f",
  ])("is found in %j", (typed) => {
    expect(codeIn(typed)).toBe("123456");
  });

  it("is not made up where no six digits stand together", () => {
    expect(codeIn("12")).toBe("12");
    expect(codeIn("1234567")).toBe("1234567");
    expect(codeIn("")).toBe("");
  });
});
