/** The API's operations, one function each. */
import type { Call } from "./client";
import type {
  Billing,
  ClaimedPayments,
  Documents,
  Estimates,
  GuestPayment,
  GuestPaymentRequest,
  GuestQuote,
  GuestRequest,
  History,
  Invoices,
  LinkOpened,
  LinkResult,
  Locale,
  Methods,
  OpenedInvoice,
  OpenedSuperbill,
  Payment,
  Payments,
  PracticeProfile,
  Question,
  QuestionRequest,
  Questions,
  Quote,
  ReceiptOpened,
  Records,
  Scope,
  Services,
  Session,
  SetUp,
  SetUpRequest,
  Superbills,
  WayName,
} from "./schema";

export interface HistoryQuery {
  from?: string;
  to?: string;
  cursor?: string;
}

export interface PaymentBody {
  scope: Scope;
  quote: string;
  amount_minor: number;
  notes: string;
  /** Absent where the payer chooses at the processor, and of a saved method. */
  way?: WayName;
  /** The version of the notice beside the card form that the payer has ticked. */
  card_notice?: string;
  /** The saved method that is charged. */
  method?: string;
  /** Once read; with a saved card where the practice wants its security code again. */
  cvc_token?: string;
  /** The version of the consent that stands beside the ticked box. */
  save?: string;
}

/** Who pays by the link on a bill: each call says so in its body, for there may be no cookie. */
export interface LinkBearer {
  practice: string;
  token: string;
}

const linkPayment = (id: string): string => `/pay-links/payments/${encodeURIComponent(id)}`;
const account = (id: string): string => `/accounts/${encodeURIComponent(id)}`;
const method = (id: string): string => `/methods/${encodeURIComponent(id)}`;
const guests = (practice: string): string => `/practices/${encodeURIComponent(practice)}/guest`;
const setUp = (id: string): string => `/set-ups/${encodeURIComponent(id)}`;

export type Api = ReturnType<typeof operationsOf>;

