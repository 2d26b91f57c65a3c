// @ts-check
/** @file The 3-D Secure challenge, in a frame above the page. */

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
