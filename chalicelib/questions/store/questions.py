"""Questions in DynamoDB.

P#practice#A#account     Q#<question>        the question and its answer
P#practice#QUESTIONS     OPEN#<question>     whose it is, while it waits for an answer
P#practice#QUESTIONS     ENDED#<question>    whose it is, afterwards
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.ledger.store.items import AccountItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Codec, VersionedBody
from chalicelib.platform.dynamo.table import (
    Canceled,
    Item,
    guarded,
    refused_by_condition,
    shard,
    transact,
    walked,
)
from chalicelib.questions.domain.questions import Question, QuestionState
from chalicelib.questions.ports import Questions

KIND = "question"
_QUESTION = "Q#"
_OPEN, _ENDED = "OPEN#", "ENDED#"
_AT_ONCE = 100

QUESTIONS = Codec(
    Question,
    private=frozenset({"facts", "text", "answer"}),
    elsewhere=frozenset({"id", "account_id", "version"}),
)


class QuestionItem(VersionedBody, discriminator="question"):
    """In the work list until whoever is next to hear of it is told."""

    @classmethod
    def of(cls, practice: str, question: Question) -> "QuestionItem":
        since = question.ended_at or question.asked_at
        return cls(
            keys.account(question.ref(practice)),
            _QUESTION + question.id,
            gsi1sk=f"{_QUESTION}{question.asked_at}#{question.id}",
            gsi2pk=None if question.told else keys.due(KIND, shard(question.id)),
            gsi2sk=None if question.told else since,
            version=question.version + 1,
            **QUESTIONS.parts(question),
        )

    def question(self) -> Question:
        id_ = self.sk.removeprefix(_QUESTION)
        own = {"id": id_, "account_id": keys.account_of(self.pk), "version": int(self.version)}
        return QUESTIONS.read(self, f"question {id_}", **own)


class QuestionIndexItem(Item, discriminator="question-index"):
    """Says whose the practice's question is, so that staff find it without a scan."""

    account_id = UnicodeAttribute()


class DynamoQuestions(Questions):
    @guarded
    def question(self, ref: AccountRef, question_id: str) -> Question | None:
        try:
            row = QuestionItem.get(keys.account(ref), _QUESTION + question_id, consistent_read=True)
        except DoesNotExist:
            return None
        return row.question()

    @guarded
    def account_of(self, practice: str, question_id: str) -> AccountRef | None:
        pk = keys.questions(practice)
        places = [(pk, kind + question_id) for kind in (_OPEN, _ENDED)]
        found = next(iter(QuestionIndexItem.batch_get(places, consistent_read=True)), None)
        return AccountRef(practice, found.account_id) if found else None

    def write(self, practice: str, question: Question, *, before: Account, after: Account) -> None:
        pk, ref = keys.questions(practice), question.ref(practice)
        waits = question.state is QuestionState.OPEN
        index = QuestionIndexItem(pk, (_OPEN if waits else _ENDED) + question.id, account_id=ref.account)
        account = AccountItem.of(practice, after, before.version + 1)
        row = QuestionItem.of(practice, question)
        left = [] if waits else [QuestionIndexItem(pk, _OPEN + question.id)]
        try:
            transact(
                [
                    (account, AccountItem.version == before.version),
                    (row, QuestionItem.standing_at(question.version)),
                    (index, None),  # the question's own version guards it
                ],
                left,
            )
        except Canceled as canceled:
            raise Conflict("question") from canceled

    @guarded
    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Question]:
        pk = keys.account(ref)
        rows = QuestionItem.by_date.query(
            pk,
            QuestionItem.gsi1sk.startswith(_QUESTION),
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
            last_evaluated_key=keys.cursor_key(
                cursor, pk, sk=_QUESTION, first=_QUESTION, last=f"{_QUESTION}~"
            ),
        )
        found = [row.question() for row in rows if isinstance(row, QuestionItem)]
        return Page(found, keys.cursor_text(rows.last_evaluated_key))

    def of_practice(self, practice: str, *, ended: bool) -> Iterator[Question]:
        places = self._places(practice, ended=ended)
        while some := list(islice(places, _AT_ONCE)):
            yield from self._read(some)

    def _places(self, practice: str, *, ended: bool) -> Iterator[tuple[str, str]]:
        of_it = None if ended else QuestionIndexItem.sk.startswith(_OPEN)
        for row in walked(QuestionIndexItem.query)(keys.questions(practice), of_it, consistent_read=True):
            id_ = row.sk.partition("#")[2]
            yield keys.account(AccountRef(practice, row.account_id)), _QUESTION + id_

    @guarded
    def _read(self, places: Sequence[tuple[str, str]]) -> Sequence[Question]:
        return [row.question() for row in QuestionItem.batch_get(places, consistent_read=True)]

    @guarded
    def told(self, ref: AccountRef, question: Question) -> None:
        row = QuestionItem.of(ref.practice, replace(question, told=True))
        try:
            row.save(condition=QuestionItem.standing_at(question.version))
        except PutError as error:
            if not refused_by_condition(error):
                raise