export function operationsOf(call: Call) {
  return {
    getDefaultPractice: (signal?: AbortSignal) =>
      call<{ practice: string | null }>("GET", "/default-practice", withSignal(signal)),

    getPractice: (practice: string, signal?: AbortSignal) =>
      call<PracticeProfile>("GET", `/practices/${encodeURIComponent(practice)}`, withSignal(signal)),

    requestCode: (practice: string, email: string, locale: Locale) =>
      call<{ expires_in_seconds: number }>("POST", "/sign-in/codes", { body: { practice, email, locale } }),

    signIn: (practice: string, proof: { code: string } | { token: string }) =>
      call<Session>("POST", "/sign-in/sessions", { body: { practice, ...proof } }),

    /** Null when nobody is signed in. */
    getSession: (signal?: AbortSignal) => call<Session | null>("GET", "/session", withSignal(signal)),

    signOut: (signal?: AbortSignal) => call<void>("DELETE", "/session", withSignal(signal)),

    getBilling: (id: string, signal?: AbortSignal) =>
      call<Billing>("GET", `${account(id)}/billing`, withSignal(signal)),

    getHistory: (id: string, query: HistoryQuery, signal?: AbortSignal) =>
      call<History>("GET", `${account(id)}/history${queryString({ ...query })}`, withSignal(signal)),

    getPayments: (id: string, cursor?: string, signal?: AbortSignal) =>
      call<Payments>("GET", `${account(id)}/payments${queryString({ cursor })}`, withSignal(signal)),

    getQuote: (id: string, scope: Scope, signal?: AbortSignal) =>
      call<Quote>("POST", `${account(id)}/quotes`, { body: { scope }, ...withSignal(signal) }),

    startPayment: (id: string, body: PaymentBody, idempotencyKey: string) =>
      call<Payment>("POST", `${account(id)}/payments`, { body, idempotencyKey }),

    getPayment: (id: string, payment: string, signal?: AbortSignal) =>
      call<Payment>("GET", `${account(id)}/payments/${encodeURIComponent(payment)}`, withSignal(signal)),

    checkPayment: (id: string, payment: string, approved = false) =>
      call<Payment>("POST", `${account(id)}/payments/${encodeURIComponent(payment)}/check${approved ? "?approved=true" : ""}`),

    cancelPayment: (id: string, payment: string) =>
      call<Payment>("POST", `${account(id)}/payments/${encodeURIComponent(payment)}/cancel`),

    getDocuments: (id: string, cursor?: string, signal?: AbortSignal) =>
      call<Documents>("GET", `${account(id)}/documents${queryString({ type: "statement", cursor })}`, withSignal(signal)),

    getInvoices: (id: string, cursor?: string, signal?: AbortSignal) =>
      call<Invoices>("GET", `${account(id)}/invoices${queryString({ cursor })}`, withSignal(signal)),

    getInvoice: (id: string, document: string, signal?: AbortSignal) =>
      call<OpenedInvoice>("GET", `${account(id)}/invoices/${encodeURIComponent(document)}`, withSignal(signal)),

    getQuestions: (id: string, query: { kind?: string; id?: string; cursor?: string | undefined }, signal?: AbortSignal) =>
      call<Questions>("GET", `${account(id)}/questions${queryString(query)}`, withSignal(signal)),

    askQuestion: (id: string, body: QuestionRequest, idempotencyKey: string) =>
      call<Question>("POST", `${account(id)}/questions`, { body, idempotencyKey }),

    getSuperbills: (id: string, cursor?: string, signal?: AbortSignal) =>
      call<Superbills>("GET", `${account(id)}/superbills${queryString({ cursor })}`, withSignal(signal)),

    getSuperbill: (id: string, document: string, signal?: AbortSignal) =>
      call<OpenedSuperbill>("GET", `${account(id)}/superbills/${encodeURIComponent(document)}`, withSignal(signal)),

    getServices: (id: string, cursor?: string, signal?: AbortSignal) =>
      call<Services>("GET", `${account(id)}/services${queryString({ cursor })}`, withSignal(signal)),

    getEstimates: (id: string, signal?: AbortSignal) =>
      call<Estimates>("GET", `${account(id)}/estimates`, withSignal(signal)),

    /** Null where this reader asked for none this week. */
    getRecords: (id: string, signal?: AbortSignal) => call<Records | null>("GET", `${account(id)}/records`, withSignal(signal)),

    askForRecords: (id: string) => call<Records>("POST", `${account(id)}/records`),

    getMethods: (signal?: AbortSignal) => call<Methods>("GET", "/methods", withSignal(signal)),

    makeDefault: (id: string) => call<Methods>("POST", `${method(id)}/default`),

    labelMethod: (id: string, label: string) => call<Methods>("POST", `${method(id)}/label`, { body: { label } }),

    removeMethod: (id: string) => call<Methods>("POST", `${method(id)}/remove`),

    verifyMethod: (id: string, code: string) => call<Methods>("POST", `${method(id)}/verify`, { body: { code } }),

    startSetUp: (body: SetUpRequest, idempotencyKey: string) => call<SetUp>("POST", "/set-ups", { body, idempotencyKey }),

    checkSetUp: (id: string) => call<SetUp>("POST", `${setUp(id)}/check`),

    cancelSetUp: (id: string) => call<SetUp>("POST", `${setUp(id)}/cancel`),

    askLinkCode: (link: LinkBearer, locale: Locale) =>
      call<{ expires_in_seconds: number }>("POST", "/pay-links/codes", { body: { ...link, locale } }),

    openPayLink: (link: LinkBearer, proof: { birth_date: string } | { code: string }) =>
      call<LinkOpened>("POST", "/pay-links/sessions", { body: { ...link, ...proof } }),

    quoteOfLink: (by: LinkBearer, signal?: AbortSignal) =>
      call<Quote>("POST", "/pay-links/quotes", { body: by, ...withSignal(signal) }),

    startByLink: (by: LinkBearer, { quote, amount_minor, notes, way, card_notice }: PaymentBody, idempotencyKey: string) =>
      call<Payment>("POST", "/pay-links/payments", {
        body: { ...by, quote, amount_minor, notes, ...(way && { way }), ...(card_notice && { card_notice }) },
        idempotencyKey,
      }),

    lookByLink: (by: LinkBearer, id: string, signal?: AbortSignal) =>
      call<Payment>("POST", linkPayment(id), { body: by, ...withSignal(signal) }),

    checkByLink: (by: LinkBearer, id: string) => call<Payment>("POST", `${linkPayment(id)}/check`, { body: by }),

    cancelByLink: (by: LinkBearer, id: string) => call<Payment>("POST", `${linkPayment(id)}/cancel`, { body: by }),

    resultOfLink: (result: LinkBearer, signal?: AbortSignal) =>
      call<LinkResult>("POST", "/pay-links/results", { body: result, ...withSignal(signal) }),

    /** What would be charged; nothing is written. */
    quoteGuest: (practice: string, fields: GuestRequest) => call<GuestQuote>("POST", `${guests(practice)}-quotes`, { body: fields }),

    startGuest: (practice: string, body: GuestPaymentRequest, key: string) =>
      call<GuestPayment>("POST", `${guests(practice)}-payments`, { body, idempotencyKey: key }),

    lookAtGuest: (practice: string, key: string) => call<GuestPayment>("POST", `${guests(practice)}-payments/look`, { body: { key } }),

    checkGuest: (practice: string, key: string, approved = false) =>
      call<GuestPayment>("POST", `${guests(practice)}-payments/check${approved ? "?approved=true" : ""}`, { body: { key } }),

    cancelGuest: (practice: string, key: string) => call<GuestPayment>("POST", `${guests(practice)}-payments/cancel`, { body: { key } }),

    /** The address that signs in from now on, in part. */
    claimGuest: (practice: string, key: string) => call<{ address: string }>("POST", `${guests(practice)}-payments/claim`, { body: { key } }),

    getClaimed: (signal?: AbortSignal) => call<ClaimedPayments>("GET", "/guest-payments", withSignal(signal)),

    openReceipt: (practice: string, token: string) =>
      call<ReceiptOpened>("POST", "/receipts/open", { body: { practice, token } }),
  };
}

