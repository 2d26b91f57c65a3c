// @ts-check
"use strict";
/** The billing address element: whose card it is, and where they live. Told to the page, as Stripe's is. */
(() => {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("address"));
  const NAMES = ["billing_name", "line1", "city", "state", "postal_code"];
  let told = "";

  /** @param {string} name */
  const typed = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value.trim();

  const changed = () => {
    const [name, line1, city, state, postal_code] = NAMES.map(typed);
    const address = { line1, line2: null, city, state, postal_code, country: "US" };
    const now = {
      type: "change",
      complete: NAMES.every((each) => typed(each) !== ""),
      empty: NAMES.every((each) => typed(each) === ""),
      value: { name, address },
    };
    if (JSON.stringify(now) !== told) tell(now);
    told = JSON.stringify(now);
  };

  const first = /** @type {HTMLInputElement} */ (form.elements.namedItem("billing_name"));
  const tell = talkToPage((data) => {
    if (data.type !== "clear") return;
    form.reset();
    changed();
  }, first);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", changed);
})();
