import type { StripeCheckoutLoadActionsSuccess, StripePaymentElement } from "@stripe/stripe-js";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Inline, Locale } from "../../api/schema";
import { appearanceOf, loadStripe } from "./stripe";

export interface Card {
  status: "loading" | "ready" | "confirming" | "failed";
  /** The processor's words for what was not taken, and whether a bank said no, of a card or else; another may be tried. */
  declined: { words: string; byBank: boolean; ofCard: boolean } | null;
  /** The processor has no e-mail address for this payment and asks for one. */
  needsEmail: boolean;
  confirm: (email: string | null) => void;
  /** Whether the fields are filled in; they mark by themselves what is missing. */
  filled: () => Promise<boolean>;
  /** Into the first of the fields. */
  focus: () => void;
  retry: () => void;
}

/**
 * Mounts the processor's own card fields in `place` and confirms the payment with them, once at a time.
 * `done` is called when it went through, and also when no answer came: then only the processor knows. `used` is
 * called at all that the frame tells of being used; it keeps the session from going idle under the payer's hands.
 */
export function useCard(place: RefObject<HTMLDivElement | null>, next: Inline, locale: Locale, used: () => void, done: () => void): Card {
  const [status, setStatus] = useState<Card["status"]>("loading");
  const [declined, setDeclined] = useState<Card["declined"]>(null);
  const [needsEmail, setNeedsEmail] = useState(false);
  const [turn, setTurn] = useState(0);
  const actions = useRef<StripeCheckoutLoadActionsSuccess | null>(null);
  const element = useRef<StripePaymentElement | null>(null);
  /** What is chosen in the fields; where there is no choice, a card. */
  const method = useRef("card");
  const busy = useRef(false);
  const latest = useRef(used);
  latest.current = used;

  useEffect(() => {
    let gone = false;
    let unmount = (): void => {};
    const fail = (): void => void (gone || setStatus("failed"));
    const mount = async (): Promise<void> => {
      const where = place.current;
      if (!where) return;
      const stripe = await loadStripe(next, locale);
      if (gone) return;
      const checkout = stripe.initCheckoutElementsSdk({
        clientSecret: next.client_secret,
        elementsOptions: { appearance: appearanceOf(where) },
      });
      const payment = checkout.createPaymentElement({ layout: "tabs" });
      unmount = () => payment.destroy();
      payment.on("ready", () => void (gone || setStatus("ready")));
      payment.on("loaderror", fail);
      payment.on("change", ({ value }) => {
        method.current = value.type;
        latest.current();
      });
      payment.on("focus", () => latest.current());
      payment.on("blur", () => latest.current());
      payment.mount(where);
      element.current = payment;
      const loaded = await checkout.loadActions();
      if (gone) return;
      if (loaded.type === "error") return fail();
      actions.current = loaded.actions;
      setNeedsEmail(!loaded.actions.getSession().email);
    };
    setStatus("loading");
    mount().catch(fail);
    return () => {
      gone = true;
      actions.current = element.current = null;
      unmount();
    };
  }, [next.client_secret, turn]);

  const confirm = async (email: string | null): Promise<void> => {
    const mine = actions.current;
    if (!mine || busy.current) return;
    // Who has left the page meanwhile stays where they are; Billing shows the outcome.
    const left = (): boolean => actions.current !== mine;
    busy.current = true;
    setDeclined(null);
    setStatus("confirming");
    try {
      const result = await mine.confirm({ redirect: "if_required", ...(email ? { email } : {}) });
      if (left()) return;
      if (result.type === "success") return done();
      setDeclined({ words: result.error.message, byBank: result.error.code === "paymentFailed", ofCard: method.current === "card" });
      setStatus("ready");
    } catch {
      if (!left()) done();
    } finally {
      busy.current = false;
    }
  };

  const filled = async (): Promise<boolean> => {
    const checked = await actions.current?.validateElements().catch(() => null);
    return checked?.type !== "error"; // where it cannot be told, the processor says so when it is asked to pay
  };

  return {
    status,
    declined,
    needsEmail,
    confirm: (email) => void confirm(email),
    filled,
    focus: () => element.current?.focus(),
    retry: () => setTurn((n) => n + 1),
  };
}
