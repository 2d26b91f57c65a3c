// @ts-check
"use strict";
/** @file What every frame of the stand-in's says to the page around it, and hears from it. */

const FRAME_VARIABLES = /** @type {const} */ ({
  colorText: "--ink",
  colorBackground: "--paper",
  colorPrimary: "--act",
  colorDanger: "--bad",
});

/** @param {{theme?: string, variables?: Record<string, string>}} message */
const restyle = ({ theme, variables = {} }) => {
  const root = document.documentElement;
  if (theme) root.dataset.theme = theme;
  for (const [name, property] of Object.entries(FRAME_VARIABLES)) {
    if (variables[name]) root.style.setProperty(property, variables[name]);
  }
};

/**
 * The page that embeds us is known by its first message; until then nothing secret is said.
 * @param {(data: any) => void} hear what is this frame's own @param {HTMLElement} first the field to focus
 * @returns {(message: object) => void} says something to the page
 */
const talkToPage = (hear, first) => {
  let parentOrigin = "*";
  /** @param {object} message */
  const tell = (message) => window.parent.postMessage(message, parentOrigin);
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent) return;
    parentOrigin = origin;
    if (data.type === "appearance") restyle(data);
    if (data.type === "focus") first.focus();
    if (data.type === "blur" && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    hear(data);
  });
  window.addEventListener("focus", () => tell({ type: "focus" }));
  window.addEventListener("blur", () => tell({ type: "blur" }));
  window.addEventListener("keydown", ({ key }) => key === "Escape" && tell({ type: "escape" }));
  new ResizeObserver(() => tell({ type: "height", height: document.documentElement.offsetHeight })).observe(
    document.documentElement,
  );
  tell({ type: "ready" });
  return tell;
};
