/**
 * The focus never falls to the body. Where what had it is taken off the page ("Try again", "Cancel it", a row that is
 * paid), the heading of its part of the page takes it, or the page's own: there the reader goes on.
 */
const AFTER_EFFECTS_MS = 100; // whoever knows a better place has moved it there by then

/** What carries this attribute keeps the focus while it changes the page beside it. */
export const KEEPS_FOCUS = "data-keeps-focus";

export const isFocusKept = (): boolean => Boolean(document.activeElement?.hasAttribute(KEEPS_FOCUS));

let held: { element: Element; within: Element[] } | null = null;

export function keepFocus(): void {
  document.addEventListener("focusin", ({ target }) => {
    if (target instanceof Element) held = { element: target, within: elementsAround(target) };
  });
  document.addEventListener("focusout", ({ target }) => {
    // Some browsers say so of what is being removed, too; only of what stays has the reader let go.
    queueMicrotask(() => {
      if (held?.element === target && held?.element.isConnected) held = null;
    });
  });
  new MutationObserver(() => {
    if (!held || held.element.isConnected) return;
    const { within } = held;
    held = null;
    setTimeout(() => {
      if (document.activeElement === document.body) headingOf(within)?.focus();
    }, AFTER_EFFECTS_MS);
  }).observe(document.body, { childList: true, subtree: true });
}

function elementsAround(element: Element): Element[] {
  const around = element.parentElement;
  return around ? [around, ...elementsAround(around)] : [];
}

function headingOf(within: Element[]): HTMLElement | null {
  const part = within.find((element) => element.isConnected && element.hasAttribute("aria-labelledby"));
  const label = part && document.getElementById(part.getAttribute("aria-labelledby")!);
  const heading = label ?? document.querySelector<HTMLElement>("h1") ?? document.getElementById("main");
  if (heading) heading.tabIndex = -1;
  return heading;
}
