// @ts-check
/** @file The Payment Element: card and bank fields in a frame of this script's own origin, so the page never has a card number. */

/** What Stripe calls the Element in its events, by the frame's name. */
const ELEMENT_TYPES = { payment: "payment", address: "address", cvc: "cardCvc" };

/** An Element: a frame, and messages to and from it. */
class Frame {
  /** @param {string} key @param {Appearance | undefined} appearance @param {keyof typeof ELEMENT_TYPES} [name] */
  constructor(key, appearance, name = "payment") {
    this.key = key;
    this.appearance = appearance;
    this.name = name;
    this.elementType = ELEMENT_TYPES[name];
    /** What the page may read of it: an address. @type {any} */
    this.value = null;
    this.address = false;
    /** Whether a bank account may be verified by a deposit. */
    this.deposits = false;
    /** Wallets that the page leaves out. @type {string[]} */
    this.left = [];
    this.complete = false;
    /** What is chosen in it. */
    this.kind = "card";
    this.ready = false;
    this.destroyed = false;
    /** @type {Map<string, Set<(event: any) => any>>} */
    this.handlers = new Map();
    /** @type {HTMLIFrameElement | null} */
    this.iframe = null;
    /** @type {((token: Token) => void)[]} */
    this.waiting = [];
    this.loading = 0;
    /** @type {string[]} */
    this.types = ["card"];
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
    iframe.src = `${ORIGIN}/frame/${this.name}${theme ? `?theme=${encodeURIComponent(theme)}` : ""}`;
    iframe.title = `Secure ${this.name} input frame`;
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
    this.complete = this.ready = false;
  }

  failed() {
    this.emit("loaderror", { elementType: this.elementType, error: { type: "api_connection_error", message: "The frame did not load." } });
  }

  /** @param {MessageEvent} message */
  heard({ source, origin, data }) {
    if (origin !== ORIGIN || !this.iframe || source !== this.iframe.contentWindow) return;
    if (data.type === "height") this.iframe.style.height = `${data.height}px`;
    if (data.type === "token") this.waiting.splice(0).forEach((resolve) => resolve(data));
    if (data.type === "ready") {
      window.clearTimeout(this.loading);
      this.ready = true;
      this.tell({ type: "appearance", variables: this.appearance?.variables ?? {} });
      this.offer(this.types);
      this.emit("ready", { elementType: this.elementType });
    }
    if (data.type === "change") {
      this.complete = data.complete;
      const { kind, complete, empty, value } = data;
      this.kind = kind ?? this.kind;
      this.value = value ?? null;
      const mine = value ? { elementMode: "billing", isNewAddress: true, value } : { collapsed: false, value: { type: kind } };
      this.emit("change", { elementType: this.elementType, complete, empty, ...mine });
    }
    if (["focus", "blur", "escape"].includes(data.type)) this.emit(data.type, { elementType: this.elementType });
  }

  /** @param {object} message */
  tell(message) {
    this.iframe?.contentWindow?.postMessage(message, ORIGIN);
  }

  /** What the session takes, and whether another Element asks for the address. @param {string[]} types @param {boolean} [address] */
  offer(types, address = this.address) {
    this.types = types;
    this.address = address;
    const offered = types.filter((type) => !this.left.includes(type));
    if (this.ready) this.tell({ type: "offer", types: offered, address, deposits: this.deposits });
  }

  /** Has the frame turn what was typed into a payment method. @returns {Promise<Token>} */
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
