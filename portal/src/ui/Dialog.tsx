import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { useWords } from "../i18n";
import { Icon } from "./Icon";

interface Props {
  title: string;
  /** Interrupts: read out at once, whatever the reader is at. */
  urgent?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

const FOCUSABLE = "a[href], button, input:not([disabled]), textarea, select, summary";

/** A modal window: focus stays inside, Esc closes, focus goes back to where it was. */
export function Dialog({ title, urgent, onClose, children }: Props) {
  const { t } = useWords();
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    element.current?.showModal();
    // The browser has looked for `autofocus`; without one the reader begins at the title, not at Close.
    if (!document.activeElement?.hasAttribute("autofocus")) heading.current?.focus();
    return () => giveFocusBack(opener);
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      {...(urgent ? { role: "alertdialog" as const } : {})}
      aria-labelledby={id}
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

/** To where it was; after a reload, or when that is gone, to the page's main part. Never to nothing. */
function giveFocusBack(opener: Element | null): void {
  const known = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  (known ? opener : document.getElementById("main"))?.focus();
}

function keepFocusInside(event: KeyboardEvent, dialog: HTMLDialogElement | null): void {
  if (event.key !== "Tab" || !dialog) return;
  const stops = [...dialog.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}
