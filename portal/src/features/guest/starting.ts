/** From what was reviewed to the processor: one payment, whatever is pressed, reloaded or lost. */
import { ApiError, mayPass } from "../../api/client";
import type { Api } from "../../api/calls";
import type { GuestRequest, GuestPayment, GuestQuote } from "../../api/schema";
import type { Attempt } from "./kept";
import { newKey } from "./key";
import { solve } from "./work";

export type Started =
  /** The processor's fields are to be shown, or what has become of it. */
  | { at: "payment"; key: string }
  | { at: "leaving"; url: string }
  /** It is to be looked at again: it has changed. */
  | { at: "changed"; quote: GuestQuote }
  | { at: "refused"; error: ApiError };

export interface Ports {
  api: Pick<Api, "quoteGuest" | "startGuest" | "cancelGuest">;
  practice: string;
  /** What was begun before, in this tab. */
  attempt: Attempt | null;
  keep: (attempt: Attempt | null) => void;
  /** The browser works, and the reader waits. */
  working: () => void;
}

/** Nothing was charged, and nothing will be. */
export const NOT_PAID: ReadonlySet<GuestPayment["state"]> = new Set(["canceled", "expired", "failed"]);

export async function start(ports: Ports, fields: GuestRequest, quote: GuestQuote, notice: string | null): Promise<Started> {
  try {
    const { attempt } = ports;
    const same = attempt && JSON.stringify(attempt.fields) === JSON.stringify(fields) ? attempt : null;
    if (attempt && !same && !(await isLetGo(ports, attempt))) return { at: "payment", key: attempt.key };
    return await send(ports, same ?? { key: newKey(), fields, body: { ...fields, quote: quote.quote, card_notice: notice, work: null } }, quote.work);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { at: "refused", error };
  }
}

/** Whoever changes their mind pays once: what they began before is ended first, and may have been paid meanwhile. */
async function isLetGo({ api, practice, keep }: Ports, { key }: Attempt): Promise<boolean> {
  const payment = await api.cancelGuest(practice, key).catch((error: unknown) => {
    if (error instanceof ApiError && error.problem.status === 404) return null; // it never began
    throw error;
  });
  if (payment && !NOT_PAID.has(payment.state)) return false;
  keep(null);
  return true;
}

/** What was sent is sent again under its key until there is an answer; another body is another payment. */
async function send(ports: Ports, attempt: Attempt, work: GuestQuote["work"], again = true): Promise<Started> {
  const { api, practice, keep, working } = ports;
  if (work) working();
  const ready = work ? { ...attempt, body: { ...attempt.body, work: await solve(work, attempt.key) } } : attempt;
  keep(ready);
  try {
    const { state, next } = await api.startGuest(practice, ready.body, ready.key);
    if (state === "started" && next?.type === "redirect") return { at: "leaving", url: next.url };
    return { at: "payment", key: ready.key };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return await refused(ports, ready, error, again);
  }
}

/** `again`: work that is asked for is done, once. */
async function refused(ports: Ports, attempt: Attempt, error: ApiError, again: boolean): Promise<Started> {
  const { api, practice, keep } = ports;
  const { code } = error;
  const stale = code === "guest_quote_stale";
  const quote = stale || code === "guest_work_required" ? await api.quoteGuest(practice, attempt.fields) : null;
  if (code === "idempotency_key_reused") return { at: "payment", key: attempt.key };
  if (!stale && quote?.work && again) {
    return send(ports, { ...attempt, body: { ...attempt.body, quote: quote.quote } }, quote.work, false);
  }
  // What was refused for good was not begun; whether anything else was, only the same question tells.
  if (stale || !mayPass(error)) keep(null);
  return stale && quote ? { at: "changed", quote } : { at: "refused", error };
}
