import { describe, expect, it } from "vitest";

import type { GuestRequest, GuestPayment, GuestPaymentRequest, GuestQuote } from "../src/api/schema";
import type { Attempt } from "../src/features/guest/kept";
import { guestDoings, type GuestPorts } from "../src/features/guest/guest-doings";
import { newKey } from "../src/features/guest/key";
import { start, type Started } from "../src/features/guest/starting";
import { fieldsOf, missingIn, type Typed } from "../src/features/guest/typed";
import { solve } from "../src/features/guest/work";
import type { Event } from "../src/features/pay/machine/state";
import { FIELDS, PAGE, problem, UNREACHED } from "./paying-fixtures";

const TYPED: Typed = { name: " Ana ", email: "ana@example.test", phone: "555 0100", amount: "80", clinician: "ada", client: "Maya", number: "" };
const OF_80 = fieldsOf("card", TYPED, 8000);
const OF_90 = { ...OF_80, amount_minor: 9000 };
const quoteOf = (fields: GuestRequest, work: GuestQuote["work"] = null) => ({ ...fields, quote: `q${fields.amount_minor}`, work }) as unknown as GuestQuote;
const paymentOf = (state: GuestPayment["state"], next: GuestPayment["next"] = null) => ({ state, next }) as GuestPayment;
/** The first sixteen bits of the hash. */
async function sixteenOf(text: string): Promise<number> {
  const [first, second] = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return first! * 256 + second!;
}
const WORK = { puzzle: "p", bits: 6, expires_at: "" };

/** A browser's tab, and an API that answers as it is told, one answer after another. */
class Tab {
  attempt: Attempt | null = null;
  sent: { key: string; body: GuestPaymentRequest }[] = [];
  canceled: string[] = [];
  worked = 0;
  /** What would be charged now. */
  quote: GuestQuote | null = null;

  constructor(
    private readonly answers: (GuestPayment | Error)[],
    private readonly ended: GuestPayment | Error = paymentOf("canceled"),
  ) {}

  pay(fields: GuestRequest, quote: GuestQuote = quoteOf(fields)): Promise<Started> {
    const tell = <T>(answer: T | Error): Promise<T> => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
    const api = {
      quoteGuest: () => Promise.resolve(this.quote!),
      startGuest: (_: string, body: GuestPaymentRequest, key: string) => (this.sent.push({ key, body }), tell(this.answers.shift()!)),
      cancelGuest: (_: string, key: string) => (this.canceled.push(key), tell(this.ended)),
    };
    return start({ api, practice: "river", attempt: this.attempt, keep: (next) => (this.attempt = next), working: () => this.worked++ }, fields, quote, null);
  }
}

describe("a guest's form (G11, G15)", () => {
  it("asks a card's payer for all, and PayPal's for what PayPal is not asked", () => {
    const empty = { ...TYPED, name: " ", email: "ana", phone: "", clinician: "", client: "" };
    expect(missingIn(empty, "card")).toEqual(["name", "email", "phone", "clinician", "client"]);
    expect(missingIn(empty, "paypal")).toEqual(["clinician", "client", "email"]);
    expect(missingIn(TYPED, "card")).toEqual([]);
    expect(fieldsOf("paypal", TYPED, 8000)).toMatchObject({ name: "", phone: "", client: "Maya", email: "ana@example.test" });
    expect(OF_80.name).toBe("Ana");
  });
});

