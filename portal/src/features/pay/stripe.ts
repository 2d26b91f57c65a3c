/** Stripe.js: always loaded from where the API says, only when somebody is about to pay, never bundled. */
import type { Appearance, Stripe, StripeConstructor } from "@stripe/stripe-js";

import type { Inline, Locale } from "../../api/schema";

const loading = new Map<string, Promise<StripeConstructor>>();

export async function loadStripe(next: Pick<Inline, "script_url" | "publishable_key">, locale: Locale): Promise<Stripe> {
  const make = await loadScript(next.script_url);
  return make(next.publishable_key, { locale: locale === "es" ? "es-419" : "en" });
}

function loadScript(url: string): Promise<StripeConstructor> {
  const known = loading.get(url);
  if (known) return known;
  const promise = new Promise<StripeConstructor>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", () => (window.Stripe ? resolve(window.Stripe) : reject(new Error("no Stripe"))));
    script.addEventListener("error", () => reject(new Error("Stripe.js did not load")));
    document.head.append(script);
  });
  // A failure is not kept: the next try loads again.
  promise.catch(() => loading.delete(url));
  loading.set(url, promise);
  return promise;
}

/** Our colours for the processor's fields, read from the page so that both themes fit. */
export function appearanceOf(element: HTMLElement): Appearance {
  const style = getComputedStyle(element);
  return {
    theme: window.matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe",
    variables: {
      colorPrimary: style.outlineColor,
      colorText: style.color,
      colorBackground: style.backgroundColor,
      fontFamily: style.fontFamily,
      borderRadius: "10px",
    },
  };
}
