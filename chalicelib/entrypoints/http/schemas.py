"""What the API takes and gives, as msgspec structs; docs/openapi.json is generated from these.

Amounts are integer minor units of the practice's currency (`amount_minor`: 1250 is $12.50). Dates
are practice-local `YYYY-MM-DD`; instants are UTC, RFC 3339. Requests refuse unknown fields.
"""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Positive = Annotated[int, Meta(ge=1, le=99_999_999)]
Notes = Annotated[str, Meta(max_length=500)]
Locale = Literal["en", "es"]


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every request body."""


# --- the practice, as anyone may see it ---------------------------------------------------------


class Location(Struct, frozen=True):
    id: str
    name: str
    address: str


class Clinician(Struct, frozen=True):
    id: str
    name: str
    credentials: str
    payments_enabled: bool


class Flow(StrEnum):
    INLINE = "inline"
    REDIRECT = "redirect"


class PaymentSettings(Struct, frozen=True):
    """`enabled` is false while the practice takes no online payments (T3)."""

    enabled: bool
    flow: Flow
    minimum_minor: int
    limit_minor: int


class PracticeProfile(Struct, frozen=True):
    id: str
    name: str
    about: str
    timezone: str
    currency: str
    locale: Locale
    phone: str
    email: str
    website: str
    locations: list[Location]
    clinicians: list[Clinician]
    payments: PaymentSettings
    sandbox: bool


class DefaultPractice(Struct, frozen=True):
    """Null where the deployment serves several practices."""

    practice: str | None


# --- signing in ---------------------------------------------------------------------------------


class SignInCodeRequest(Request, frozen=True):
    practice: Id
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    locale: Locale = "en"


class SignInCodeSent(Struct, frozen=True):
    """The same for known and unknown addresses, byte for byte."""

    expires_in_seconds: int


class SignInRequest(Request, frozen=True):
    """Exactly one of `code` (six digits, typed) and `token` (from the link beside it)."""

    practice: Id
    code: Annotated[str, Meta(pattern=r"^[0-9]{6}$")] | None = None
    token: Annotated[str, Meta(max_length=200)] | None = None


class Grant(Struct, frozen=True):
    """What a signed-in person may see: an account, and as whom."""

    account_id: str
    name: str
    relation: Literal["self", "guarantor"]
    superbills: bool


class Session(Struct, frozen=True):
    practice: str
    locale: Locale
    grants: list[Grant]
    expires_at: dt.datetime
    idle_seconds: int


# --- billing ------------------------------------------------------------------------------------


class Explanation(Struct, frozen=True):
    """Why an item is owed: fee - insurance - adjustments - paid = owed."""

    fee_minor: int
    insurance_minor: int
    adjustments_minor: int
    paid_minor: int
    owed_minor: int


class Reason(StrEnum):
    """Why an open item, or part of it, cannot be paid online now."""

    PAYMENTS_DISABLED = "payments_disabled"
    CLINICIAN_PAYMENTS_DISABLED = "clinician_payments_disabled"
    IN_FLIGHT = "in_flight"


class Item(Struct, frozen=True):
    """One open service. `payable_minor` is what can be paid now; `reason` says why it is less than owed."""

    charge_id: str
    date: dt.date
    service: str
    clinician: str
    status: Literal["open", "partly_paid", "in_flight"]
    explanation: Explanation
    in_flight_minor: int
    payable_minor: int
    reason: Reason | None


class Balance(Struct, frozen=True):
    """owed = open - credit (negative: the practice owes the client). payable: what Pay Now would pay."""

    owed_minor: int
    open_minor: int
    credit_minor: int
    in_flight_minor: int
    payable_minor: int


class LeftOut(Struct, frozen=True):
    reason: Reason
    amount_minor: int
    charge_ids: list[str]


class PaymentState(StrEnum):
    """`checking`: the processor's answer is not known yet; the same items cannot be paid meanwhile."""

    STARTED = "started"
    CHECKING = "checking"
    PROCESSING = "processing"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged_back"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"


class PaymentLine(Struct, frozen=True):
    charge_id: str
    date: dt.date
    service: str
    amount_minor: int


class Redirect(Struct, frozen=True, tag_field="type", tag="redirect"):
    url: str


class Inline(Struct, frozen=True, tag_field="type", tag="inline"):
    """For Stripe.js: load `script_url`, make Stripe(publishable_key), mount with `client_secret`."""

    client_secret: str
    publishable_key: str
    script_url: str


class Payment(Struct, frozen=True):
    """`finished`: the state will not change by itself. `next` is set while the payer has something to do.

    `method` is words for people ("Visa ···· 4242", "cash"); `reference` is what the receipt prints.
    """

    id: str
    account_id: str
    state: PaymentState
    finished: bool
    amount_minor: int
    refunded_minor: int
    currency: str
    date: dt.date
    method: str
    reference: str
    notes: str
    lines: list[PaymentLine]
    credit_minor: int
    receipt_available: bool
    owed_after_minor: int | None
    next: Redirect | Inline | None


