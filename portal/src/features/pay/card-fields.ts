import type { StripeCheckoutLoadActionsSuccess, StripePaymentElement } from "@stripe/stripe-js";

import type { Inline, Locale } from "../../api/schema";
import type { Event, Holder, Kind } from "./machine/state";
import { appearanceOf, loadStripe } from "./stripe";

type Tell = (event: Event) => void;

/** What a card's own fields leave to the page. Its holder's name they cannot ask. */
const NO_ADDRESS = { card: { billingDetails: { address: { country: "never", postalCode: "never" } } } } as const;

const kindOf = (method: string): Kind => (method === "card" ? "card" : method === "us_bank_account" ? "bank" : "wallet");

/** The processor's own fields, in `place` on our page. They tell what becomes of them until they are taken away. */
export class CardFields {
  readonly place: { current: HTMLDivElement | null } = { current: null };
  private element: StripePaymentElement | null = null;
  private actions: StripeCheckoutLoadActionsSuccess | null = null;
  /** The processor's name of what is chosen in the fields; where there is no choice, a card. */
  private method = "card";
  private turn = 0;

  /** `used` is told all that the frame says of being used; it keeps the session from going idle under the payer's hands. */
  constructor(private readonly used: () => void) {}

  /** `byPage`: the page asks whose card it is, and the ZIP code of its bills; then both have to come with `confirm`. */
  mount(next: Inline, byPage: boolean, locale: Locale, tell: Tell): void {
    this.unmount();
    const mine = this.turn;
    const still = (event: Event): void => void (this.turn === mine && tell(event));
    this.load(next, byPage, locale, still, () => this.turn === mine).catch(() => still({ type: "fieldsFailed" }));
  }

  unmount(): void {
    this.turn++;
    this.element?.destroy();
    this.element = this.actions = null;
    this.method = "card";
  }

  private async load(next: Inline, byPage: boolean, locale: Locale, tell: Tell, wanted: () => boolean): Promise<void> {
    const stripe = await loadStripe(next, locale);
    const where = this.place.current;
    if (!where || !wanted()) return;
    const checkout = stripe.initCheckoutElementsSdk({
      clientSecret: next.client_secret,
      elementsOptions: { appearance: appearanceOf(where) },
    });
    const element = (this.element = checkout.createPaymentElement({ layout: "tabs", ...(byPage && { fields: NO_ADDRESS }) }));
    const drawn = new Promise<void>((resolve) => element.on("ready", () => resolve()));
    element.on("loaderror", () => tell({ type: "fieldsFailed" }));
    element.on("change", ({ value }) => {
      this.method = value.type;
      this.used();
      tell({ type: "turned", kind: kindOf(value.type) });
    });
    element.on("focus", this.used);
    element.on("blur", this.used);
    element.mount(where);
    const loaded = await checkout.loadActions();
    if (!wanted()) return;
    if (loaded.type === "error") return tell({ type: "fieldsFailed" });
    this.actions = loaded.actions;
    await drawn;
    tell({ type: "fieldsReady", needsEmail: !loaded.actions.getSession().email });
  }

  /** Whether they are filled in; they mark by themselves what is missing. */
  async validate(): Promise<boolean> {
    const checked = await this.actions?.validateElements().catch(() => null);
    return checked?.type !== "error"; // where it cannot be told, the processor says so when it is asked to pay
  }

  async confirm(email: string | null, holder: Holder | null, tell: Tell): Promise<void> {
    const mine = this.turn;
    const still = (event: Event): void => void (this.turn === mine && tell(event));
    try {
      const result = await this.actions!.confirm({
        redirect: "if_required",
        ...(email && { email }),
        ...(holder && { billingAddress: { name: holder.name, address: { country: "US", postal_code: holder.zip } } }),
      });
      if (result.type === "success") return still({ type: "confirmed" });
      const { error } = result;
      const byBank = error.code === "paymentFailed";
      const code = error.code === "paymentFailed" ? error.paymentFailed.declineCode : null;
      still({ type: "declined", declined: { byBank, ofCard: kindOf(this.method) !== "bank", code } });
    } catch {
      still({ type: "confirmed" });
    }
  }

  /** Into the first of them. */
  focus(): void {
    this.element?.focus();
  }
}
