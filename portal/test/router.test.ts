import { afterEach, describe, expect, it, vi } from "vitest";

import type { Grant } from "../src/api/schema";
import { accountIn } from "../src/app/practice";
import { PAGES, hideSecrets, parseRoute, pathTo, straightPath, withoutSecrets } from "../src/app/router";

describe("addresses", () => {
  it("know their pages", () => {
    expect(parseRoute("/")).toEqual({ name: "root" });
    expect(parseRoute("/willow")).toEqual({ name: "home", practice: "willow" });
    expect(parseRoute("/willow/")).toEqual({ name: "home", practice: "willow" });
    for (const page of PAGES) expect(parseRoute(`/willow/${page}`)).toEqual({ name: page, practice: "willow" });
  });

  it("bring back a guest's payment by its key, without a query of the processor's", () => {
    const key = "k_-".repeat(14);
    expect(parseRoute(`/willow/guest/${key}`)).toEqual({ name: "guest-payment", practice: "willow", key });
    expect(parseRoute(`/willow/guest/${key}/more`)).toEqual({ name: "not-found", practice: "willow" });
    expect(parseRoute("/willow/guest/k")).toEqual({ name: "not-found", practice: "willow" });
  });

  it("lead nowhere else", () => {
    expect(parseRoute("/willow/admin")).toEqual({ name: "not-found", practice: "willow" });
    expect(parseRoute("/willow/billing/extra")).toEqual({ name: "not-found", practice: "willow" });
    expect(parseRoute("/a%20b/billing")).toEqual({ name: "not-found", practice: null });
    expect(parseRoute(`/${"a".repeat(65)}`)).toEqual({ name: "not-found", practice: null });
  });

  it.each([
    ["//river/billing", "/river/billing"],
    ["///river", "/river"],
    ["//", "/"],
    ["/river//billing", "/river//billing"],
    ["/river/", "/river/"],
  ])("begin with one slash, or the History API takes a practice for a site: %s", (pathname, straight) => {
    expect(straightPath(pathname)).toBe(straight);
  });

  it("are made with what is known, and read back", () => {
    expect(pathTo("willow", "home")).toBe("/willow/");
    expect(pathTo("willow", "return", { account: "a1", payment: "p 1" })).toBe("/willow/return?account=a1&payment=p+1");
    expect(pathTo("willow", "billing", { account: undefined })).toBe("/willow/billing");
  });
});

describe("an address that the processor came back to (issue 15)", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["?account=a1&payment=p+1&payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2&redirect_status=succeeded", "?account=a1&payment=p+1"],
    ["?setup_intent=seti_1&set-up=a1&setup_intent_client_secret=s&redirect_pm_type=card", "?set-up=a1"],
    ["?payment_intent_client_secret=s", ""],
    ["?account=a1&payment=p%201&document=payment_intents", "?account=a1&payment=p%201&document=payment_intents"],
    ["", ""],
  ])("keeps our own parameters alone: %s", (search, kept) => {
    expect(withoutSecrets(search)).toBe(kept);
  });

  it("changes in its place in the history, with what that carries", () => {
    const replaceState = vi.fn();
    vi.stubGlobal("history", { state: "kept", replaceState });
    vi.stubGlobal("location", { pathname: "/willow/return", search: "?payment=p1&payment_intent_client_secret=s", hash: "#h" });
    hideSecrets();
    expect(replaceState.mock.calls).toEqual([["kept", "", "/willow/return?payment=p1#h"]]);
    vi.stubGlobal("location", { pathname: "/willow/return", search: "?payment=p1", hash: "" });
    hideSecrets();
    expect(replaceState).toHaveBeenCalledTimes(1);
  });
});

describe("the account of a page", () => {
  const grants = ["a1", "a2"].map((account_id) => ({ account_id }) as Grant);

  it("is the one that the address names, or the first", () => {
    const second = accountIn(grants, "a2", "willow");
    expect([second?.grant.account_id, second?.foreign]).toEqual(["a2", false]);
    expect([accountIn(grants, null, "willow")?.grant.account_id, accountIn(grants, "", "willow")?.foreign]).toEqual(["a1", false]);
  });

  it("leaves the reader their own header, and ways on, where the address names somebody else's", () => {
    const own = accountIn(grants, "stranger", "willow");
    expect([own?.foreign, own?.path("billing")]).toEqual([true, "/willow/billing?account=a1"]);
    expect(accountIn([], null, "willow")).toBeNull();
  });
});
