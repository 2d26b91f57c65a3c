// @ts-check
/** @file initCheckoutElementsSdk: one Checkout Session in the browser. */

/** Options of the Payment Element that say how it looks, and which wallets it leaves out. */
const ELEMENT_OPTIONS = ["business", "fields", "layout", "paymentMethodOrder", "terms", "wallets"];

/** The one choice of fields: a card's name, country and ZIP are asked by the page, and passed to confirm. */
const CARD_BY_PAGE = JSON.stringify({ card: { billingDetails: { address: { country: "never", postalCode: "never" } } } });

/** One Checkout Session in the browser. */
class Checkout {
  /** @param {string} key @param {SdkOptions} options */
  constructor(key, options) {
    this.key = key;
    this.options = options;
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {PaymentElement | null} */
    this.element = null;
    /** @type {Frame | null} */
    this.addressFrame = null;
    /** @type {AddressElement | null} */
    this.addressElement = null;
    /** Whether the page asks what the fields of a card leave out. */
    this.byPage = false;
    /** What the page itself said of the address. @type {Contact | null} */
    this.contact = options.defaultValues?.billingAddress ?? null;
    /** @type {View | null} */
    this.view = null;
    /** @type {((session: Session) => void)[]} */
    this.listeners = [];
    this.appearance = options.elementsOptions?.appearance;
  }

  /** @param {string} path @param {Record<string, string | undefined>} [fields] */
  async ask(path, fields = {}) {
    const answer = await call(path, { key: this.key, client_secret: await this.options.clientSecret, ...fields });
    if (answer.ok) {
      this.view = answer.view;
      this.offer(answer.view);
      this.changed();
    }
    return answer;
  }

  /** @param {View} view */
  offer({ deposits, payment_method_types: types }) {
    if (!this.frame) return;
    this.frame.deposits = deposits;
    this.frame.offer(types);
  }

  changed() {
    if (this.view) this.listeners.forEach((listener) => listener(this.session()));
  }

  session() {
    if (!this.view) throw new Error("Call loadActions() and wait for it first.");
    return sessionOf(this.view, this.frame?.complete ?? false, this.billing());
  }

  /** Whose card it is: as the address element has it, or the page. @returns {Contact | null} */
  billing() {
    return this.addressFrame?.complete ? this.addressFrame.value : this.contact;
  }

  /** @param {Parameters<Sdk["createPaymentElement"]>[0]} options */
  createPaymentElement(options) {
    if (this.element) throw new Error("Can only create one Element of type payment.");
    const ignored = Object.keys(options ?? {}).find((name) => !ELEMENT_OPTIONS.includes(name));
    if (ignored) unsupported(`option ${ignored} of the Payment Element`)();
    this.byPage = options?.fields !== undefined;
    if (this.byPage && JSON.stringify(options?.fields) !== CARD_BY_PAGE) unsupported("other fields of the Payment Element")();
    this.frame = new Frame(this.key, this.appearance);
    this.frame.address = this.byPage || this.addressFrame !== null;
    const { applePay, googlePay } = options?.wallets ?? {};
    this.frame.left = [applePay === "never" ? "apple_pay" : "", googlePay === "never" ? "google_pay" : ""];
    if (this.view) this.offer(this.view);
    this.element = elementOf(this.frame);
    this.element.on("change", () => this.changed());
    return this.element;
  }

  /** @param {Parameters<Sdk["createBillingAddressElement"]>[0]} options */
  createBillingAddressElement(options) {
    if (this.addressElement) throw new Error("Can only create one Element of type address.");
    if (Object.keys(options ?? {}).length) unsupported("options of the billing address element")();
    this.addressFrame = new Frame(this.key, this.appearance, "address");
    this.addressElement = addressElementOf(this.addressFrame);
    this.addressElement.on("change", () => this.changed());
    this.frame?.offer(this.frame.types, true);
    return this.addressElement;
  }

  /** @param {Contact | null} contact @returns {ReturnType<Actions["updateBillingAddress"]>} */
  async updateBillingAddress(contact) {
    if (this.addressElement) throw new IntegrationError("The billing address element has the billing address.");
    this.contact = contact;
    this.changed();
    return { type: "success", session: this.session() };
  }

  /** @returns {ReturnType<Sdk["loadActions"]>} */
  async loadActions() {
    const answer = await this.ask("/client/session");
    if (!answer.ok) return { type: "error", error: { message: answer.message, code: null } };
    const email = this.options.defaultValues?.email;
    if (email && answer.view.email === null) await this.ask("/client/email", { email });
    return { type: "success", actions: this.actions() };
  }

  /** @returns {Actions} */
  actions() {
    return {
      getSession: () => this.session(),
      updateEmail: (email) => this.updateEmail(email),
      confirm: (args) => this.confirm(args ?? {}),
      validateElements: () => this.validateElements(),
      runServerUpdate: async (update) => {
        await update();
        const answer = await this.ask("/client/session");
        if (!answer.ok) return { type: "error", error: { message: answer.message, code: null } };
        return { type: "success", session: this.session() };
      },
      applyPromotionCode: unsupported("applyPromotionCode"),
      removePromotionCode: unsupported("removePromotionCode"),
      updateShippingAddress: unsupported("updateShippingAddress"),
      updateBillingAddress: (contact) => this.updateBillingAddress(contact),
      updatePhoneNumber: unsupported("updatePhoneNumber"),
      updateLineItemQuantity: unsupported("updateLineItemQuantity"),
      updateTaxIdInfo: unsupported("updateTaxIdInfo"),
      updateShippingOption: unsupported("updateShippingOption"),
      addOptionalLineItem: unsupported("addOptionalLineItem"),
      removeOptionalLineItem: unsupported("removeOptionalLineItem"),
    };
  }

