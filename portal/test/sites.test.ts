import { describe, expect, it } from "vitest";

import { aroundSites, hrefOf } from "../src/lib/sites";

describe("addresses in what law wants said", () => {
  it("are found as written, and lead there over TLS", () => {
    expect(aroundSites("a fee of $25, at www.cms.gov/nosurprises. You may")).toEqual(["a fee of $25, at ", "www.cms.gov/nosurprises", ". You may"]);
    expect(aroundSites("Services: ocrportal.hhs.gov")).toEqual(["Services: ", "ocrportal.hhs.gov", ""]);
    expect(aroundSites("here: https://openpaymentsdata.cms.gov. The")[1]).toBe("https://openpaymentsdata.cms.gov");
    expect(hrefOf("ocrportal.hhs.gov")).toBe("https://ocrportal.hhs.gov");
    expect(hrefOf("https://openpaymentsdata.cms.gov")).toBe("https://openpaymentsdata.cms.gov");
  });

  it.each(["http://example.com", "www.cms.gov.example.com", "javascript:alert(1)", "example.gov"])("leads nobody to %s", (text) => {
    expect(aroundSites(text)).toEqual([text]);
  });
});
