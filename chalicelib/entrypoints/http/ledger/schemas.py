"""The Billing page: balance, items, payments, history."""

import datetime as dt
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from chalicelib.entrypoints.http.common_schema import Locale
from chalicelib.entrypoints.http.practice.schemas import PaymentSettings
from chalicelib.payments.domain.return_reasons import ReturnReason


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
    ROUNDING = "rounding"


class Item(Struct, frozen=True):
    """One open service. `payable_minor` is what can be paid now; `reason` says why it is less than owed.

    `service` is the practice's name for it, in the language `service_locale`.
    """

    charge_id: str
    date: dt.date
    service: str
    service_locale: Locale
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


class PaymentLine(Struct, frozen=True):
    charge_id: str
    date: dt.date
    service: str
    service_locale: Locale
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

    `method` is words for people ("Visa ending in 4242", "Cash"); `reference` is what the receipt prints.
    `disputed_minor` is with the payer's bank until it decides, `lost_minor` it took back for good, and
    `kept_minor` is what still counts as paid. `owed_after_minor` was the balance after the payment,
    `owed_now_minor` is today's (negative: the client's credit). `receipt_pending`: its receipt is still
    being made or e-mailed. `receipt_sent_to` is where it was e-mailed, if it was: told to the payer
    alone, in the answers about this one payment.
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


class Billing(Struct, frozen=True):
    """The Billing page in one call. `attempt` is the account's unfinished payment, if any, and
    `processing` those that are with the payer's bank, which may take days."""

    account_id: str
    name: str
    currency: str
    balance: Balance
    items: list[Item]
    left_out: list[LeftOut]
    payments: PaymentSettings
    attempt: Payment | None
    processing: list[Payment]
    recent_payments: list[Payment]


class Payments(Struct, frozen=True):
    payments: list[Payment]
    next_cursor: str | None
