// @ts-check
/** @file The Stripe.js stand-in: the part of @stripe/stripe-js that Billfold uses, in the types of that package. */

/** @param {string} publishableKey */
const Stripe = (publishableKey) => {
  if (!/^pk_test_sandbox_[\w-]+$/.test(publishableKey)) {
    throw new Error("The Stripe.js stand-in takes publishable keys of the sandbox only (pk_test_sandbox_…).");
  }
  /** @type {Pick<import("@stripe/stripe-js").Stripe, "initCheckoutElementsSdk">} */
  const checkouts = { initCheckoutElementsSdk: (options) => sdkOf(new Checkout(publishableKey, options)) };
  const own = {
    elements: (/** @type {{appearance?: Appearance}} */ options) => elementsOf(publishableKey, options),
    createToken,
    handleNextAction: (/** @type {{clientSecret: string}} */ options) => handleNextAction(publishableKey, options),
  };
  const whole = nothingElse({ ...checkouts, ...own, version: "sandbox", _registerWrapper: () => {} }, "stripe");
  return /** @type {import("@stripe/stripe-js").Stripe} */ (/** @type {unknown} */ (whole));
};
Stripe.version = "sandbox";

Object.assign(window, { Stripe });