  /** @param {string | null} email @returns {ReturnType<Actions["updateEmail"]>} */
  async updateEmail(email) {
    const answer = await this.ask("/client/email", { email: email ?? "" });
    if (answer.ok) return { type: "success", session: this.session() };
    return { type: "error", error: { message: answer.message, code: "invalidEmail" } };
  }

  /** @returns {ReturnType<Actions["validateElements"]>} */
  async validateElements() {
    if (this.frame?.complete && (this.addressFrame?.complete ?? true)) return { type: "success", session: this.session() };
    if (this.frame?.complete) {
      const message = "Your billing address is incomplete.";
      const validation_errors = [{ message, element: /** @type {const} */ ("billingAddress") }];
      return { type: "error", error: { code: "validation_error", message, validation_errors } };
    }
    const message = "Your payment details are incomplete.";
    const code = this.frame ? "validation_error" : "no_elements";
    return { type: "error", error: { code, message, validation_errors: this.frame ? [{ message, element: "payment" }] : [] } };
  }

  /** @param {ConfirmOptions} options @returns {Promise<ConfirmResult>} */
  async confirm(options) {
    if (options.savePaymentMethod !== undefined && this.view?.saved_anyway) {
      throw new IntegrationError("savePaymentMethod cannot be passed for a session with setup_future_usage.");
    }
    if (options.billingAddress && this.addressElement) {
      throw new IntegrationError("billingAddress cannot be passed beside the billing address element.");
    }
    if (this.byPage && this.frame?.kind === "card" && !options.paymentMethod) needAddress(options.billingAddress ?? this.billing());
    if (this.addressElement && !this.addressFrame?.complete) {
      return { type: "error", error: { message: "Your billing address is incomplete.", code: null } };
    }
    const token = options.paymentMethod ? { id: options.paymentMethod } : await this.tokenize();
    if (!token.id) return { type: "error", error: { message: token.error ?? "", code: null } };
    const answer = await this.ask("/client/confirm", {
      payment_method: token.id,
      email: options.email,
      ...contactFields(options.billingAddress ?? this.billing()),
      save_payment_method: options.savePaymentMethod ? "true" : undefined,
    });
    if (!answer.ok) return this.refused(answer);
    if (answer.view.challenge_url) return this.challenged(answer.view.challenge_url, options);
    return this.finished(options);
  }

  /** @returns {Promise<Token>} */
  async tokenize() {
    if (!this.frame) return { error: "Create and mount the Payment Element, or pass paymentMethod." };
    return this.frame.tokenize();
  }

  /** @param {Extract<Answer, {ok: false}>} answer @returns {ConfirmResult} */
  refused({ status, message, declineCode }) {
    if (status !== 402) return { type: "error", error: { message, code: null } };
    return { type: "error", error: { message, code: "paymentFailed", paymentFailed: { declineCode } } };
  }

  /** @param {string} url @param {ConfirmOptions} options @returns {Promise<ConfirmResult>} */
  async challenged(url, options) {
    const answered = await challenge(url);
    const answer = await this.ask("/client/session");
    if (!answer.ok) return this.refused(answer);
    if (answer.view.status === "complete") return this.finished(options);
    const message = (answered && answer.view.last_error) || "The payment was not authenticated.";
    const declineCode = answer.view.decline_code;
    return { type: "error", error: { message, code: "paymentFailed", paymentFailed: { declineCode } } };
  }

  /** @param {ConfirmOptions} options @returns {Promise<ConfirmResult>} */
  async finished({ redirect, returnUrl }) {
    if (redirect === "if_required") return { type: "success", session: this.session() };
    const session = this.session();
    const url = returnUrl ?? this.view?.return_url ?? "";
    window.location.assign(url.replaceAll("{CHECKOUT_SESSION_ID}", session.id));
    return new Promise(() => {});
  }
}

/** What the fields were told never to ask has to be passed, be it null. @param {Contact | null} contact */
const needAddress = (contact) => {
  for (const name of /** @type {const} */ (["country", "postal_code"])) {
    if (contact?.address[name] === undefined) throw new IntegrationError(`fields says never ask ${name}: pass it in billingAddress.`);
  }
};

/** @param {Checkout} checkout @returns {Sdk} */
const sdkOf = (checkout) => ({
  on: (_event, handler) => void checkout.listeners.push(handler),
  loadActions: () => checkout.loadActions(),
  changeAppearance: (appearance) => {
    checkout.appearance = appearance;
    checkout.frame?.restyle(appearance);
    checkout.addressFrame?.restyle(appearance);
  },
  loadFonts: () => {},
  createPaymentElement: (options) => checkout.createPaymentElement(options),
  getPaymentElement: () => checkout.element,
  getBillingAddressElement: () => checkout.addressElement,
  getShippingAddressElement: () => null,
  getExpressCheckoutElement: () => null,
  getCurrencySelectorElement: () => null,
  getTaxIdElement: () => null,
  getTermsElement: () => null,
  getLinkSignupElement: () => null,
  createBillingAddressElement: (options) => checkout.createBillingAddressElement(options),
  createShippingAddressElement: unsupported("createShippingAddressElement"),
  createExpressCheckoutElement: unsupported("createExpressCheckoutElement"),
  createCurrencySelectorElement: unsupported("createCurrencySelectorElement"),
  createTaxIdElement: unsupported("createTaxIdElement"),
  createContactDetailsElement: unsupported("createContactDetailsElement"),
  createTermsElement: unsupported("createTermsElement"),
  createLinkSignupElement: unsupported("createLinkSignupElement"),
});
