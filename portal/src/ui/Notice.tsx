import type { ComponentChildren } from "preact";

import { Icon, type IconName } from "./Icon";

export type Tone = "info" | "wait" | "warn" | "good";

const ICONS: Record<Tone, IconName> = { info: "info", wait: "clock", warn: "alert", good: "check" };

interface Props {
  tone: Tone;
  title?: string;
  /** Read out at once when it appears; for what the reader has to know now. */
  urgent?: boolean;
  children?: ComponentChildren;
}

export function Notice({ tone, title, urgent, children }: Props) {
  return (
    <div class={`notice notice--${tone}`} {...(urgent ? { role: "alert" as const } : {})}>
      <Icon name={ICONS[tone]} />
      <div class="notice__body">
        {title && <p class="notice__title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
