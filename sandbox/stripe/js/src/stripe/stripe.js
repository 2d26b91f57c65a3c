// @ts-check
/** @file The Stripe.js stand-in: the part of @stripe/stripe-js that Billfold uses, in the types of that package. */

/** @param {string} publishableKey */
const Stripe = (publishableKey) => {
  if (!/^pk_test_sandbox_[\w-]+$/.test(publishableKey)) {
    throw new Error("The Stripe.js stand-in takes publishable keys of the sandbox only (pk_test_sandbox_…).");
  }
  /** @type {Pick<import("@stripe/stripe-js").Stripe, "initCheckoutElementsSdk">} */
  const supported = { initCheckoutElementsSdk: (options) => sdkOf(new Checkout(publishableKey, options)) };
  const known = { ...supported, version: "sandbox", _registerWrapper: () => {} };
  const whole = new Proxy(known, {
    get: (target, name) => {
      if (name in target) return Reflect.get(target, name);
      if (typeof name === "symbol" || name === "then") return undefined;
      return unsupported(`stripe.${name}`);
    },
  });
  return /** @type {import("@stripe/stripe-js").Stripe} */ (/** @type {unknown} */ (whole));
};
Stripe.version = "sandbox";

Object.assign(window, { Stripe });
