// @ts-check
/** @file A session as @stripe/stripe-js shows it, from what the stand-in answers. */

/** @param {View} view @param {boolean} cardComplete @param {Contact | null} contact @returns {Session} */
const sessionOf = (view, cardComplete, contact) => {
  /** @param {number} minor */
  const amount = (minor) => ({ minorUnitsAmount: minor, amount: shown(minor, view) });
  const nothing = amount(0);
  const total = amount(view.amount_total);
  return {
    billingAddress: contact,
    businessName: view.business_name,
    canConfirm: view.status === "open" && cardComplete && allSaid(view, contact),
    currency: view.currency,
    currencyOptions: null,
    discountAmounts: null,
    email: view.email,
    id: view.id,
    lastPaymentError: view.last_error === null ? null : { message: view.last_error },
    lineItems: view.line_items.map((line) => lineItem(line, amount)),
    livemode: false,
    minorUnitsAmountDivisor: 10 ** view.exponent,
    phoneNumber: null,
    recurring: null,
    savedPaymentMethods: view.saved_payment_methods.map(savedMethod),
    shipping: null,
    shippingAddress: null,
    shippingOptions: [],
    status: view.status === "complete" ? { type: "complete", paymentStatus: view.payment_status } : { type: view.status },
    surcharge: null,
    tax: { status: "ready" },
    taxAmounts: null,
    taxIdInfo: null,
    total: {
      appliedBalance: nothing,
      balanceAppliedToNextInvoice: false,
      discount: nothing,
      shippingRate: nothing,
      subtotal: total,
      surcharge: nothing,
      taxExclusive: nothing,
      taxInclusive: nothing,
      total,
    },
    optionalItems: null,
  };
};

/** Whether the payer has said all that the session asks beside the card. @param {View} view @param {Contact | null} contact */
const allSaid = (view, contact) =>
  (view.mode === "setup" || view.email !== null) && (!view.billing_address_required || contactComplete(contact));

/** @param {number} minor @param {View} view */
const shown = (minor, view) =>
  new Intl.NumberFormat(undefined, {
    style: "currency",
    currency: view.currency,
    minimumFractionDigits: view.exponent,
  }).format(minor / 10 ** view.exponent);

/**
 * @param {View["line_items"][number]} line
 * @param {(minor: number) => {minorUnitsAmount: number, amount: string}} amount
 * @returns {Session["lineItems"][number]}
 */
const lineItem = (line, amount) => ({
  id: line.id,
  name: line.name,
  discount: amount(0),
  subtotal: amount(line.total),
  total: amount(line.total),
  taxExclusive: amount(0),
  taxInclusive: amount(0),
  unitAmount: amount(line.unit),
  unitAmountDecimal: null,
  description: null,
  quantity: line.quantity,
  unitLabel: null,
  discountAmounts: null,
  taxAmounts: null,
  recurring: null,
  adjustableQuantity: null,
  images: [],
  priceId: line.price,
  isRemovable: false,
  pricing: null,
  transformQuantity: null,
});

/** @param {View["saved_payment_methods"][number]} method @returns {NonNullable<Session["savedPaymentMethods"]>[number]} */
const savedMethod = ({ id, card, billing_details: { email, name, phone } }) => ({
  id,
  type: "card",
  card: { brand: card.brand, expMonth: card.exp_month, expYear: card.exp_year, last4: card.last4 },
  billingDetails: { email, name, phone, address: null },
});
