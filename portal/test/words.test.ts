import { describe, expect, it } from "vitest";

import api from "../../docs/openapi.json";
import { CATALOGS, pluralKey, translate, type Key } from "../src/i18n";
import "../src/i18n/pages";
import "../src/i18n/public";
import { WAYS_ON } from "../src/lib/ways-on";

const keys = Object.keys(CATALOGS.en) as Key[];
const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

describe("words", () => {
  it("are there in both languages, none empty", () => {
    expect(Object.keys(CATALOGS.es).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      expect(CATALOGS.en[key].trim(), key).not.toBe("");
      expect(CATALOGS.es[key].trim(), key).not.toBe("");
    }
  });

  it("have the same places to fill in both languages", () => {
    for (const key of keys) expect(places(CATALOGS.es[key]), key).toEqual(places(CATALOGS.en[key]));
  });

  it("are really translated", () => {
    const alike = keys.filter((key) => CATALOGS.en[key] === CATALOGS.es[key] && /[a-z]{3}/i.test(CATALOGS.en[key].replace(/\{\w+\}/g, "")));
    expect(alike).toEqual([]);
  });

  it("fill their places", () => {
    expect(translate("en", "pay.button", { amount: "$80.00" })).toBe("Pay $80.00");
    expect(translate("es", "pay.button", { amount: "$80.00" })).toBe("Pagar $80.00");
  });

  it("count", () => {
    expect(translate("en", pluralKey("en", "services.count", 1), { count: 1 })).toBe("1 service is open.");
    expect(translate("es", pluralKey("es", "services.count", 0), { count: 0 })).toBe("Hay 0 servicios pendientes.");
    expect(translate("es", pluralKey("es", "services.count", 1000000), { count: 1000000 })).toContain("servicios");
  });

  it("send nobody to a telephone, which a practice may not have", () => {
    // A guest is asked for their own number (G15).
    const asked = ["guest.phone", "guest.said.phone", "guest.missing.phone"] as Key[];
    const said = keys.filter((key) => !asked.includes(key)).flatMap((key) => [CATALOGS.en[key], CATALOGS.es[key]]);
    expect(said.filter((text) => /\bcall\b|\bphone|telephone|\bllam[ae]|tel[eé]fono/i.test(text))).toEqual([]);
  });

  it("name no button that a phone calls something else", () => {
    const onWideScreens = ["services.pay", "services.payFor", "pay.title", "pay.make"] as Key[];
    const elsewhere = keys.filter((key) => !onWideScreens.includes(key));
    for (const locale of ["en", "es"] as const) {
      const name = CATALOGS[locale]["services.pay"];
      expect(elsewhere.filter((key) => CATALOGS[locale][key].includes(name))).toEqual([]);
    }
  });

  it("say nothing of care in a tab's title", () => {
    const titles = keys.filter((key) => key.endsWith(".tab")).flatMap((key) => [CATALOGS.en[key], CATALOGS.es[key]]);
    for (const title of titles) expect(title).not.toMatch(/therap|terap|session|sesión clínica|client|patient|pacient/i);
  });
});

describe("Account History", () => {
  it("has words for everything that the API can say of a row", () => {
    const { HistoryKind, HistoryStatus } = api.components.schemas;
    const said = [...HistoryKind.enum.map((kind) => `kind.${kind}`), ...HistoryStatus.enum.map((status) => `status.${status}`)];
    expect(said).toContain("status.reversed");
    expect(said.filter((key) => !keys.includes(key as Key))).toEqual([]);
  });
});

type Operations = Record<string, { responses: Record<string, { description: string }> }>;

/** Every error code that a page's calls can be answered with, from the API's own description. */
function documentedCodes(): string[] {
  const codes = new Set<string>();
  for (const [path, methods] of Object.entries<Operations>(api.paths)) {
    if (path.startsWith("/webhooks")) continue;
    for (const { responses } of Object.values(methods)) {
      for (const [status, { description }] of Object.entries(responses)) {
        if (Number(status) >= 400) for (const code of description.split(", ")) codes.add(code);
      }
    }
  }
  return [...codes].sort();
}

describe("problems", () => {
  it("leave nobody without a way on, whatever code a page can meet", () => {
    const codes = documentedCodes();
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !(code in WAYS_ON))).toEqual([]);
  });
});
