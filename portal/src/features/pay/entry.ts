/** The open dialog is an entry of the browser's history: Back closes it, a reload keeps it. */
import { here, navigate, setState, usePlace } from "../../app/router";
import type { Draft } from "./choice";
import { forgetTyped } from "./typed";

export function openDialog(draft: Draft): void {
  forgetTyped();
  const { pathname, search } = here();
  navigate(pathname + search, { state: { draft, pushed: true } });
}

export function closeDialog(): void {
  const pushed = (here().state as { pushed?: boolean } | null)?.pushed;
  if (pushed) history.back();
  else setState(null);
}

/** What this entry's dialog is to pay, if it is of that account. */
export function useDraft(account: string): Draft | null {
  const kept = (usePlace().state as { draft?: Draft } | null)?.draft;
  return kept?.account === account ? kept : null;
}
