"""Quotes, payments and receipts."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.entrypoints.http.common_schema import Id, Locale, Notes, Positive, Request
from chalicelib.entrypoints.http.ledger.schemas import PaymentLine
from chalicelib.entrypoints.http.practice.schemas import WayName
from chalicelib.ledger.domain.asked import Mark
from chalicelib.payments.domain.return_reasons import ReturnReason


class BalanceScope(Request, frozen=True, tag_field="type", tag="balance"):
    """All that is payable now."""


class ServicesScope(Request, frozen=True, tag_field="type", tag="services"):
    """Chosen services, each in full; an `amount_minor` other than their sum is refused."""

    charge_ids: Annotated[list[Id], Meta(min_length=1, max_length=500)]
    amount_minor: Positive | None = None


class ServiceScope(Request, frozen=True, tag_field="type", tag="service"):
    """One service, in full or in part."""

    charge_id: Id
    amount_minor: Positive


class AmountScope(Request, frozen=True, tag_field="type", tag="amount"):
    """Another amount towards the balance, oldest first; the excess becomes credit."""

    amount_minor: Positive


class InvoiceScope(Request, frozen=True, tag_field="type", tag="invoice"):
    """What of an invoice's services can be paid now; `document_id` is the invoice's id."""

    document_id: Id


Scope = BalanceScope | ServicesScope | ServiceScope | AmountScope | InvoiceScope


class Reason(StrEnum):
    """Why an open item, or part of it, cannot be paid online now."""

    PAYMENTS_DISABLED = "payments_disabled"
    CLINICIAN_PAYMENTS_DISABLED = "clinician_payments_disabled"
    IN_FLIGHT = "in_flight"
    ROUNDING = "rounding"


class LeftOut(Struct, frozen=True):
    reason: Reason
    amount_minor: int
    charge_ids: list[str]


class QuoteRequest(Request, frozen=True):
    scope: Scope


class QuoteLine(Struct, frozen=True):
    """What this payment pays of one item, and what is then left of it."""

    charge_id: str
    date: dt.date
    service: str
    service_locale: Locale
    amount_minor: int
    left_minor: int


class Quote(Struct, frozen=True):
    """Exactly what will be charged. `fee_minor` is the payer's: always 0. `quote` names this answer."""

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

    `way` is one of those that the practice offers, else 422 `way_unavailable`; without it the payer chooses
    at its first processor.
    `notes` are read by the practice and the payer alone, and are never sent to a processor.
    `method`: one that the payer has saved, charged at once, with the `cvc_token` of its security code where
    the practice wants that; no `way` then. `save`: the version of the text by which the payer lets what they
    pay with be kept; null keeps nothing. `card_notice`: the version of the notice beside the card form that
    the payer says they have read; 422 `notice_unacknowledged` where it is asked and was not given.
    """

    scope: Scope
    quote: Annotated[str, Meta(max_length=64)]
    amount_minor: Positive
    notes: Notes = ""
    way: WayName | None = None
    method: Id | None = None
    cvc_token: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_]{0,255}\Z")] = ""
    save: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    card_notice: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class PaymentState(StrEnum):
    """`checking`: the processor's answer is not known yet; the same items cannot be paid meanwhile.

    `processing`: with the payer's bank, for days; then `paid`, or `returned`, and nothing was paid.
    """

    STARTED = "started"
    CHECKING = "checking"
    PROCESSING = "processing"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged_back"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELED = "canceled"
    EXPIRED = "expired"


class Redirect(Struct, frozen=True, tag_field="type", tag="redirect"):
    url: str


class Inline(Struct, frozen=True, tag_field="type", tag="inline"):
    """For Stripe.js: load `script_url`, make Stripe(publishable_key), mount with `client_secret`."""

    client_secret: str
    publishable_key: str
    script_url: str


class Payment(Struct, frozen=True):
    """`finished`: the state will not change by itself. `next` is set while the payer has something to do.
    `ways`: those that the payer may choose from there; none where it was not paid online.

    `method` is words for people ("Visa ending in 4242", "Cash"); `reference` is what the receipt prints.
    `disputed_minor` is with the payer's bank until it decides, `lost_minor` it took back for good, and
    `kept_minor` is what still counts as paid. `owed_after_minor` was the balance after the payment,
    `owed_now_minor` is today's (negative: the client's credit). `receipt_pending`: its receipt is still
    being made or e-mailed. Two are told to the payer alone, not to who else sees the account:
    `receipt_sent_to`, where it was e-mailed, if it was, and `notes`, which are empty for everybody else.
    `question`: whether one about it waits for the practice's answer, or has one. Told to the payer alone,
    too: `saved`, which of their saved methods it is charged to, and `saves`, whether what they pay with is
    kept.
    """

    id: str
    account_id: str
    state: PaymentState
    finished: bool
    amount_minor: int
    refunded_minor: int
    disputed_minor: int
    lost_minor: int
    kept_minor: int
    currency: str
    date: dt.date
    ways: list[WayName]
    method: str
    reference: str
    notes: str
    lines: list[PaymentLine]
    credit_minor: int
    receipt_available: bool
    receipt_pending: bool
    receipt_sent_to: str | None
    owed_after_minor: int | None
    owed_now_minor: int
    next: Redirect | Inline | None
    return_reason: ReturnReason | None
    question: Mark | None
    saved: str | None
    saves: bool


class Payments(Struct, frozen=True):
    payments: list[Payment]
    next_cursor: str | None


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
