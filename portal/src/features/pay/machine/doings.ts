/** The one place where paying touches the world: the API, what the tab keeps, addresses, the processor's fields. */
import type { Api } from "../../../api/calls";
import { ApiError, isAbort } from "../../../api/client";
import type { Locale, Payment } from "../../../api/schema";
import type { AccountTools } from "../../../app/practice";
import { navigate } from "../../../app/router";
import type { CardFields } from "../card-fields";
import { forgetIntent, goOn, keepIntent, rememberIntent } from "../intent";
import { onceOpen } from "../once-open";
import { forgetTyped, keepTyped } from "../typed";
import type { Doings } from "./paying";

const TYPING_PAUSE_MS = 250;
/** Who is on the page after that long did not get to the processor's, or has stopped on the way. */
const STILL_HERE_MS = 15_000;

/** Where a page leads; a page gives those that it can come to. */
export interface Exits {
  account: AccountTools;
  /** Nothing (more) to pay here; the payment is the one that was let go. */
  toBilling?: (payment: Payment | null) => void;
  /** The payment has an outcome, or is waiting for one. */
  toResult?: (payment: Payment) => void;
  /** Closes the window of amount and notes. */
  close?: () => void;
}

export interface Ports extends Exits {
  api: Api;
  locale: Locale;
  fields: CardFields;
}

/** `ports` are those of now: the language may change between two effects. */
export function doingsOf(ports: () => Ports): Doings {
  const asking = new Asking();
  return {
    quote: ({ account, scope, afterPause }, tell) =>
      asking.anew(afterPause ? TYPING_PAUSE_MS : 0, (signal) =>
        answer(
          ports().api.getQuote(account, scope, signal),
          (quote) => tell({ type: "quoted", scope, quote }),
          (error) => tell({ type: "notQuoted", scope, error }),
        ),
      ),
    dropQuote: () => asking.stop(),
    start: ({ intent }, tell) =>
      answer(
        ports().api.startPayment(intent.account, intent.body, intent.key).then((payment) => onceOpen(ports().api, payment)),
        (payment) => tell({ type: "started", intent, payment }),
        (error) => tell({ type: "notStarted", intent, error }),
      ),
    look: ({ account, id }, tell) =>
      answer(
        ports().api.getPayment(account, id).then((payment) => onceOpen(ports().api, payment)),
        (payment) => tell({ type: "found", payment }),
        (error) => tell({ type: "notFound", error }),
      ),
    check: ({ account, id, approved }, tell) =>
      answer(
        ports().api.checkPayment(account, id, approved),
        (payment) => tell({ type: "found", payment }),
        (error) => tell({ type: "notFound", error }),
      ),
    cancel: ({ account, id }, tell) =>
      answer(
        ports().api.cancelPayment(account, id),
        (payment) => tell({ type: "stopped", payment }),
        (error) => tell({ type: "notStopped", error }),
      ),

    keepTyped: ({ draft, typed }) => keepTyped(draft, typed),
    forgetTyped,
    keep: ({ intent }) => keepIntent(intent),
    keepForTab: ({ intent }) => rememberIntent(intent),
    forget: forgetIntent,

    close: () => ports().close?.(),
    begin: ({ intent }) => keepIntent(intent, ports().account.path("pay")),
    choose: ({ draft, typed }) => {
      keepTyped(draft, typed);
      navigate(ports().account.path("billing"), { replace: true, state: { draft } });
    },
    goOn: ({ payment }) => goOn(payment, ports().account),
    toBilling: ({ payment }) => ports().toBilling?.(payment),
    toResult: ({ payment }) => ports().toResult?.(payment),

    ...fieldDoings(ports),
  };
}

/** What is done at the processor's fields, and at its page. */
export function fieldDoings(ports: () => Pick<Ports, "fields" | "locale">): Pick<Doings, "redirect" | "mount" | "unmount" | "validate" | "confirm"> {
  return {
    redirect: ({ url }, tell) => {
      location.assign(url);
      setTimeout(() => tell({ type: "waited" }), STILL_HERE_MS);
    },
    mount: ({ next, byPage }, tell) => ports().fields.mount(next, byPage, ports().locale, tell),
    unmount: () => ports().fields.unmount(),
    validate: (_, tell) => void ports().fields.validate().then((complete) => tell({ type: "checked", complete })),
    confirm: ({ email, holder }, tell) => void ports().fields.confirm(email, holder, tell),
  };
}

/** One question at a time: a newer one takes the place of the one before. */
class Asking {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private controller = new AbortController();

  anew(pauseMs: number, ask: (signal: AbortSignal) => void): void {
    this.stop();
    const { signal } = (this.controller = new AbortController());
    this.timer = setTimeout(() => ask(signal), pauseMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }
}

export async function answer<T>(work: Promise<T>, good: (value: T) => void, bad: (error: ApiError) => void): Promise<void> {
  let value: T;
  try {
    value = await work;
  } catch (error) {
    if (isAbort(error)) return;
    if (!(error instanceof ApiError)) throw error;
    return bad(error);
  }
  good(value);
}