/** An address for a plain link; the API answers it with a redirect to the PDF. */
export const receiptUrl = (id: string, payment: string, as: "inline" | "attachment") =>
  `/api${account(id)}/payments/${encodeURIComponent(payment)}/receipt?as=${as}`;

/** As `receiptUrl`, of the receipt that says what was paid for. */
export const itemisedReceiptUrl = (id: string, payment: string) =>
  `/api${account(id)}/payments/${encodeURIComponent(payment)}/itemised-receipt`;

/** As `receiptUrl`, of what was paid between two days. */
export const paymentSummaryUrl = (id: string, from: string, to: string) =>
  `/api${account(id)}/payment-summary${queryString({ from, to })}`;

/** As `receiptUrl`, of what was paid without an account, and claimed. */
export const claimedReceiptUrl = (payment: string, as: "inline" | "attachment") =>
  `/api/guest-payments/${encodeURIComponent(payment)}/receipt?as=${as}`;

/** As `receiptUrl`, of all documents in one file. */
export const recordsUrl = (id: string) => `/api${account(id)}/records/file`;

/** As `receiptUrl`. */
export const documentUrl = (id: string, document: string, as: "inline" | "attachment") =>
  `/api${account(id)}/documents/${encodeURIComponent(document)}?as=${as}`;

/** As `receiptUrl`, of a good faith estimate. */
export const estimateUrl = (id: string, document: string, as: "inline" | "attachment") =>
  `/api${account(id)}/estimates/${encodeURIComponent(document)}?as=${as}`;

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

function queryString(values: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value) query.set(key, value);
  const text = query.toString();
  return text ? `?${text}` : "";
}
