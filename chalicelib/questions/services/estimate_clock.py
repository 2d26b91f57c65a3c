"""Who asks for a good faith estimate has it within the days of United States law: the question starts that
clock."""

from contextlib import suppress
from dataclasses import dataclass

from chalicelib.documents.domain.estimate_requests import RequestDays
from chalicelib.documents.services.estimates.requests import RequestClocks
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import local_date
from chalicelib.practice.domain.practices import Practice
from chalicelib.questions.domain.questions import Choice, Question

LAW_OF = "USD"  # practices that bill in it are held to the law of the United States


@dataclass(frozen=True)
class EstimateClock:
    """Started as the question is written, and once more before the practice is told of it: whoever wrote it
    may have died before the first. Safe to repeat."""

    requests: RequestClocks

    def start(self, practice: Practice, ref: AccountRef, question: Question) -> None:
        """From the day on which it was asked; of another question, nothing. Error: Busy."""
        if question.choice is not Choice.ESTIMATE or practice.currency != LAW_OF:
            return
        days = RequestDays(asked_on=local_date(question.asked_at, practice.timezone))
        with suppress(Refused):  # so many wait already that the client's clock runs
            self.requests.note(practice, ref, days, actor=question.actor, asked_at=question.asked_at)
