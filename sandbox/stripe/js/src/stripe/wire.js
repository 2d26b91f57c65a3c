// @ts-check
/** @file What is said to the stand-in, and the types of it. These files are served as one script, in one scope. */

/** @typedef {import("@stripe/stripe-js").StripeCheckoutSession} Session */
/** @typedef {import("@stripe/stripe-js").StripeCheckoutElementsSdk} Sdk */
/** @typedef {import("@stripe/stripe-js").StripeCheckoutElementsSdkOptions} SdkOptions */
/** @typedef {import("@stripe/stripe-js").StripeCheckoutLoadActionsSuccess} Actions */
/** @typedef {import("@stripe/stripe-js").StripePaymentElement} PaymentElement */
/** @typedef {import("@stripe/stripe-js").Appearance} Appearance */
/** @typedef {NonNullable<Parameters<Actions["confirm"]>[0]>} ConfirmOptions */
/** @typedef {Awaited<ReturnType<Actions["confirm"]>>} ConfirmResult */
/** @typedef {{id?: string, error?: string}} Token */
/**
 * What the stand-in's /client calls answer about a session (sandbox/stripe/pages/client.py).
 * @typedef {{
 *   id: string, mode: string, status: "open" | "complete" | "expired",
 *   payment_status: "paid" | "unpaid" | "no_payment_required", amount_total: number, currency: string,
 *   exponent: number, business_name: string, email: string | null, return_url: string,
 *   line_items: {id: string, name: string, total: number, unit: number, quantity: number, price: string}[],
 *   saved_payment_methods: {
 *     id: string,
 *     card: {brand: string, exp_month: number, exp_year: number, last4: string},
 *     billing_details: {email: string | null, name: string | null, phone: string | null}
 *   }[],
 *   payment_method_types: string[], may_save: boolean, deposits: boolean, billing_address_required: boolean, saved_anyway: boolean, last_error: string | null, decline_code: string | null, challenge_url: string | null
 * }} View
 */
/** @typedef {{ok: true, view: View} | {ok: false, status: number, message: string, declineCode: string | null}} Answer */

const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const ORIGIN = new URL(script.src).origin;
const LOAD_TIMEOUT_MS = 15000;

/** @param {string} what @returns {(...given: any[]) => never} */
const unsupported = (what) => () => {
  throw new Error(`The Stripe.js stand-in has no ${what}.`);
};

/** What Stripe.js throws where the page itself is wrong. */
class IntegrationError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

/**
 * A form to the stand-in: no preflight, no cookie.
 * @param {string} path @param {Record<string, string | undefined>} fields @returns {Promise<Answer>}
 */
const call = async (path, fields) => {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) body.set(name, value);
  }
  const response = await fetch(ORIGIN + path, { method: "POST", body, credentials: "omit" });
  const answer = await response.json();
  if (response.ok) return { ok: true, view: answer };
  const { message, decline_code: declineCode = null } = answer.error;
  return { ok: false, status: response.status, message, declineCode };
};
