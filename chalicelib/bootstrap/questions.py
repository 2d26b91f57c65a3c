"""Questions of clients, and the practice's answers."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.documents import DocumentsWiring
from chalicelib.questions.services.asking import Asking
from chalicelib.questions.services.estimate_clock import EstimateClock
from chalicelib.questions.services.items import Items
from chalicelib.questions.store.questions import DynamoQuestions

if TYPE_CHECKING:
    from chalicelib.questions.services.answering import Answering
    from chalicelib.questions.services.notices import QuestionNotices, QuestionRestarts


class QuestionsWiring(DocumentsWiring):
    @cached_property
    def questions(self) -> DynamoQuestions:
        return DynamoQuestions()

    @cached_property
    def asking(self) -> Asking:
        items = Items(self.ledgers, self.invoices)
        return Asking(self.questions, self.reading, items, self.counters, self.estimate_clock, self.clock)

    @cached_property
    def estimate_clock(self) -> EstimateClock:
        return EstimateClock(self.request_clocks)

    @cached_property
    def answering(self) -> "Answering":
        from chalicelib.questions.services.answering import Answering

        return Answering(self.questions, self.ledgers, self.clock)

    @cached_property
    def question_notices(self) -> "QuestionNotices":
        from chalicelib.questions.services.notices import QuestionNotices

        return QuestionNotices(
            self.practices, self.people, self.questions, self.addresses, self.claims, self.mailer, self.clock,
            self.estimate_clock, self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def question_restarts(self) -> "QuestionRestarts":
        from chalicelib.questions.services.notices import QuestionRestarts

        return QuestionRestarts(self.mail_restarts, self.documents_queue)
