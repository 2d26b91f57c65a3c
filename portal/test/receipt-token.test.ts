import { afterEach, expect, it, vi } from "vitest";

import { hideReceiptToken, receiptToken } from "../src/features/receipt/token";

afterEach(() => vi.unstubAllGlobals());

/** A tab that was opened at that address; `load` is a load of the page as it then is. */
function tab(hash: string, keeps: boolean) {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (!keeps) throw new DOMException("", "SecurityError");
      kept.set(key, value);
    },
  };
  const location = { pathname: "/willow/receipt", search: "", hash };
  const replaceState = (_: unknown, __: string, path: string): void => void (location.hash = new URL(path, "http://x").hash);
  vi.stubGlobal("window", { sessionStorage: storage });
  vi.stubGlobal("location", location);
  vi.stubGlobal("history", { state: null, replaceState });
  return location;
}

it("leaves the address, and is there after a reload: for its own practice", () => {
  const location = tab("#secret", true);
  expect(receiptToken("willow")).toBe("secret");
  hideReceiptToken("willow");
  expect(location.hash).toBe("");
  expect(receiptToken("willow")).toBe("secret");
  expect(receiptToken("river")).toBe("");
});

it("gives way to the one of another link", () => {
  const location = tab("#first", true);
  hideReceiptToken("willow");
  location.hash = "#second";
  expect(receiptToken("willow")).toBe("second");
  hideReceiptToken("willow");
  expect([location.hash, receiptToken("willow")]).toEqual(["", "second"]);
});

it("stays in the address of a browser that keeps nothing, or a reload would lose it", () => {
  const location = tab("#secret", false);
  hideReceiptToken("willow");
  expect([location.hash, receiptToken("willow")]).toEqual(["#secret", "secret"]);
});
