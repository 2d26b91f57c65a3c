import type { Stripe, StripeCardCvcElement } from "@stripe/stripe-js";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Methods } from "../../api/schema";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { appearanceOf, loadStripe } from "./stripe";

type Known = NonNullable<Methods["cvc"]>;

export interface Cvc {
  place: { current: HTMLDivElement | null };
  state: "loading" | "ready" | "failed";
  wrong: boolean;
  /** Used once; null where no whole code is typed, which is said at the field. */
  token: () => Promise<string | null>;
}

/** The security code of a saved card, in the processor's own field: asked where the practice wants it with each payment. */
export function useCvc(known: Known | null): Cvc {
  const { locale } = useWords();
  const { idle } = useSession();
  const place = useRef<HTMLDivElement>(null);
  const field = useRef<{ stripe: Stripe; element: StripeCardCvcElement } | null>(null);
  const [state, setState] = useState<Cvc["state"]>("loading");
  const [wrong, setWrong] = useState(false);
  const key = known?.publishable_key ?? null;
  useEffect(() => {
    if (!known) return;
    let gone = false;
    const load = async (): Promise<void> => {
      const stripe = await loadStripe(known, locale);
      if (gone || !place.current) return;
      const element = stripe.elements({ appearance: appearanceOf(place.current) }).create("cardCvc");
      field.current = { stripe, element };
      element.on("ready", () => !gone && setState("ready"));
      element.on("change", () => (setWrong(false), idle.used()));
      element.mount(place.current);
    };
    setState("loading");
    load().catch(() => !gone && setState("failed"));
    return () => {
      gone = true;
      field.current?.element.destroy();
      field.current = null;
    };
  }, [key]);
  const token = async (): Promise<string | null> => {
    if (!field.current) return null;
    const { stripe, element } = field.current;
    const made = await stripe.createToken("cvc_update", element).catch(() => null);
    const id = made?.token?.id ?? null;
    setWrong(id === null);
    if (id === null) element.focus();
    return id;
  };
  return { place, state, wrong, token };
}

export function CvcField({ cvc }: { cvc: Cvc }) {
  const { t } = useWords();
  return (
    <div class={cvc.wrong ? "field field--wrong" : "field"} role="group" aria-labelledby="cvc-label" aria-describedby="cvc-error">
      <p id="cvc-label" class="cvc__label">
        {t("cvc.label")}
      </p>
      <div id="cvc" class="cvc__field" ref={cvc.place} data-state={cvc.state} />
      <p class="field__error" id="cvc-error" aria-live="polite">
        {cvc.state === "failed" ? t("cvc.failed") : cvc.wrong ? t("cvc.wrong") : ""}
      </p>
    </div>
  );
}
