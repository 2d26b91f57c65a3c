import type { ComponentChildren } from "preact";

import { useWords } from "../i18n";

interface Props {
  children: ComponentChildren;
  /** "link" looks like one, where many of them would shout. */
  kind?: "primary" | "secondary" | "quiet" | "link";
  type?: "button" | "submit";
  /** The one reason why a button does nothing: its work is under way. It stays focusable and says so. */
  busy?: boolean | undefined;
  label?: string;
  describedBy?: string;
  /** Has the focus when its dialog opens. */
  autofocus?: boolean;
  onClick?: (event: Event) => void;
}

export function Button({ children, kind = "primary", type = "button", busy, label, describedBy, autofocus, onClick }: Props) {
  const { t } = useWords();
  const press = (event: Event): void => {
    if (!busy) return onClick?.(event);
    event.preventDefault();
  };
  return (
    <button
      type={type}
      class={`button button--${kind}`}
      autofocus={autofocus}
      aria-disabled={busy || undefined}
      aria-label={label}
      aria-describedby={describedBy}
      data-busy={busy || undefined}
      onClick={press}
    >
      {children}
      {busy && <span class="visually-hidden"> ({t("busy")})</span>}
    </button>
  );
}
