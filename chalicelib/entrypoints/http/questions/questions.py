"""Routes of questions: ask the practice about an item, and what has been asked and answered (S19)."""

import datetime as dt

from chalice.app import Blueprint

from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.idempotency import key_of
from chalicelib.entrypoints.http.ledger.history import CURSOR, PAGE
from chalicelib.entrypoints.http.ledger.views import Words, date
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import Query, endpoint
from chalicelib.identity.services.sessions import Principal
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.asked import ItemKind, ItemRef
from chalicelib.ledger.domain.entries import Service
from chalicelib.questions.domain.questions import ItemFacts, Question
from chalicelib.questions.services.asking import QuestionWish

routes = Blueprint(__name__)
_ITEM_ERRORS = (
    "account_not_found", "account_updating", "charge_not_found", "invoice_not_found", "invoice_void",
    "payment_not_found",
)  # fmt: skip
_KINDS = [kind.value for kind in ItemKind]


@endpoint(
    routes, "POST", "/accounts/{account_id}/questions", policy=Client(),
    body=schemas.QuestionRequest, returns=schemas.Question, status=201, headers=("Idempotency-Key",),
    errors=(
        *_ITEM_ERRORS, "question_key_missing", "question_key_reused", "question_text_missing",
        "question_text_long", "too_many_questions", "too_many_open_questions",
    ),
)  # fmt: skip
def ask(context: Context[schemas.QuestionRequest], ref: AccountRef) -> schemas.Question:
    """Ask the practice about a service, an invoice or a payment. The same key and body ask once."""
    key = key_of(context, missing="question_key_missing")
    body, who = context.body, context.principal
    about = ItemRef(body.about.kind, body.about.id)
    wish = QuestionWish(key, about, body.choice, body.text, who.person_id, who.actor.text)
    practice, asked = context.app.asking.ask(ref, wish)
    words = Words(practice, context.locale)
    return _question(asked, words, practice.currency, reader=who)


@endpoint(
    routes, "GET", "/accounts/{account_id}/questions", policy=Client(), returns=schemas.Questions,
    errors=(*_ITEM_ERRORS, "cursor_invalid", "field_invalid"),
    query=(
        Query("kind", {"type": "string", "enum": _KINDS}, "With `id`: an item that is to be described, too."),
        Query("id", {"type": "string"}, "The item's id."),
        CURSOR,
    ),
)  # fmt: skip
def get_questions(context: Context[None], ref: AccountRef) -> schemas.Questions:
    """What the practice was asked about the account's items, the newest first, and its answers."""
    about = _about(context)
    found = context.app.asking.listed(ref, about=about, cursor=context.query("cursor"), limit=PAGE)
    words, currency = Words(found.practice, context.locale), found.account.ledger.currency
    reader = context.principal
    rows = [_question(row, words, currency, reader=reader) for row in found.rows]
    item = _item(about, found.item, words, currency) if about and found.item else None
    return schemas.Questions(rows, found.next_cursor, item)


def _about(context: Context[None]) -> ItemRef | None:
    kind, id_ = context.query("kind"), context.query("id")
    if kind is None and id_ is None:
        return None
    if kind not in _KINDS or not id_ or len(id_) > 64:
        raise Invalid("field_invalid", "id" if kind in _KINDS else "kind")
    return ItemRef(ItemKind(kind), id_)


def _question(asked: Question, words: Words, currency: str, *, reader: Principal) -> schemas.Question:
    """Who else sees the account learns that there is a question, and not what it says."""
    mine = reader.did(asked.person_id, asked.asked_at)
    return schemas.Question(
        id=asked.id,
        about=_item(asked.about, asked.facts, words, currency),
        mine=mine,
        choice=asked.choice if mine else None,
        text=asked.text if mine else "",
        asked_at=dt.datetime.fromisoformat(asked.asked_at),
        state=asked.state,
        answer=asked.answer if mine else "",
        ended_at=dt.datetime.fromisoformat(asked.ended_at) if asked.ended_at else None,
    )


def _item(about: ItemRef, facts: ItemFacts, words: Words, currency: str) -> schemas.AskedItem:
    name, locale = "", words.own_locale
    if about.kind is ItemKind.SERVICE:
        name, locale = words.service(Service(facts.service, facts.on))
    return schemas.AskedItem(about.kind, about.id, date(facts.on), name, locale, facts.amount_minor, currency)
