"""A question about an item, and what became of it. Pure."""

import hashlib
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.ledger.domain.asked import ItemRef

MAX_TEXT = 2_000  # characters, of a question and of an answer
MOST_OPEN = 15  # that wait for an answer, of one account
# Letters that make the text round them read in another order, and none a person types.
_REORDER = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Choice(StrEnum):
    """What the client says about the item, in the form's own words."""

    ALREADY_PAID = "already_paid"
    NOT_RECOGNISED = "not_recognised"
    INSURANCE = "insurance"
    ESTIMATE = "estimate"  # of what care will cost: it starts the law's clock
    OVER_ESTIMATE = "over_estimate"  # it is disputed; no reminder goes out while it waits
    OTHER = "other"


class QuestionState(StrEnum):
    """CLOSED: without an answer in Billfold; staff have seen to it otherwise."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """The item as it was called when it was asked about. `service` is the practice's own name, "" of an
    invoice, a payment or a balance brought along; `on` is its date (YYYY-MM-DD)."""

    service: str
    on: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Question:
    """Instants are UTC RFC 3339, "" while there are none. `person_id` asked it, and alone reads its text and
    its answer in the portal. `body_hash` is of what was asked, for the same key used again. `told`: whoever
    is next to hear of it has been told (the practice of the question, who asked of the answer).
    """

    id: str
    account_id: str
    about: ItemRef
    facts: ItemFacts
    choice: Choice
    text: str
    person_id: str
    actor: str
    asked_at: str
    body_hash: str
    state: QuestionState = QuestionState.OPEN
    answer: str = ""
    ended_at: str = ""
    ended_by: str = ""
    told: bool = False
    version: int = field(default=0, compare=False)

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)

    def answered(self, answer: str, *, at: str, actor: str) -> "Question":
        return self._ended(QuestionState.ANSWERED, answer, at, actor, told=False)

    def closed(self, *, at: str, actor: str) -> "Question":
        return self._ended(QuestionState.CLOSED, "", at, actor, told=True)

    def _ended(self, state: QuestionState, answer: str, at: str, actor: str, *, told: bool) -> "Question":
        """Error: Refused question_ended."""
        if self.state is not QuestionState.OPEN:
            raise Refused("question_ended", "question")
        return replace(self, state=state, answer=answer, ended_at=at, ended_by=actor, told=told)


def question_id(ref: AccountRef, person_id: str, key: str) -> str:
    """The same for the same key of the same person; short enough to type."""
    return hashlib.sha256(f"{ref.practice}\n{ref.account}\n{person_id}\n{key}".encode()).hexdigest()[:12]


def written(text: str, field_name: str = "text") -> str:
    """What somebody wrote, as it is kept: plain text of several lines, without control characters.

    Error: Invalid question_text_long.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in lines if letter == "\n" or _kept(letter)).strip()
    if len(kept) > MAX_TEXT:
        raise Invalid("question_text_long", field_name, most=MAX_TEXT)
    return kept


def _kept(letter: str) -> bool:
    return letter not in _REORDER and unicodedata.category(letter) not in {"Cc", "Cs"}
