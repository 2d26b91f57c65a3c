"""The Billing page: balance, open services, payments."""

import datetime as dt
from typing import Literal

from msgspec import Struct

from chalicelib.entrypoints.http.common_schema import Locale
from chalicelib.entrypoints.http.documents.schemas import InvoiceStatus
from chalicelib.entrypoints.http.payments.schemas import LeftOut, Payment, Reason
from chalicelib.entrypoints.http.practice.schemas import CardNotice, PaymentSettings
from chalicelib.ledger.domain.asked import Mark


class Explanation(Struct, frozen=True):
    """Why an item is owed: fee - insurance - adjustments - paid = owed."""

    fee_minor: int
    insurance_minor: int
    adjustments_minor: int
    paid_minor: int
    owed_minor: int


class Item(Struct, frozen=True):
    """One open service. `payable_minor` is what can be paid now; `reason` says why it is less than owed.

    `service` is the practice's name for it, in the language `service_locale`. `question`: whether one about
    it waits for the practice's answer, or has one.
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
    question: Mark | None


class Balance(Struct, frozen=True):
    """owed = open - credit (negative: the practice owes the client). payable: what Pay Now would pay."""

    owed_minor: int
    open_minor: int
    credit_minor: int
    in_flight_minor: int
    payable_minor: int


class RecentInvoice(Struct, frozen=True):
    """One of the newest invoices: what it asked for, and how it stands now (as in `invoices`). `question`:
    whether one about it waits for the practice's answer, or was answered last."""

    id: str
    number: int
    status: InvoiceStatus
    issued_on: dt.date
    due_on: dt.date
    currency: str
    amount_minor: int
    owed_now_minor: int
    question: Mark | None


class RecentStatement(Struct, frozen=True):
    """One of the newest statements; `closing_minor` is what was owed at its end, below 0 the client's
    credit."""

    id: str
    first_date: dt.date
    last_date: dt.date
    currency: str
    closing_minor: int


class RecentSuperbill(Struct, frozen=True):
    """One of the newest superbills that stand, and the days of its services."""

    id: str
    number: int
    first_date: dt.date
    last_date: dt.date


class RecentDocuments(Struct, frozen=True):
    """The newest of each kind, the newest first; all are in `invoices`, `documents` and `superbills`. None of
    the last where the grant shows no superbills."""

    invoices: list[RecentInvoice]
    statements: list[RecentStatement]
    superbills: list[RecentSuperbill]


class Billing(Struct, frozen=True):
    """The Billing page in one call. `attempt` is the account's unfinished payment, if any, and
    `processing` those that are with the payer's bank, which may take days. `invoiced`: the invoice's id by
    the charge of each service that is on one and still owed. `card_notice`: what stands beside
    card forms."""

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
    recent_documents: RecentDocuments
    invoiced: dict[str, str]
    card_notice: CardNotice | None
