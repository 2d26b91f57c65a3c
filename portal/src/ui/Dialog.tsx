import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { useWords } from "../i18n";
import { Icon } from "./Icon";
import { opener } from "./opener";

interface Props {
  title: string;
  /** The id of what says what the dialog is about: heard with its title. */
  describedBy?: string;
  /** As high whatever it holds: its middle scrolls. */
  steady?: boolean;
  /** Interrupts: read out at once, whatever the reader is at. */
  urgent?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

const FOCUSABLE = "a[href], button, input:not([disabled]), textarea, select, summary";

/** A modal window: focus stays inside, Esc closes, focus goes back to who opened it. */
export function Dialog({ title, describedBy, steady, urgent, onClose, children }: Props) {
  const { t } = useWords();
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const openedBy = opener();
    element.current?.showModal();
    // The browser has looked for `autofocus`; without one the reader begins at the title, not at Close.
    if (!document.activeElement?.hasAttribute("autofocus")) heading.current?.focus();
    return () => giveFocusBack(openedBy);
  }, []);
  return (
    <dialog
      ref={element}
      class={steady ? "dialog dialog--steady" : "dialog"}
      {...(urgent ? { role: "alertdialog" as const } : {})}
      aria-labelledby={id}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => keepFocusInside(event, element.current)}
    >
      <header class="dialog__head">
        <h2 id={id} ref={heading} tabIndex={-1}>{title}</h2>
        <button type="button" class="icon-button" aria-label={t("close")} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** Where who opened it is gone, or it was open after a reload, the page's heading has the focus: see keep-focus.ts. */
function giveFocusBack(openedBy: HTMLElement | null): void {
  // It is where it was; a page that the dialog has led to must not be scrolled to it.
  if (openedBy?.isConnected) openedBy.focus({ preventScroll: true });
}

function keepFocusInside(event: KeyboardEvent, dialog: HTMLDialogElement | null): void {
  if (event.key !== "Tab" || !dialog) return;
  const stops = [...dialog.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}
