/** The steps between "this is what I want to pay" and the card: one payment, whatever is pressed or reloaded. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { Inline, Payment, Quote } from "../../api/schema";
import { useApi } from "../../app/api";
import { currentIntent, forgetIntent, keepIntent, newIntent, rememberIntent, withoutNotes, type Intent } from "./intent";
import { onceOpen } from "./once-open";

export type Step =
  | { at: "loading" }
  /** Nothing is sent yet, or it was and the processor's page waits at `next`. */
  | { at: "review"; quote: Quote | null; payment: Payment | null; changed: boolean }
  | { at: "sending"; quote: Quote | null; payment: Payment | null }
  | { at: "card"; payment: Payment; next: Inline }
  | { at: "problem"; error: ApiError; again: (() => void) | null };

export interface Exits {
  /** Nothing to pay here. */
  toBilling: () => void;
  /** The payment has an outcome, or is waiting for one. */
  toResult: (payment: string) => void;
}

interface Payer {
  step: Step;
  pay: () => void;
  cancel: () => Promise<void>;
}

export function usePayment(account: string, sendsAtOnce: boolean, exits: Exits): Payer {
  const api = useApi();
  const [step, setStep] = useState<Step>({ at: "loading" });
  const busy = useRef(false);
  /** False once the page was left: an answer that comes later must not move the reader again. */
  const here = useRef(true);

  const fail = (error: unknown, again: (() => void) | null): void => {
    if (!(error instanceof ApiError)) throw error;
    if (here.current) setStep({ at: "problem", error, again });
  };

  const show = (payment: Payment): void => {
    if (!here.current) return;
    if (payment.state !== "started" || !payment.next) return exits.toResult(payment.id);
    if (payment.next.type === "inline") setStep({ at: "card", payment, next: payment.next });
    else setStep({ at: "review", quote: null, payment, changed: false });
  };

  const send = async (intent: Intent, quote: Quote | null): Promise<void> => {
    setStep({ at: "sending", quote, payment: null });
    keepIntent({ ...intent, submitted: true });
    try {
      const payment = await onceOpen(api, await api.startPayment(account, intent.body, intent.key));
      const sent = { ...withoutNotes(intent), submitted: true, paymentId: payment.id };
      if (!here.current) return rememberIntent(sent);
      keepIntent(sent);
      if (payment.state === "started" && payment.next?.type === "redirect") leaveFor(payment.next.url);
      else show(payment);
    } catch (error) {
      refused(error, intent, quote);
    }
  };

  const refused = (error: unknown, intent: Intent, quote: Quote | null): void => {
    if (!here.current) return;
    const fresh = error instanceof ApiError && error.code === "quote_stale" ? error.problem.quote : null;
    if (fresh) return askAgain(intent, fresh);
    const samePayment = error instanceof ApiError && error.code !== "idempotency_key_reused";
    fail(error, samePayment ? () => void once(() => send(intent, quote)) : null);
  };

  /** The API has refused the old body for good, so the new quote is a new intent with a key of its own. */
  const askAgain = (intent: Intent, quote: Quote): void => {
    keepIntent(newIntent(account, intent.body.scope, quote, intent.body.notes));
    setStep({ at: "review", quote, payment: null, changed: true });
  };

  const begin = async (): Promise<void> => {
    const intent = currentIntent(account);
    if (!intent) return exits.toBilling();
    try {
      if (intent.paymentId) show(await onceOpen(api, await api.getPayment(account, intent.paymentId)));
      else if (intent.submitted || sendsAtOnce) await send(intent, null);
      else await review(intent);
    } catch (error) {
      fail(error, () => void once(begin));
    }
  };

  const review = async (intent: Intent): Promise<void> => {
    const quote = await api.getQuote(account, intent.body.scope);
    if (!here.current) return;
    const same = quote.quote === intent.body.quote && quote.amount_minor === intent.body.amount_minor;
    if (same) setStep({ at: "review", quote, payment: null, changed: false });
    else askAgain(intent, quote);
  };

  /** A second click while the first is on its way does nothing. */
  const once = async (work: () => Promise<void>): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    await work().finally(() => (busy.current = false));
  };

  const pay = useCallback(() => {
    if (step.at !== "review") return;
    const intent = currentIntent(account);
    if (!intent) return exits.toBilling();
    if (step.payment?.next?.type !== "redirect") return void once(() => send(intent, step.quote));
    setStep({ at: "sending", quote: null, payment: step.payment });
    leaveFor(step.payment.next.url);
  }, [step]);

  const cancel = useCallback(async () => {
    const id = currentIntent(account)?.paymentId;
    if (!id) return exits.toBilling();
    try {
      const payment = await api.cancelPayment(account, id);
      forgetIntent();
      if (!here.current) return;
      if (payment.state === "canceled" || payment.state === "expired") exits.toBilling();
      else exits.toResult(payment.id);
    } catch (error) {
      fail(error, () => void once(begin));
    }
  }, []);

  useEffect(() => {
    here.current = true;
    void once(begin);
    const restored = (event: PageTransitionEvent): void => void (event.persisted && once(begin));
    window.addEventListener("pageshow", restored);
    return () => {
      here.current = false;
      window.removeEventListener("pageshow", restored);
    };
  }, [account]);

  return { step, pay, cancel };
}

function leaveFor(url: string): void {
  location.assign(url);
}
