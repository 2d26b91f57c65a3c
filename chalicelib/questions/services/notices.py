"""Tell the practice that there is a question, and whoever asked that there is an answer.

Neither e-mail says who asked, about what, or what: the practice's has the command that shows it, the client's
a link that asks to sign in. The question is in the work list until it is told, and the sweep hands it to the
documents function. Safe to run again; after a crash between SES's answer and the mark the e-mail may go out
twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.documents.services.receipts import Sent
from chalicelib.documents.services.restarts import MailRestarts
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, present
from chalicelib.mail.domain.letters import LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.operations.domain.alerts import AlertName
from chalicelib.operations.ports.claims import Claims
from chalicelib.operations.ports.work import Due
from chalicelib.operations.services.addresses import Addresses
from chalicelib.operations.services.claims import claim
from chalicelib.operations.services.sweeping import call_if_stuck
from chalicelib.platform.ports import Clock, Queue
from chalicelib.practice.domain.practices import Person, Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.practice_mail import ACCOUNT_TAG, practice_mail, questions
from chalicelib.questions.domain.questions import Question, QuestionState
from chalicelib.questions.ports import Questions
from chalicelib.questions.services.estimate_clock import EstimateClock
from chalicelib.words import say
from chalicelib.words.mails import MAILS

TASK = "question"


def message(ref: AccountRef, question_id: str) -> Mapping[str, str]:
    """The documents function's: tell of the question as it stands."""
    return {"task": TASK, "practice": ref.practice, "account": ref.account, "question": question_id}


@dataclass(frozen=True)
class QuestionRestarts:
    """The first time it is no restart: the sweep begins it."""

    mails: MailRestarts
    documents_queue: Queue

    def question(self, due: Due) -> None:
        """Errors: Busy; MailPaused."""
        self.mails.check(due)
        id_ = due.id
        call_if_stuck(self.mails.alerting, AlertName.NOTICE_STUCK, due, f"{due.account_id} question {id_}")
        self.documents_queue.send(message(due.ref, id_))


@dataclass(frozen=True)
class QuestionNotices:
    """`public_url` is the portal's origin, without a final slash."""

    practices: Practices
    people: People
    questions: Questions
    addresses: Addresses
    claims: Claims
    mailer: Mailer
    clock: Clock
    estimate_clock: EstimateClock
    public_url: str

    def send(self, ref: AccountRef, question_id: str) -> Sent:
        """The worker's part. Errors: NotFound practice_not_found, question_not_found; Busy."""
        if self._found(ref, question_id).told:
            return Sent.BEFORE
        practice = present(self.practices.practice(ref.practice), "practice_not_found")
        claim(self.claims, self.clock, ref.practice, f"{TASK}#{question_id}")
        question = self._found(ref, question_id)
        if question.told:
            return Sent.BEFORE
        self.estimate_clock.start(practice, ref, question)
        waits = question.state is QuestionState.OPEN
        outcome = self._to_practice(practice, question) if waits else self._to_asker(practice, question)
        self.questions.told(ref, question)
        return outcome

    def _found(self, ref: AccountRef, question_id: str) -> Question:
        return present(self.questions.question(ref, question_id), "question_not_found")

    def _to_practice(self, practice: Practice, question: Question) -> Sent:
        return self._sent(practice, compose_question(practice, question))

    def _to_asker(self, practice: Practice, question: Question) -> Sent:
        person = self.people.person(practice.id, question.person_id)
        if person is None or not _sees(person, question):
            return Sent.NO_ADDRESS  # what they asked about is not theirs to see any more
        mail = compose_answer(practice, person, question, public_url=self.public_url)
        return self._sent(practice, mail)

    def _sent(self, practice: Practice, mail: Mail) -> Sent:
        if self.addresses.stopped(practice.id, mail.to, MailKind.NOTICE):
            return Sent.STOPPED
        try:
            self.mailer.send(mail)
        except Invalid:  # for good: the list and the portal have it
            return Sent.REFUSED
        return Sent.SENT


def _sees(person: Person, question: Question) -> bool:
    """Whether they asked it, and see the account still."""
    mine = person.did(question.person_id, question.asked_at)
    return mine and any(grant.account_id == question.account_id for grant in person.grants)


def compose_question(practice: Practice, question: Question) -> Mail:
    """To the practice's own address: which command shows it."""
    locale = practice.locale
    command = f"billfold questions show {question.id} --practice {practice.id}"
    blocks = (
        Paragraph(say(MAILS, "question_intro", locale)),
        Paragraph(command),
        Paragraph(say(MAILS, "question_answer", locale)),
    )
    subject = say(MAILS, "question_subject", locale)
    return practice_mail(MailKind.NOTICE, practice, practice.email, locale, subject, blocks)


def compose_answer(practice: Practice, person: Person, question: Question, *, public_url: str) -> Mail:
    """A link to the page of questions, which asks to sign in; not what was asked, and nobody's name."""
    locale = person.locale
    page = f"{public_url}/{practice.id}/questions?account={question.account_id}"
    blocks = (
        Paragraph(say(MAILS, "answer_intro", locale)),
        LinkTo(say(MAILS, "answer_link", locale), page),
        Paragraph(questions(practice, locale)),
    )
    subject = say(MAILS, "answer_subject", locale)
    tags = ((ACCOUNT_TAG, question.account_id),)
    return practice_mail(MailKind.NOTICE, practice, person.email, locale, subject, blocks, tags)
