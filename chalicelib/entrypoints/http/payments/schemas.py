"""Quotes, payments and receipts."""

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.entrypoints.http.common_schema import Id, Locale, Notes, Positive, Request
from chalicelib.entrypoints.http.ledger.schemas import LeftOut
from chalicelib.entrypoints.http.practice.schemas import WayName


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


Scope = BalanceScope | ServicesScope | ServiceScope | AmountScope


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

    `way` is one of those that the practice offers; without it the payer chooses at its first processor.
    `notes` stay with the practice and are never sent to a processor.
    """

    scope: Scope
    quote: Annotated[str, Meta(max_length=64)]
    amount_minor: Positive
    notes: Notes = ""
    way: WayName | None = None


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
