"""Staff see to what clients have asked: list, show, answer, close."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.instants import instant
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.platform.ports import Clock
from chalicelib.questions.domain.questions import Question, QuestionState, written
from chalicelib.questions.ports import Questions
from chalicelib.questions.services.writing import write


@dataclass(frozen=True)
class Answering:
    questions: Questions
    ledgers: Ledgers
    clock: Clock

    def listed(self, practice: str, *, ended: bool = False) -> Sequence[Question]:
        """Those that wait, the oldest first; `ended`: the others, too. Error: Busy."""
        found = self.questions.of_practice(practice, ended=ended)
        return sorted(found, key=lambda question: (question.asked_at, question.id))

    def shown(self, practice: str, question_id: str) -> Question:
        """Error: NotFound question_not_found."""
        return self._found(self._ref(practice, question_id), question_id)

    def answer(
        self, practice: str, question_id: str, text: str, *, actor: str, dry_run: bool = False
    ) -> Question:
        """Who asked reads it at the item, and is mailed that it is there. The same answer again changes
        nothing. Errors: NotFound question_not_found; Invalid question_text_missing, question_text_long;
        Refused question_ended; Busy."""
        said = written(text, "answer")
        if not said:
            raise Invalid("question_text_missing", "answer")

        def ended(found: Question) -> tuple[Question, bool]:
            if found.state is QuestionState.ANSWERED and found.answer == said:
                return found, True
            return found.answered(said, at=instant(self.clock.now()), actor=actor), False

        return self._ended(practice, question_id, ended, dry_run=dry_run)

    def close(self, practice: str, question_id: str, *, actor: str, dry_run: bool = False) -> Question:
        """Without an answer: nobody is mailed. Closed already, it stays as it is. Errors: as `answer`."""

        def ended(found: Question) -> tuple[Question, bool]:
            if found.state is QuestionState.CLOSED:
                return found, True
            return found.closed(at=instant(self.clock.now()), actor=actor), False

        return self._ended(practice, question_id, ended, dry_run=dry_run)

    def _ended(
        self, practice: str, question_id: str, ended: Callable[[Question], tuple[Question, bool]],
        *, dry_run: bool,
    ) -> Question:  # fmt: skip
        """`ended` gives the question afterwards, and whether it stood so before. A dry run writes nothing."""
        ref = self._ref(practice, question_id)

        def decide(_: Account) -> tuple[Question, bool]:
            return ended(self._found(ref, question_id))

        if dry_run:
            return ended(self._found(ref, question_id))[0]
        return write(self.questions, self.ledgers, self.clock, ref, decide)

    def _ref(self, practice: str, question_id: str) -> AccountRef:
        return present(self.questions.account_of(practice, question_id), "question_not_found", "question")

    def _found(self, ref: AccountRef, question_id: str) -> Question:
        return present(self.questions.question(ref, question_id), "question_not_found", "question")
