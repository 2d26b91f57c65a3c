"""Account History."""

import datetime as dt
from enum import StrEnum

from msgspec import Struct

from chalicelib.entrypoints.http.common_schema import Locale
from chalicelib.ledger.domain.asked import Mark


class PaymentLine(Struct, frozen=True):
    charge_id: str
    date: dt.date
    service: str
    service_locale: Locale
    amount_minor: int


class HistoryKind(StrEnum):
    """`dispute`: the payer's bank asks about a payment and holds its money; `dispute_won`: what it gave back,
    or decided to; `dispute_lost`: what it decided to keep, which is owed again. `guest_payment`: somebody
    paid without signing in, and the practice found that it is for this account; that money was
    refunded (`guest_payment_refunded`), found to be for another account (`guest_payment_moved`), or kept by a
    bank (`guest_payment_back`)."""

    SERVICE = "service"
    PAYMENT = "payment"
    INSURANCE_PAYMENT = "insurance_payment"
    INSURANCE_ADJUSTMENT = "insurance_adjustment"
    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"
    RESPONSIBILITY_TRANSFER = "responsibility_transfer"
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    CREDIT_TRANSFER = "credit_transfer"
    GUEST_PAYMENT = "guest_payment"
    GUEST_PAYMENT_BACK = "guest_payment_back"
    GUEST_PAYMENT_REFUNDED = "guest_payment_refunded"
    GUEST_PAYMENT_MOVED = "guest_payment_moved"
    OPENING_BALANCE = "opening_balance"
    CORRECTION = "correction"
    INVOICE = "invoice"


class HistoryStatus(StrEnum):
    """A service's, or an invoice's. `no_fee`: it is free. `reversed`: it was taken back. `written_off`:
    lowered to nothing, and nothing was paid. `disputed`: a bank holds what paid it until it decides. `void`:
    the invoice asks for nothing any more."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    IN_FLIGHT = "in_flight"
    DISPUTED = "disputed"
    REVERSED = "reversed"
    WRITTEN_OFF = "written_off"
    NO_FEE = "no_fee"
    VOID = "void"


class HistoryPayment(Struct, frozen=True):
    """The payment that a row is of: its own, or the one that was refunded, disputed or taken back."""

    id: str
    date: dt.date
    method: str
    reference: str
    receipt_available: bool


class HistoryDocumentKind(StrEnum):
    INVOICE = "invoice"


class HistoryDocument(Struct, frozen=True):
    """A document that a service is on, or that a row is: by `id` it is opened. `number` is the practice's."""

    kind: HistoryDocumentKind
    id: str
    number: int


class HistoryRow(Struct, frozen=True):
    """`amount_minor` is signed: what it did to the balance (a fee is positive, a payment negative).

    A row is about one service (`charge_id`, `service` of `service_date`), or about money that came, went
    back or moved: then `lines` and `credit_minor` say what it did to which service and to the credit, signed
    alike. `insurer_minor` is what an insurer paid, or may not be asked for: it never touches the client's
    balance, and neither does `disputed_minor`: what a bank came to hold until it decides, below 0 what it
    holds no more. `status` is a service's own, or
    an invoice's, else null. An invoice stands on the day of its issue: `invoice_minor` is what it asked for,
    which moves nothing; 0 in other rows. `documents`: the invoice that the row is, or that its service is on.
    `question`: whether one about the service or the payment waits for the practice's answer, or has one.
    """

    id: str
    date: dt.date
    kind: HistoryKind
    status: HistoryStatus | None
    service: str
    service_locale: Locale
    service_date: dt.date | None
    amount_minor: int
    insurer_minor: int
    charge_id: str | None
    payment: HistoryPayment | None
    lines: list[PaymentLine]
    credit_minor: int
    disputed_minor: int
    invoice_minor: int
    documents: list[HistoryDocument]
    question: Mark | None


class History(Struct, frozen=True):
    rows: list[HistoryRow]
    next_cursor: str | None
