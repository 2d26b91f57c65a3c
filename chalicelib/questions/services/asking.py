"""A client asks the practice about a service, an invoice or a payment (S19)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.identity.services.limits import Counters, Pace
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.kernel.instants import instant
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.asked import ItemRef
from chalicelib.ledger.services.reading import Reading
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice
from chalicelib.questions.domain.questions import (
    MOST_OPEN,
    Choice,
    ItemFacts,
    Question,
    question_id,
    written,
)
from chalicelib.questions.ports import Questions
from chalicelib.questions.services.estimate_clock import EstimateClock
from chalicelib.questions.services.items import Items
from chalicelib.questions.services.writing import write

OF_PERSON = (Pace(uses=10, seconds=24 * 3600),)
_DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class QuestionWish:
    """`key`: the request's own; the same again asks nothing anew."""

    key: str
    about: ItemRef
    choice: Choice
    text: str
    person_id: str
    actor: str

    @property
    def body_hash(self) -> str:
        said = "\n".join([self.about.kind, self.about.id, self.choice, self.text])
        return hashlib.sha256(said.encode()).hexdigest()[:_DIGEST_LENGTH]


@dataclass(frozen=True, slots=True)
class QuestionList:
    """A page of them, the newest first. `item` is what was looked for among the account's items, if any."""

    practice: Practice
    account: Account
    rows: Sequence[Question]
    next_cursor: str | None
    item: ItemFacts | None


@dataclass(frozen=True)
class Asking:
    """Errors of all: NotFound account_not_found; Refused account_updating while an import holds it."""

    questions: Questions
    reading: Reading
    items: Items
    counters: Counters
    estimate_clock: EstimateClock
    clock: Clock

    def listed(
        self, ref: AccountRef, *, about: ItemRef | None, cursor: str | None, limit: int
    ) -> QuestionList:
        """Errors: Invalid cursor_invalid; as `Items.facts` where an item is asked for."""
        practice, account = self.reading.of(ref)
        item = self.items.facts(ref, about) if about else None
        page = self.questions.listed(ref, cursor=cursor, limit=limit)
        return QuestionList(practice, account, page.rows, page.next_cursor, item)

    def ask(self, ref: AccountRef, wish: QuestionWish) -> tuple[Practice, Question]:
        """Errors: Invalid question_text_missing, question_text_long, question_key_reused; Refused
        too_many_questions, too_many_open_questions; as `Items.facts`; Busy."""
        text = written(wish.text)
        if wish.choice is Choice.OTHER and not text:
            raise Invalid("question_text_missing", "text")
        practice, _ = self.reading.of(ref)
        if earlier := self._earlier(ref, wish):
            self.estimate_clock.start(practice, ref, earlier)
            return practice, earlier
        facts = self.items.facts(ref, wish.about)
        self._count(ref, wish)
        question = self._made(ref, wish, facts, text)

        def decide(account: Account) -> tuple[Question, bool]:
            if landed := self._earlier(ref, wish):
                return landed, True
            if account.hold:
                raise Refused("account_updating")
            if sum(one.waiting for one in account.asked.values()) >= MOST_OPEN:
                raise Refused("too_many_open_questions", most=MOST_OPEN)
            return question, False

        asked = write(self.questions, self.reading.ledgers, self.clock, ref, decide)
        self.estimate_clock.start(practice, ref, asked)
        return practice, asked

    def _earlier(self, ref: AccountRef, wish: QuestionWish) -> Question | None:
        """What the same key asked before. Error: Invalid question_key_reused."""
        found = self.questions.question(ref, question_id(ref, wish.person_id, wish.key))
        if found is not None and found.body_hash != wish.body_hash:
            raise Invalid("question_key_reused", "Idempotency-Key")
        return found

    def _made(self, ref: AccountRef, wish: QuestionWish, facts: ItemFacts, text: str) -> Question:
        return Question(
            id=question_id(ref, wish.person_id, wish.key),
            account_id=ref.account,
            about=wish.about,
            facts=facts,
            choice=wish.choice,
            text=text,
            person_id=wish.person_id,
            actor=wish.actor,
            asked_at=instant(self.clock.now()),
            body_hash=wish.body_hash,
        )

    def _count(self, ref: AccountRef, wish: QuestionWish) -> None:
        wait = self.counters.wait_seconds(
            "questions-of-person", OF_PERSON, wish.person_id, practice=ref.practice,
            once=f"{ref.account}/{wish.key}",
        )  # fmt: skip
        if wait:
            trace(Event.LIMITED, ref.practice, person=wish.person_id, limit="questions-of-person")
            raise Refused("too_many_questions", retry_after_seconds=wait, hours=-(-wait // 3600))
