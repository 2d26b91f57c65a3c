"""Paying a bill without an account."""

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.entrypoints.http.common_schema import Locale, Positive, Request
from chalicelib.entrypoints.http.payments.schemas import Inline, PaymentState, Redirect
from chalicelib.entrypoints.http.practice.schemas import Flow, WayName

GuestKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{32,64}\Z")]
_Text = Annotated[str, Meta(max_length=80)]
_Short = Annotated[str, Meta(max_length=40)]


class GuestRequest(Request, frozen=True, kw_only=True):
    """By card all but `number` is required; by PayPal `name` and `phone` are not. `number` is one that stands
    on the bill. Nothing of it but the amount goes to a processor, and whether the practice knows the client
    or the number is never told."""

    way: WayName
    amount_minor: Positive
    clinician: Annotated[str, Meta(max_length=64)] = ""
    client: _Text = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    name: _Text = ""
    phone: _Short = ""
    number: _Short = ""


class GuestWorkDone(Request, frozen=True):
    """`answer`: the number that solves the `puzzle`."""

    puzzle: Annotated[str, Meta(max_length=100)]
    answer: Annotated[str, Meta(max_length=20)]


class GuestPaymentRequest(GuestRequest, frozen=True, kw_only=True):
    """As it was quoted. `card_notice`: the version of the notice beside the card form that the guest says
    they have read. `work`: where the quote asked for some."""

    quote: Annotated[str, Meta(max_length=64)]
    card_notice: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    work: GuestWorkDone | None = None


class GuestKeyRequest(Request, frozen=True):
    """The key that the page made is the proof of whose payment it is; stands in the return address, too."""

    key: GuestKey


class GuestWork(Struct, frozen=True):
    """Find a number n, written as usual, so that SHA-256 of `<puzzle>.<key>.<n>` begins with so many zero
    bits, before it `expires_at`."""

    puzzle: str
    bits: int
    expires_at: dt.datetime


class GuestQuote(Struct, frozen=True):
    """Exactly what will be charged, and what will be kept of what was typed. `fee_minor` is the payer's:
    always 0. `work` is null but while cards are being tried there."""

    quote: str
    amount_minor: int
    fee_minor: Literal[0]
    currency: str
    way: WayName
    processor: str
    flow: Flow
    clinician: str
    clinician_name: str
    client: str
    name: str
    email: str
    phone: str
    number: str
    work: GuestWork | None


class GuestPayment(Struct, frozen=True):
    """`finished`: the state will not change by itself. `next` is set while the payer has something to do.
    `receipt_sent_to` shows the address in part, once the receipt is on its way there. Nothing else of what
    was typed is in it: the key stands in the return address, which a processor keeps."""

    state: PaymentState
    finished: bool
    amount_minor: int
    refunded_minor: int
    fee_minor: Literal[0]
    currency: str
    date: dt.date
    way: WayName
    method: str
    reference: str
    receipt_pending: bool
    receipt_sent_to: str | None
    next: Redirect | Inline | None


class GuestClaimed(Struct, frozen=True):
    """The address, in part, by which whoever reads it signs in from now on, with a code."""

    address: str


class ClaimedPayment(Struct, frozen=True):
    """What the person paid without an account; `receipt_available`: its PDF can be opened."""

    id: str
    payment: GuestPayment
    receipt_available: bool


class ClaimedPayments(Struct, frozen=True):
    """The newest first, 50 at most."""

    payments: list[ClaimedPayment]


class GuestReceiptsRequest(Request, frozen=True):
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    locale: Locale = "en"


class GuestReceiptsAsked(Struct, frozen=True):
    """The same for every address, byte for byte."""

    days: int
