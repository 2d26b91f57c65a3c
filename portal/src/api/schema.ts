/** Short names for the API's shapes; the shapes themselves are generated into types.d.ts. */
import type { components } from "./types";

type Schemas = components["schemas"];

export type Balance = Schemas["Balance"];
export type Billing = Schemas["Billing"];
export type BillingDocument = Schemas["Document"];
export type Documents = Schemas["Documents"];
export type Grant = Schemas["Grant"];
export type History = Schemas["History"];
export type HistoryPayment = Schemas["HistoryPayment"];
export type HistoryRow = Schemas["HistoryRow"];
export type Inline = Schemas["Inline"];
export type Invoice = Schemas["Invoice"];
export type Invoices = Schemas["Invoices"];
export type Item = Schemas["Item"];
export type LawNotice = Schemas["Notice"];
export type LeftOut = Schemas["LeftOut"];
export type OpenedInvoice = Schemas["OpenedInvoice"];
export type Payment = Schemas["Payment"];
export type PaymentLine = Schemas["PaymentLine"];
export type Payments = Schemas["Payments"];
export type PracticeProfile = Schemas["PracticeProfile"];
export type Problem = Schemas["Problem"];
export type Quote = Schemas["Quote"];
export type QuoteLine = Schemas["QuoteLine"];
export type Reason = Schemas["Reason"];
export type ReceiptOpened = Schemas["ReceiptOpened"];
export type Scope = Schemas["QuoteRequest"]["scope"];
export type Session = Schemas["Session"];
export type WayName = Schemas["WayName"];
export type Locale = Session["locale"];
