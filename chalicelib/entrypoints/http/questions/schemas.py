"""Questions about items of an account."""

import datetime as dt
from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.entrypoints.http.common_schema import Id, Locale, Request
from chalicelib.ledger.domain.asked import ItemKind, Mark
from chalicelib.questions.domain.questions import Choice, QuestionState

QuestionMark = Mark
QuestionChoice = Choice
AskedKind = ItemKind


class About(Request, frozen=True):
    """`id`: a charge's, an invoice's ("invoice-<number>"), or a payment's."""

    kind: AskedKind
    id: Id


class QuestionRequest(Request, frozen=True):
    """`text` is plain text, up to 2,000 characters; needed where `choice` is `other`."""

    about: About
    choice: QuestionChoice
    text: Annotated[str, Meta(max_length=60_000)] = ""


class AskedItem(Struct, frozen=True):
    """What a question is about. `service` is empty of an invoice, a payment or a balance brought along."""

    kind: AskedKind
    id: str
    date: dt.date
    service: str
    service_locale: Locale
    amount_minor: int
    currency: str


class Question(Struct, frozen=True):
    """`mine`: who reads it asked it. Of others' questions `choice` is null and `text` and `answer` are empty.
    `closed`: without an answer here. Instants are UTC."""

    id: str
    about: AskedItem
    mine: bool
    choice: QuestionChoice | None
    text: str
    asked_at: dt.datetime
    state: QuestionState
    answer: str
    ended_at: dt.datetime | None


class Questions(Struct, frozen=True):
    """The newest first. `item` is the one that was named by `kind` and `id`, else null."""

    questions: list[Question]
    next_cursor: str | None
    item: AskedItem | None