describe("a guest's payment", () => {
  it("is one, however often it is sent: under its key until there is an answer", async () => {
    const tab = new Tab([UNREACHED, paymentOf("started", FIELDS), paymentOf("started", FIELDS)]);
    expect(await tab.pay(OF_80)).toEqual({ at: "refused", error: UNREACHED });
    const { key } = tab.sent[0]!;
    expect(await tab.pay(OF_80)).toEqual({ at: "payment", key });
    await tab.pay(OF_80, { ...quoteOf(OF_80), quote: "another, after a reload" });
    expect(tab.sent.map((sent) => [sent.key, sent.body])).toEqual(Array(3).fill([key, tab.sent[0]!.body]));
    expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(newKey()).not.toBe(newKey());
  });

  it("leads to the processor's page where that takes it", async () => {
    expect(await new Tab([paymentOf("started", PAGE)]).pay(OF_80)).toEqual({ at: "leaving", url: PAGE.url });
  });

  it("ends the one before where something is changed, and is not made where that was paid meanwhile", async () => {
    const tab = new Tab([paymentOf("started", FIELDS), paymentOf("started", FIELDS)]);
    await tab.pay(OF_80);
    await tab.pay(OF_90);
    const [first, second] = tab.sent;
    expect(tab.canceled).toEqual([first!.key]);
    expect([second!.key === first!.key, second!.body.amount_minor]).toEqual([false, 9000]);

    const paid = new Tab([paymentOf("started", FIELDS)], paymentOf("paid"));
    await paid.pay(OF_80);
    expect(await paid.pay(OF_90)).toEqual({ at: "payment", key: paid.sent[0]!.key });
    expect(paid.sent).toHaveLength(1);
  });

  it("is not made while nobody can say whether the one before was paid; one that never began is none", async () => {
    const tab = new Tab([UNREACHED, paymentOf("started", FIELDS)], UNREACHED);
    await tab.pay(OF_80);
    expect(await tab.pay(OF_90)).toEqual({ at: "refused", error: UNREACHED });
    expect(tab.sent).toHaveLength(1);
    const never = new Tab([UNREACHED, paymentOf("started", FIELDS)], problem("payment_not_found", {}, 404));
    await never.pay(OF_80);
    expect((await never.pay(OF_90)).at).toBe("payment");
  });

  it("is shown anew where it has changed, and goes to what is known where its key was used", async () => {
    const quote = quoteOf(OF_90);
    const tab = new Tab([problem("guest_quote_stale"), problem("idempotency_key_reused", {}, 422)]);
    tab.quote = quote;
    expect(await tab.pay(OF_80)).toEqual({ at: "changed", quote });
    expect(tab.attempt).toBeNull();
    expect(await tab.pay(OF_80)).toEqual({ at: "payment", key: tab.sent[1]!.key });
  });

  it("does the work that is asked for, under its key, once", async () => {
    const asked = problem("guest_work_required", {}, 403);
    const tab = new Tab([asked, paymentOf("started", PAGE)]);
    tab.quote = quoteOf(OF_80, WORK);
    expect((await tab.pay(OF_80)).at).toBe("leaving");
    const [before, after] = tab.sent;
    expect([before!.body.work, after!.key, tab.worked]).toEqual([null, before!.key, 1]);
    const { puzzle, answer } = after!.body.work!;
    expect((await sixteenOf(`${puzzle}.${after!.key}.${answer}`)) >> 10).toBe(0);
    const never = new Tab([asked, asked]);
    never.quote = tab.quote;
    expect(await never.pay(OF_80)).toEqual({ at: "refused", error: asked });
  });

  it("finds the least answer", async () => {
    const { answer } = await solve({ puzzle: "p", bits: 9 }, "k");
    const tried = await Promise.all(Array.from({ length: Number(answer) + 1 }, (_, n) => sixteenOf(`p.k.${n}`)));
    expect(tried.findIndex((bits) => bits >> 7 === 0)).toBe(Number(answer));
  });
});

describe("a guest at the processor's fields", () => {
  const confirm = async (event: Event, state: GuestPayment["state"], finished: boolean) => {
    const told: Event[] = [];
    let left = 0;
    const payment = { ...paymentOf(state), finished } as GuestPayment;
    const fields = { confirm: (_: string, __: object, tell: (event: Event) => void) => Promise.resolve(tell(event)) };
    const ports = { api: { lookAtGuest: () => Promise.resolve(payment) }, fields, practice: "river", paymentKey: "k", toResult: () => left++ };
    guestDoings(() => ports as unknown as GuestPorts).confirm({ do: "confirm", email: "", holder: { name: "", zip: "" } }, (event) => told.push(event));
    await new Promise((done) => setTimeout(done));
    return { told, left };
  };
  const refused: Event = { type: "declined", declined: { byBank: false, ofCard: true, code: null } };

  it("goes on to the result where the attempt was ended there, after a few declines (issue 16)", async () => {
    expect(await confirm(refused, "expired", true)).toEqual({ told: [refused], left: 1 });
    expect(await confirm(refused, "started", false)).toEqual({ told: [refused], left: 0 });
    const byBank: Event = { type: "declined", declined: { byBank: true, ofCard: true, code: "generic_decline" } };
    expect(await confirm(byBank, "expired", true)).toEqual({ told: [byBank], left: 0 });
  });
});
