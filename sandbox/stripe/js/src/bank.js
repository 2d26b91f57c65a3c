// @ts-check
"use strict";
/** The bank's own window: hands the account that was chosen to the page that opened it, and closes. */
(() => {
  const lost = /** @type {HTMLElement} */ (document.getElementById("lost"));
  if (!window.opener) lost.hidden = false;
  for (const choice of document.querySelectorAll("button")) {
    choice.addEventListener("click", () => {
      const { holder, routing, account } = choice.dataset;
      window.opener?.postMessage({ type: "bank-account", holder, routing, account }, window.location.origin);
      window.close();
    });
  }
})();
