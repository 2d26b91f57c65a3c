// @ts-check
/** @file The billing address element: name and whole address, in a frame; the page may read them. */

/** @typedef {import("@stripe/stripe-js").StripeAddressElement} AddressElement */
/** @typedef {NonNullable<ConfirmOptions["billingAddress"]>} Contact */

/** @param {Frame} frame @returns {AddressElement} */
const addressElementOf = (frame) => {
  const element = /** @type {AddressElement} */ (/** @type {unknown} */ (elementOf(frame)));
  /** @returns {ReturnType<AddressElement["getValue"]>} */
  element.getValue = async () => {
    const nobody = { name: "", address: { line1: "", line2: null, city: "", state: "", postal_code: "", country: "US" } };
    return { complete: frame.complete, isNewAddress: true, value: frame.value ?? nobody };
  };
  return element;
};

/** The form fields of a contact. @param {Contact | null} contact @returns {Record<string, string | undefined>} */
const contactFields = (contact) => {
  if (!contact) return {};
  /** @type {Record<string, string | undefined>} */
  const fields = { "billing[name]": contact.name ?? undefined };
  for (const [name, text] of Object.entries(contact.address)) fields[`billing[address][${name}]`] = text ?? undefined;
  return fields;
};

/** Whether a contact has all that billing_address_collection=required asks. @param {Contact | null} contact */
const contactComplete = (contact) => {
  const { line1, city, state, postal_code, country } = contact?.address ?? { country: "" };
  return Boolean(contact?.name && line1 && city && state && postal_code && country);
};
