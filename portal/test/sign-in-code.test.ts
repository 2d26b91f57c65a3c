import { describe, expect, it } from "vitest";

import { codeIn } from "../src/lib/sign-in-code";

describe("the code in what was typed or pasted", () => {
  it.each([
    ["ABCD-2345", "ABCD-2345"],
    ["abcd2345", "ABCD-2345"],
    [" abcd 2345 \n", "ABCD-2345"],
    ["ab cd-23 45", "ABCD-2345"],
    ["ABCD\u20112345", "ABCD-2345"],
    ["ABCD – 2345", "ABCD-2345"],
    ["OIL0-o1l9", "0110-0119"],
    ["Your code: ABCD-2345", "ABCD-2345"],
    ["Su código: abcd-2345.", "ABCD-2345"],
    ["Your password abcd2345", "ABCD-2345"],
    ["Code ABCD 2345", "ABCD-2345"],
    ["Or type this code on the page where you asked for it:\n\n    ABCD-2345\n\nEither works once, for 10 minutes", "ABCD-2345"],
  ])("%j is %s", (text, code) => expect(codeIn(text)).toBe(code));

  it.each(["", "ABCD", "ABCD-234", "ABCD-23456", "ABCD-234U", "ſBCD-2345", "ABCD-234é", "Your code", "123456", "ABCD_2345"])(
    "%j has none",
    (text) => expect(codeIn(text)).toBeNull(),
  );
});
