import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";

import { isFocusKept } from "./keep-focus";

let firstPage = true;

interface Props {
  /** The tab's title: discreet, for a screen others may see. */
  tab: string;
  /** Whose page it is, where search engines are to tell. */
  of?: string;
  children: ComponentChildren;
}

/** The page's h1. After a move within the portal it takes the focus, as a page load would, but from what is to keep it. */
export function PageTitle({ tab, of = "Billfold", children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab} · ${of}`;
  }, [tab, of]);
  useEffect(() => {
    if (!firstPage && !isFocusKept()) heading.current?.focus();
    firstPage = false;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
