"""How a question is written: with its mark in the account, in one transaction; decided again when somebody
was faster."""

from collections.abc import Callable
from dataclasses import replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.asked import Asked, with_mark, without_mark
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.platform.ports import Clock
from chalicelib.questions.domain.questions import Question, QuestionState
from chalicelib.questions.ports import Questions

ATTEMPTS = 12
Decide = Callable[[Account], tuple[Question, bool]]


def write(questions: Questions, ledgers: Ledgers, clock: Clock, ref: AccountRef, decide: Decide) -> Question:
    """Write what `decide` makes of the account as it is now; it also says whether that is there already.

    Errors: NotFound account_not_found; Busy; whatever `decide` raises.
    """
    for attempt in range(ATTEMPTS):
        account = present(ledgers.account(ref), "account_not_found")
        question, there = decide(account)
        if there:
            return question
        try:
            questions.write(ref.practice, question, before=account, after=marked(account, question))
        except (Conflict, Busy):  # Busy may hide a write: the question's own row tells on the next try
            clock.pause(attempt)
        else:
            return replace(question, version=question.version + 1)
    raise Busy("the account stays contended")


def marked(account: Account, question: Question) -> Account:
    if question.state is QuestionState.CLOSED:
        return replace(account, asked=without_mark(account.asked, question.id))
    one = Asked(question.about, waiting=question.state is QuestionState.OPEN)
    return replace(account, asked=with_mark(account.asked, question.id, one))