class Billing(Struct, frozen=True):
    """The Billing page in one call (S2). `attempt` is the account's unfinished payment, if any."""

    account_id: str
    name: str
    currency: str
    balance: Balance
    items: list[Item]
    left_out: list[LeftOut]
    payments: PaymentSettings
    attempt: Payment | None
    recent_payments: list[Payment]


class HistoryKind(StrEnum):
    SERVICE = "service"
    PAYMENT = "payment"
    INSURANCE_PAYMENT = "insurance_payment"
    INSURANCE_ADJUSTMENT = "insurance_adjustment"
    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"
    RESPONSIBILITY_TRANSFER = "responsibility_transfer"
    REFUND = "refund"
    DISPUTE = "dispute"
    CREDIT_TRANSFER = "credit_transfer"
    OPENING_BALANCE = "opening_balance"
    CORRECTION = "correction"


class HistoryStatus(StrEnum):
    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    IN_FLIGHT = "in_flight"
    POSTED = "posted"


class HistoryRow(Struct, frozen=True):
    """`amount_minor` is signed: what it did to the balance (a fee is positive, a payment negative).

    `insurer_minor` is what an insurer paid, or may not be asked for: it never touches the client's balance.
    """

    id: str
    date: dt.date
    kind: HistoryKind
    status: HistoryStatus
    description: str
    amount_minor: int
    insurer_minor: int
    charge_id: str | None
    payment_id: str | None


class History(Struct, frozen=True):
    rows: list[HistoryRow]
    next_cursor: str | None


class Payments(Struct, frozen=True):
    payments: list[Payment]
    next_cursor: str | None


# --- paying -------------------------------------------------------------------------------------


class BalanceScope(Request, frozen=True, tag_field="type", tag="balance"):
    """All that is payable now (S8)."""


class ServicesScope(Request, frozen=True, tag_field="type", tag="services"):
    """Chosen services, each in full; an `amount_minor` other than their sum is refused (T8)."""

    charge_ids: Annotated[list[Id], Meta(min_length=1, max_length=500)]
    amount_minor: Positive | None = None


class ServiceScope(Request, frozen=True, tag_field="type", tag="service"):
    """One service, in full or in part (T7)."""

    charge_id: Id
    amount_minor: Positive


class AmountScope(Request, frozen=True, tag_field="type", tag="amount"):
    """Another amount towards the balance, oldest first; the excess becomes credit."""

    amount_minor: Positive


Scope = BalanceScope | ServicesScope | ServiceScope | AmountScope


class QuoteRequest(Request, frozen=True):
    scope: Scope


class QuoteLine(Struct, frozen=True):
    """What this payment pays of one item, and what is then left of it."""

    charge_id: str
    date: dt.date
    service: str
    amount_minor: int
    left_minor: int


class Quote(Struct, frozen=True):
    """Exactly what will be charged. `fee_minor` is the payer's: always 0 (G8). `quote` names this answer."""

    quote: str
    amount_minor: int
    currency: str
    fee_minor: Literal[0]
    lines: list[QuoteLine]
    credit_minor: int
    left_out: list[LeftOut]
    owed_after_minor: int


class PaymentRequest(Request, frozen=True):
    """`quote` and `amount_minor` as quoted; when they no longer hold: 409 `quote_stale` with the new quote.

    `notes` stay with the practice and are never sent to a processor (T11).
    """

    scope: Scope
    quote: Annotated[str, Meta(max_length=64)]
    amount_minor: Positive
    notes: Notes = ""


class ReceiptOpenRequest(Request, frozen=True):
    practice: Id
    token: Annotated[str, Meta(max_length=200)]


class ReceiptOpened(Struct, frozen=True):
    """`url` serves the PDF for 60 seconds."""

    url: str
    amount_minor: int
    currency: str
    date: dt.date
    reference: str


# --- documents ----------------------------------------------------------------------------------


class DocumentType(StrEnum):
    STATEMENT = "statement"


class Document(Struct, frozen=True):
    """A billing document as it was issued; it never changes. Amounts signed: negative is the client's credit.

    It covers `first_date` to `last_date`. `available` is false until its PDF has been made.
    """

    id: str
    type: DocumentType
    first_date: dt.date
    last_date: dt.date
    currency: str
    opening_minor: int
    closing_minor: int
    available: bool


class Documents(Struct, frozen=True):
    documents: list[Document]
    next_cursor: str | None


# --- problems -----------------------------------------------------------------------------------


class Problem(Struct, frozen=True, omit_defaults=True):
    """RFC 9457. `code` is stable; `title` and `detail` are in the reader's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    field: str | None = None
    quote: Quote | None = None
