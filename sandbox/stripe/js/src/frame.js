// @ts-check
"use strict";
/** The card and bank fields of the Payment Element, in a frame of the stand-in's origin. Talks to stripe.js by messages. */
(() => {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("card"));
  const error = /** @type {HTMLElement} */ (document.getElementById("error"));
  let told = "";

  /** @param {string} name */
  const typed = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value.trim();

  /** @type {Record<string, string[]>} */
  const FIELDS = {
    card: ["number", "expiry", "cvc", "name", "zip"],
    us_bank_account: ["holder", "routing_number", "account_number"],
  };
  const kind = () => /** @type {RadioNodeList} */ (form.elements.namedItem("type")).value;
  const byBank = () => kind() === "us_bank_account";
  const byCard = () => kind() === "card";
  /** What is typed; nothing for a wallet, which knows it all. */
  const names = () => FIELDS[kind()] ?? [];
  const what = () => (byBank() ? "bank account" : "card");

  const bankComplete = () =>
    typed("holder") !== "" &&
    /^[0-9]{9}$/.test(typed("routing_number").replace(/[ -]/g, "")) &&
    /^[0-9]{4,17}$/.test(typed("account_number").replace(/[ -]/g, ""));

  const cardComplete = () =>
    /^[0-9]{13,19}$/.test(typed("number").replace(/[ -]/g, "")) &&
    /^(0?[1-9]|1[0-2]) ?\/? ?([0-9]{2}){1,2}$/.test(typed("expiry")) &&
    /^[0-9]{3,4}$/.test(typed("cvc")) &&
    (asked || typed("zip") !== "");

  const complete = () => (byBank() ? bankComplete() : !byCard() || cardComplete());

  const deposit = /** @type {HTMLInputElement} */ (form.elements.namedItem("verify"));

  const empty = () => names().length > 0 && names().every((name) => typed(name) === "");

  /** Whether an address element of the page asks name and ZIP. */
  let asked = false;

  /**
   * The session says what it takes; the choice is shown only where there is one.
   * @param {string[]} types @param {boolean} address @param {boolean} deposits
   */
  const offer = (types, address, deposits) => {
    asked = address;
    /** @type {HTMLElement} */ (deposit.parentElement).hidden = !deposits;
    /** @type {HTMLElement} */ (document.getElementById("card-holder")).hidden = address;
    const kinds = /** @type {HTMLElement} */ (form.querySelector(".kinds"));
    kinds.hidden = types.length < 2;
    for (const input of kinds.querySelectorAll("input")) {
      /** @type {HTMLElement} */ (input.parentElement).hidden = !types.includes(input.value);
      if (input.value === types[0] && !types.includes(kind())) {
        input.checked = true;
        turn();
        changed();
      }
    }
  };

  const turn = () => {
    /** @type {HTMLElement} */ (document.getElementById("by-card")).hidden = !byCard();
    /** @type {HTMLElement} */ (document.getElementById("by-bank")).hidden = !byBank();
  };

  /** @param {string} message */
  const show = (message) => {
    error.textContent = message;
    error.hidden = message === "";
  };

  const changed = () => {
    const now = { type: "change", kind: kind(), complete: complete(), empty: empty() };
    if (JSON.stringify(now) !== told) tell(now);
    told = JSON.stringify(now);
  };

  /** @param {string} key */
  const tokenize = async (key) => {
    if (!complete()) {
      const incomplete = `Your ${what()} details are incomplete.`;
      show(incomplete);
      return tell({ type: "token", error: incomplete });
    }
    const body = new URLSearchParams({ key, type: kind() });
    for (const name of names()) body.set(name, typed(name));
    if (byBank() && deposit.checked) body.set("verify", "deposit");
    const response = await fetch("/client/payment_methods", { method: "POST", body, credentials: "omit" });
    const answer = await response.json();
    show(response.ok ? "" : answer.error.message);
    return tell(response.ok ? { type: "token", id: answer.id } : { type: "token", error: answer.error.message });
  };

  /** @type {Window | null} */
  let bank = null;

  /** The bank's own window. A page that cuts windows off from who opened them leaves us none to listen to. */
  const signIn = () => {
    bank = window.open("/bank", "_blank", "popup,width=480,height=640");
    show(bank ? "" : "The window of your bank could not be opened.");
  };

  /** What was chosen there. @param {{holder: string, routing: string, account: string}} chosen */
  const fill = ({ holder, routing, account }) => {
    for (const [name, text] of Object.entries({ holder, routing_number: routing, account_number: account })) {
      /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = text;
    }
    changed();
  };

  const first = /** @type {HTMLInputElement} */ (form.elements.namedItem("number"));

  window.addEventListener("message", ({ source, origin, data }) => {
    if (bank && source === bank && origin === window.location.origin && data.type === "bank-account") fill(data);
  });

  const tell = talkToPage((data) => {
    if (data.type === "tokenize") tokenize(data.key);
    if (data.type === "offer") offer(data.types, data.address, data.deposits);
    if (data.type === "clear") {
      form.reset();
      turn();
      changed();
    }
  }, first);

  /** @type {HTMLElement} */ (document.getElementById("sign-in")).addEventListener("click", signIn);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    show("");
    turn();
    changed();
  });
})();
