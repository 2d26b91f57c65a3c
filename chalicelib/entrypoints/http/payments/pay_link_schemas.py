"""Paying by the link on a bill."""

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.entrypoints.http.common_schema import Id, Locale, Notes, Positive, Request
from chalicelib.entrypoints.http.payments.schemas import PaymentState
from chalicelib.entrypoints.http.practice.schemas import CardNotice, WayName

LinkToken = Annotated[str, Meta(min_length=1, max_length=200)]


class LinkCodeRequest(Request, frozen=True):
    """`token` as it is printed: case, spaces and hyphens do not matter."""

    practice: Id
    token: LinkToken
    locale: Locale = "en"


class LinkCodeSent(Struct, frozen=True):
    """The same for links that there are and others, and whether or not there is an address, byte for byte."""

    expires_in_seconds: int


class LinkOpenRequest(Request, frozen=True):
    """Exactly one of the client's `birth_date` and the `code` that was e-mailed."""

    practice: Id
    token: LinkToken
    birth_date: dt.date | None = None
    code: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class LinkOpened(Struct, frozen=True):
    """`token` goes with each call from now on, until `expires_at`; the page keeps it in its memory. What the
    link pays: an invoice, or the balance of the account that a statement is of."""

    card_notice: CardNotice | None
    token: str
    account_id: str
    scope: Literal["invoice", "balance"]
    number: int | None
    expires_at: dt.datetime


class LinkCall(Request, frozen=True):
    """`token` as the link was opened with."""

    practice: Id
    token: LinkToken


class LinkPaymentRequest(Request, frozen=True):
    """As PaymentRequest, of all that the link is for."""

    practice: Id
    token: LinkToken
    quote: Annotated[str, Meta(max_length=64)]
    amount_minor: Positive
    notes: Notes = ""
    way: WayName | None = None
    card_notice: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class LinkResult(Struct, frozen=True):
    """What became of one payment, for whoever comes back from its processor: nothing of the account."""

    state: PaymentState
    finished: bool
    amount_minor: int
    currency: str
    date: dt.date
    method: str
    reference: str
