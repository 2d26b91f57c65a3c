import type { ComponentChildren } from "preact";

import { navigate } from "../app/router";

interface Props {
  href: string;
  children: ComponentChildren;
  class?: string;
  state?: unknown;
  current?: boolean;
}

/** A link within the portal: an ordinary one, but for plain clicks no page load. */
export function Link({ href, children, class: className, state, current }: Props) {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate(href, { state });
  };
  return (
    <a href={href} class={className} aria-current={current ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}
