import { describe, expect, it } from "vitest";

import type { CardNotice, Method } from "../src/api/schema";
import { isUnread, noticeFor, noticeOf } from "../src/features/pay/card-notice";
import { ANEW, newIntent, paidWith, type How } from "../src/features/pay/intent";
import { ACCOUNT, QUOTE, SCOPE } from "./paying-fixtures";

const ASKED: CardNotice = { id: "card_risks_ny", version: "2", text: { en: "Before", es: "Antes" }, given: false };
const UNREAD = { version: "2", text: ASKED.text, read: false };
const READ = { ...UNREAD, read: true };
const SAVED = [{ id: "m1", kind: "card" }, { id: "m2", kind: "bank" }] as Method[];
const how = (given: Partial<How>): How => ({ ...ANEW, notice: UNREAD, ...given });

describe("issue 15: the notice beside card forms", () => {
  it("is unticked, and stays ticked for the same version alone", () => {
    expect(noticeOf(ASKED, null)).toEqual(UNREAD);
    expect(noticeOf(ASKED, READ)).toEqual(READ);
    expect(noticeOf(ASKED, { ...READ, version: "1" })).toEqual(UNREAD);
  });

  it("is asked of nobody who has given it, nor where the practice has none", () => {
    expect(noticeOf({ ...ASKED, given: true }, READ)).toBeNull();
    expect(noticeOf(null, READ)).toBeNull();
  });

  it("is asked of new and saved cards, and of no bank account", () => {
    expect(noticeFor(how({}), SAVED, ["card", "bank"])).toEqual(UNREAD);
    expect(noticeFor(how({}), SAVED, ["bank"])).toBeNull();
    expect(noticeFor(how({ method: "m1" }), SAVED, ["card"])).toEqual(UNREAD);
    expect(noticeFor(how({ method: "m2" }), SAVED, ["card"])).toBeNull();
    expect([UNREAD, READ, null].map(isUnread)).toEqual([true, false, false]);
  });

  it("goes with the payment once it is ticked, of new ones and saved ones", () => {
    const intent = newIntent("key", ACCOUNT, SCOPE, QUOTE, "", how({}));
    expect(intent.body).not.toHaveProperty("card_notice");
    expect(paidWith(intent, how({ notice: READ })).body).toHaveProperty("card_notice", "2");
    expect(paidWith(intent, how({ notice: READ, method: "m1" })).body).toMatchObject({ method: "m1", card_notice: "2" });
  });
});
