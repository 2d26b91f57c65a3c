"""Issued documents."""

import datetime as dt
from enum import StrEnum

from msgspec import Struct


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
