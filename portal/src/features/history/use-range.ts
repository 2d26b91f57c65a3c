import type { Key, PluralKey } from "../../i18n";
import { here, navigate, usePlace } from "../../app/router";

/** Practice-local dates, both included; empty for no limit. */
export interface Range {
  from: string;
  to: string;
}

export const ALL: Range = { from: "", to: "" };
const ENDS = ["from", "to"] as const;

/** The range in the page's address: Back and a reload find it again. */
export function useRange(): Range {
  const search = new URLSearchParams(usePlace().search);
  return { from: search.get("from") ?? "", to: search.get("to") ?? "" };
}

export function goTo(range: Range): void {
  const { pathname, search } = here();
  const query = new URLSearchParams(search);
  for (const end of ENDS) {
    if (range[end]) query.set(end, range[end]);
    else query.delete(end);
  }
  const text = query.toString();
  if (text !== search.slice(1)) navigate(pathname + (text && `?${text}`));
}

const isAll = ({ from, to }: Range): boolean => !from && !to;

export const noneKey = (range: Range): Key => (isAll(range) ? "history.none" : "history.noneInRange");

/** What is said of how many entries there are: of all dates none are "these". */
export function countKey(range: Range, hasMore: boolean): PluralKey {
  if (isAll(range)) return hasMore ? "more.shown" : "more.all";
  return hasMore ? "range.foundFirst" : "range.found";
}
