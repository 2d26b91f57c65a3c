/**
 * One intent to pay: what was chosen, the quote it was shown, and the key that makes it one payment
 * however often it is sent. Kept in the history entry and the tab's storage, so that a reload or the
 * back button goes on with the same payment. A key belongs to one body: another body gets another key.
 * The notes are in the tab's storage alone, and only until the API has them: a history entry outlives signing out.
 */
import { keptMark } from "../../app/person";
import type { AccountTools } from "../../app/practice";
import { here, navigate } from "../../app/router";
import type { PaymentBody } from "../../api/calls";
import type { Payment, Quote, Scope } from "../../api/schema";
import type { Way } from "../../lib/ways";
import { readStored, store } from "../../lib/storage";
import type { Noticed } from "./card-notice";

/** With what it is paid: a saved method; or a new one, of a way or of any, which may be kept. */
export interface How {
  way: Way | null;
  /** The id of a saved one. */
  method: string | null;
  /** The version of the consent beside the ticked box. */
  save: string | null;
  /** The payer has chosen it, not the page. */
  picked: boolean;
  /** The id of a saved one that was refused just now; null where none was. */
  refused: string | null;
  /** What is to be read before a card is entered or charged; null where nothing is. */
  notice: Noticed | null;
}

export const ANEW: How = { way: null, method: null, save: null, picked: false, refused: null, notice: null };

export interface Intent {
  account: string;
  key: string;
  body: PaymentBody;
  how: How;
  /** Set before the first attempt to send it: from then on only the same body may be sent. */
  submitted: boolean;
  paymentId: string | null;
}

const STORED = "billfold.intent";

/** `key` has never been used before. */
export function newIntent(key: string, account: string, scope: Scope, quote: Quote, notes: string, how: How): Intent {
  const body = { scope, quote: quote.quote, amount_minor: quote.amount_minor, notes, ...saidOf(how) };
  return { account, key, body, how, submitted: false, paymentId: null };
}

/** The same, paid with something else. Only what was never sent may be. */
export function paidWith(intent: Intent, how: How): Intent {
  const { scope, quote, amount_minor, notes } = intent.body;
  return { ...intent, how, body: { scope, quote, amount_minor, notes, ...saidOf(how) } };
}

function saidOf({ way, method, save, notice }: How): Pick<PaymentBody, "way" | "method" | "save" | "card_notice"> {
  const read = notice?.read ? { card_notice: notice.version } : {};
  return method ? { method, ...read } : { ...(way && { way }), ...(save && { save }), ...read };
}

/** Keeps the intent for the tab only: for an answer that comes after its page was left. */
export function rememberIntent(intent: Intent): void {
  store("sessionStorage", STORED, JSON.stringify(intent));
}

/** Keeps the intent for the tab and with the current page's history entry, which may become `path`. */
export function keepIntent(intent: Intent, path: string = here().pathname + here().search + here().hash): void {
  rememberIntent(intent);
  navigate(path, { replace: true, state: { intent: withoutNotes(intent), who: keptMark()?.who } });
}

export function withoutNotes(intent: Intent): Intent {
  return { ...intent, body: { ...intent.body, notes: "" } };
}

/** The intent of this page, if it is this account's, and this person's: an entry of the history outlives signing out. */
export function currentIntent(account: string): Intent | null {
  const entry = here().state as { intent?: Intent; who?: string } | null;
  const fromPage = (entry?.who === keptMark()?.who && entry?.intent) || null;
  const fromTab = parse(readStored("sessionStorage", STORED));
  // The tab's has the notes, and what was heard after the page was left.
  const intent = fromPage && !isSame(fromPage, fromTab) ? fromPage : fromTab;
  return intent?.account === account ? intent : null;
}

function isSame(one: Intent, other: Intent | null): boolean {
  return one.key === other?.key && (one.key !== "" || one.paymentId === other.paymentId);
}

/** Goes on, at `path`, with a payment that was started earlier or in another tab. */
function resumeIntent(payment: Payment, path: string): void {
  const known = currentIntent(payment.account_id);
  if (known?.paymentId === payment.id) return keepIntent(known, path);
  const scope: Scope = { type: "amount", amount_minor: payment.amount_minor };
  const body = { scope, quote: "", amount_minor: payment.amount_minor, notes: "" };
  keepIntent({ account: payment.account_id, key: "", body, how: ANEW, submitted: true, paymentId: payment.id }, path);
}

/** Where an unfinished payment goes on, in one press: at its processor, at our card fields, or at what became of it. */
export function goOn(payment: Payment, account: AccountTools): void {
  if (payment.next?.type === "redirect") location.assign(payment.next.url);
  else if (payment.next) resumeIntent(payment, account.path("pay"));
  else navigate(account.path("return", { account: payment.account_id, payment: payment.id }));
}

export function forgetIntent(): void {
  store("sessionStorage", STORED, null);
}

function parse(text: string | null): Intent | null {
  if (!text) return null;
  try {
    const value = JSON.parse(text) as Partial<Intent>;
    return value.account && value.body?.scope && value.how ? (value as Intent) : null;
  } catch {
    return null;
  }
}
