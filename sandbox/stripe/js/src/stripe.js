// @ts-check
"use strict";
/**
 * The Stripe.js stand-in: the part of `@stripe/stripe-js` that Billfold uses, in the types of that package.
 * Card fields live in a frame of this script's own origin; the page never has a card number.
 */
(() => {
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
   *   may_save: boolean, last_error: string | null, decline_code: string | null, challenge_url: string | null
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

  /** @param {View} view @param {boolean} cardComplete @returns {Session} */
  const sessionOf = (view, cardComplete) => {
    /** @param {number} minor */
    const amount = (minor) => ({ minorUnitsAmount: minor, amount: shown(minor, view) });
    const nothing = amount(0);
    const total = amount(view.amount_total);
    return {
      billingAddress: null,
      businessName: view.business_name,
      nameCollection: null,
      canConfirm: view.status === "open" && cardComplete && (view.mode === "setup" || view.email !== null),
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

  /** The Payment Element: a frame, and messages to and from it. */
  class Frame {
    /** @param {string} key @param {Appearance | undefined} appearance */
    constructor(key, appearance) {
      this.key = key;
      this.appearance = appearance;
      this.complete = false;
      this.destroyed = false;
      /** @type {Map<string, Set<(event: any) => any>>} */
      this.handlers = new Map();
      /** @type {HTMLIFrameElement | null} */
      this.iframe = null;
      /** @type {((token: Token) => void)[]} */
      this.waiting = [];
      this.loading = 0;
      this.heard = this.heard.bind(this);
    }

    /** @param {string | HTMLElement} where */
    mount(where) {
      if (this.destroyed) throw new Error("This Element has already been destroyed.");
      const host = typeof where === "string" ? document.querySelector(where) : where;
      if (!host) throw new Error(`The selector you specified (${where}) applies to no DOM elements.`);
      this.unmount();
      const iframe = document.createElement("iframe");
      const theme = this.appearance?.theme;
      iframe.src = `${ORIGIN}/frame/payment${theme ? `?theme=${encodeURIComponent(theme)}` : ""}`;
      iframe.title = "Secure payment input frame";
      iframe.allow = "payment *";
      Object.assign(iframe.style, { border: "0", width: "100%", height: "0", display: "block", colorScheme: "normal" });
      window.addEventListener("message", this.heard);
      this.loading = window.setTimeout(() => this.failed(), LOAD_TIMEOUT_MS);
      this.iframe = iframe;
      host.replaceChildren(iframe);
    }

    unmount() {
      window.clearTimeout(this.loading);
      window.removeEventListener("message", this.heard);
      this.iframe?.remove();
      this.iframe = null;
      this.complete = false;
    }

    failed() {
      this.emit("loaderror", { elementType: "payment", error: { type: "api_connection_error", message: "The frame did not load." } });
    }

    /** @param {MessageEvent} message */
    heard({ source, origin, data }) {
      if (origin !== ORIGIN || !this.iframe || source !== this.iframe.contentWindow) return;
      if (data.type === "height") this.iframe.style.height = `${data.height}px`;
      if (data.type === "token") this.waiting.splice(0).forEach((resolve) => resolve(data));
      if (data.type === "ready") {
        window.clearTimeout(this.loading);
        this.tell({ type: "appearance", variables: this.appearance?.variables ?? {} });
        this.emit("ready", { elementType: "payment" });
      }
      if (data.type === "change") {
        this.complete = data.complete;
        const { complete, empty } = data;
        this.emit("change", { elementType: "payment", complete, empty, collapsed: false, value: { type: "card" } });
      }
      if (["focus", "blur", "escape"].includes(data.type)) this.emit(data.type, { elementType: "payment" });
    }

    /** @param {object} message */
    tell(message) {
      this.iframe?.contentWindow?.postMessage(message, ORIGIN);
    }

    /** Has the frame turn the card into a payment method. @returns {Promise<Token>} */
    tokenize() {
      if (!this.iframe) return Promise.resolve({ error: "The Payment Element is not mounted." });
      return new Promise((resolve) => {
        this.waiting.push(resolve);
        this.tell({ type: "tokenize", key: this.key });
      });
    }

    /** @param {string} type @param {any} event */
    emit(type, event) {
      for (const handler of [...(this.handlers.get(type) ?? [])]) handler(event);
    }

    /** @param {Appearance} appearance */
    restyle(appearance) {
      this.appearance = appearance;
      this.tell({ type: "appearance", theme: appearance.theme, variables: appearance.variables ?? {} });
    }
  }

  /** @param {Frame} frame @returns {PaymentElement} */
  const elementOf = (frame) => {
    /** @param {string} type */
    const handlers = (type) => frame.handlers.get(type) ?? frame.handlers.set(type, new Set()).get(type);
    const element = {
      /** @param {string} type @param {(event: any) => any} handler */
      on(type, handler) {
        handlers(type)?.add(handler);
        return element;
      },
      /** @param {string} type @param {(event: any) => any} handler */
      once(type, handler) {
        /** @param {any} event */
        const first = (event) => {
          handlers(type)?.delete(first);
          handler(event);
        };
        return element.on(type, first);
      },
      /** @param {string} type @param {(event: any) => any} [handler] */
      off(type, handler) {
        if (handler) handlers(type)?.delete(handler);
        else handlers(type)?.clear();
        return element;
      },
      mount: frame.mount.bind(frame),
      unmount: frame.unmount.bind(frame),
      destroy() {
        frame.unmount();
        frame.destroyed = true;
      },
      focus: () => frame.tell({ type: "focus" }),
      blur: () => frame.tell({ type: "blur" }),
      clear: () => frame.tell({ type: "clear" }),
      collapse: unsupported("element.collapse"),
      update: () => element,
    };
    return /** @type {PaymentElement} */ (/** @type {unknown} */ (element));
  };

  /** An overlay with the bank's page; resolves when the payer is through, or has closed it. @param {string} url */
  const challenge = (url) =>
    new Promise((/** @type {(answered: boolean) => void} */ resolve) => {
      const overlay = document.createElement("div");
      overlay.setAttribute("role", "dialog");
      overlay.setAttribute("aria-modal", "true");
      overlay.setAttribute("aria-label", "3-D Secure");
      const place = { position: "fixed", inset: "0", zIndex: "2147483647", background: "rgb(0 0 0 / 60%)" };
      Object.assign(overlay.style, place, { display: "grid", placeContent: "center", justifyItems: "center", gap: "8px", padding: "16px" });
      const iframe = document.createElement("iframe");
      iframe.title = "3-D Secure challenge";
      iframe.src = url;
      Object.assign(iframe.style, { border: "0", width: "min(90vw, 26rem)", height: "min(70vh, 24rem)", background: "#fff" });
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = "Close";
      overlay.append(close, iframe);
      const before = /** @type {HTMLElement | null} */ (document.activeElement);
      /** @param {boolean} answered */
      const end = (answered) => {
        window.removeEventListener("message", heard);
        overlay.remove();
        before?.focus?.();
        resolve(answered);
      };
      /** @param {MessageEvent} message */
      const heard = ({ source, origin, data }) => {
        if (origin === ORIGIN && source === iframe.contentWindow && data.type === "challenge-over") end(true);
      };
      close.addEventListener("click", () => end(false));
      overlay.addEventListener("keydown", ({ key }) => key === "Escape" && end(false));
      window.addEventListener("message", heard);
      document.body.append(overlay);
      iframe.focus();
    });

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
        this.changed();
      }
      return answer;
    }

    changed() {
      if (this.view) this.listeners.forEach((listener) => listener(this.session()));
    }

    session() {
      if (!this.view) throw new Error("Call loadActions() and wait for it first.");
      return sessionOf(this.view, this.frame?.complete ?? false);
    }

    createPaymentElement() {
      if (this.element) throw new Error("Can only create one Element of type payment.");
      this.frame = new Frame(this.key, this.appearance);
      this.element = elementOf(this.frame);
      this.element.on("change", () => this.changed());
      return this.element;
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
        updateBillingAddress: unsupported("updateBillingAddress"),
        updatePhoneNumber: unsupported("updatePhoneNumber"),
        updateIndividualName: unsupported("updateIndividualName"),
        updateBusinessName: unsupported("updateBusinessName"),
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
      if (this.frame?.complete) return { type: "success", session: this.session() };
      const message = "Your card details are incomplete.";
      const code = this.frame ? "validation_error" : "no_elements";
      return { type: "error", error: { code, message, validation_errors: this.frame ? [{ message, element: "payment" }] : [] } };
    }

    /** @param {ConfirmOptions} options @returns {Promise<ConfirmResult>} */
    async confirm(options) {
      const token = options.paymentMethod ? { id: options.paymentMethod } : await this.tokenize();
      if (!token.id) return { type: "error", error: { message: token.error ?? "", code: null } };
      const answer = await this.ask("/client/confirm", {
        payment_method: token.id,
        email: options.email,
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

  /** @param {Checkout} checkout @returns {Sdk} */
  const sdkOf = (checkout) => ({
    on: (_event, handler) => void checkout.listeners.push(handler),
    loadActions: () => checkout.loadActions(),
    changeAppearance: (appearance) => {
      checkout.appearance = appearance;
      checkout.frame?.restyle(appearance);
    },
    loadFonts: () => {},
    createPaymentElement: () => checkout.createPaymentElement(),
    getPaymentElement: () => checkout.element,
    getBillingAddressElement: () => null,
    getShippingAddressElement: () => null,
    getExpressCheckoutElement: () => null,
    getCurrencySelectorElement: () => null,
    getContactDetailsElement: () => null,
    getTaxIdElement: () => null,
    getTermsElement: () => null,
    getLinkSignupElement: () => null,
    createBillingAddressElement: unsupported("createBillingAddressElement"),
    createShippingAddressElement: unsupported("createShippingAddressElement"),
    createExpressCheckoutElement: unsupported("createExpressCheckoutElement"),
    createCurrencySelectorElement: unsupported("createCurrencySelectorElement"),
    createTaxIdElement: unsupported("createTaxIdElement"),
    createContactDetailsElement: unsupported("createContactDetailsElement"),
    createTermsElement: unsupported("createTermsElement"),
    createLinkSignupElement: unsupported("createLinkSignupElement"),
  });

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
})();
