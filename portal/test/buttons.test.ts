import { describe, expect, it } from "vitest";

const pages = import.meta.glob<string>("../src/**/*.tsx", { query: "?raw", import: "default", eager: true });

describe("buttons", () => {
  it("are off for one reason: their own request is under way", () => {
    const attributes = Object.values(pages).flatMap((source) => source.match(/(?<=\s)(?:aria-)?disabled(?:=\{[^}]*\})?/g) ?? []);
    const off = attributes.filter((attribute) => !/^aria-disabled=\{\S*busy \|\| undefined\}$/.test(attribute));
    expect(attributes.length).toBeGreaterThan(0);
    expect(off).toEqual([]);
  });
});
