/** Addresses of the portal: `/{practice}/{page}`. Small enough not to need a library. */
import { useEffect, useState } from "preact/hooks";

export const PAGES = ["sign-in", "billing", "pay", "payments", "payment-methods", "documents", "invoice", "superbill", "questions", "return", "receipt", "pay-link", "pay-online", "guest", "guest-payments"] as const;
export type Page = (typeof PAGES)[number];

export type Route =
  | { name: "root" }
  | { name: "home"; practice: string }
  | { name: Exclude<Page, "pay-online" | "guest">; practice: string }
  | { name: "pay-online" | "guest"; practice: string }
  /** `key`: of a guest's payment, as the processor brings it back. */
  | { name: "guest-payment"; practice: string; key: string }
  | { name: "not-found"; practice: string | null };

/** Pages that ask nobody who they are. */
export type PublicRoute = Extract<Route, { name: "pay-online" | "guest" | "guest-payment" }>;

export function isForAnyone(route: Route): route is PublicRoute {
  return route.name === "pay-online" || route.name === "guest" || route.name === "guest-payment";
}

const PROCESSORS = /^((payment|setup)_intent(_client_secret)?|redirect_(status|pm_type))(=|$)/;
const KEY = /^[A-Za-z0-9_-]{7,64}$/;
const PRACTICE = /^[A-Za-z0-9_-]{1,64}$/;

export function parseRoute(pathname: string): Route {
  const [practice, page, ...rest] = pathname.split("/").filter((part) => part !== "");
  if (practice === undefined) return { name: "root" };
  if (!PRACTICE.test(practice)) return { name: "not-found", practice: null };
  if (page === undefined) return { name: "home", practice };
  if (page === "guest" && rest.length === 1 && KEY.test(rest[0]!)) return { name: "guest-payment", practice, key: rest[0]! };
  const known = PAGES.find((name) => name === page);
  if (!known || rest.length > 0) return { name: "not-found", practice };
  return { name: known, practice };
}

/** `/willow/return?account=a1&payment=p1`; undefined values are left out. */
export function pathTo(practice: string, page: Page | "home", query: Record<string, string | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, value);
  const text = search.toString();
  return `/${practice}/${page === "home" ? "" : page}${text ? `?${text}` : ""}`;
}

/** `//willow/billing` shows the same page, but the History API takes it for the address of another site. */
export function straighten(): void {
  const straight = straightPath(location.pathname);
  if (straight !== location.pathname) history.replaceState(history.state, "", straight + location.search + location.hash);
}

/** Stripe.js hands its client secret over in the address it comes back to. The API asks the processor itself, so nobody here needs it. */
export function hideSecrets(): void {
  const search = withoutSecrets(location.search);
  if (search !== location.search) history.replaceState(history.state, "", location.pathname + search + location.hash);
}

/** Without what the processor adds beside our own parameters, which stay as they were written. */
export function withoutSecrets(search: string): string {
  const kept = search.replace(/^\?/, "").split("&").filter((pair) => pair !== "" && !PROCESSORS.test(pair));
  return kept.length > 0 ? `?${kept.join("&")}` : "";
}

export const straightPath = (pathname: string): string => pathname.replace(/^\/+/, "/");

export interface Place {
  pathname: string;
  search: string;
  /** With its `#`; the token of an e-mailed link. */
  hash: string;
  /** What this entry of the browser's history carries; it survives a reload. */
  state: unknown;
}

const MOVED = "billfold:moved";

export function here(): Place {
  return { pathname: location.pathname, search: location.search, hash: location.hash, state: history.state };
}

export function navigate(path: string, options: { replace?: boolean; state?: unknown } = {}): void {
  const state = options.state ?? null;
  const before = location.pathname;
  if (options.replace) history.replaceState(state, "", path);
  else history.pushState(state, "", path);
  // Another page begins at its top, as a page load would; Back and Forward are the browser's own.
  if (location.pathname !== before) window.scrollTo(0, 0);
  window.dispatchEvent(new Event(MOVED));
}

/** Changes what the current entry carries, and nothing else. */
export function setState(state: unknown): void {
  navigate(location.pathname + location.search + location.hash, { replace: true, state });
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = (): void => setPlace(here());
    window.addEventListener("popstate", update);
    window.addEventListener(MOVED, update);
    return () => {
      window.removeEventListener("popstate", update);
      window.removeEventListener(MOVED, update);
    };
  }, []);
  return place;
}
