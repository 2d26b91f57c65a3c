// @ts-check
"use strict";
/** The security code of a saved card, typed again: goes to the stand-in, and comes back as a token. */
(() => {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("cvc-form"));
  const error = /** @type {HTMLElement} */ (document.getElementById("error"));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("cvc"));

  const complete = () => /^[0-9]{3,4}$/.test(field.value.trim());

  const changed = () => tell({ type: "change", complete: complete(), empty: field.value.trim() === "" });

  /** @param {string} message */
  const show = (message) => {
    error.textContent = message;
    error.hidden = message === "";
  };

  /** @param {string} key */
  const tokenize = async (key) => {
    const body = new URLSearchParams({ key, cvc: field.value.trim() });
    if (!complete()) {
      show("Your card's security code is incomplete.");
      return tell({ type: "token", error: error.textContent });
    }
    const response = await fetch("/client/tokens", { method: "POST", body, credentials: "omit" });
    const answer = await response.json();
    show(response.ok ? "" : answer.error.message);
    return tell(response.ok ? { type: "token", id: answer.id } : { type: "token", error: answer.error.message });
  };

  const tell = talkToPage((data) => {
    if (data.type === "tokenize") tokenize(data.key);
    if (data.type !== "clear") return;
    form.reset();
    changed();
  }, field);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    show("");
    changed();
  });
})();
