/**
 * Who opened a dialog, to give the focus back to. Safari gives a pressed button no focus, so a press is
 * remembered by itself, until the focus moves.
 */
let pressed: HTMLElement | null = null;

document.addEventListener(
  "click",
  (event) => {
    pressed = event.target instanceof Element ? event.target.closest<HTMLElement>("button, a[href], summary") : null;
  },
  true,
);
document.addEventListener("focusin", (event) => void (event.target === pressed || (pressed = null)), true);

export function opener(): HTMLElement | null {
  if (pressed?.isConnected) return pressed;
  const active = document.activeElement;
  return active instanceof HTMLElement && active !== document.body ? active : null;
}
