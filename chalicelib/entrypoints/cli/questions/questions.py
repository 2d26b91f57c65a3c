"""`billfold questions`: what clients have asked, and how staff answer it."""

import sys

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, how_many
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.document_ids import invoice_number
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.domain.asked import ItemKind
from chalicelib.practice.domain.practices import Practice
from chalicelib.questions.domain.questions import Choice, Question

_ABOUT = """\
Clients ask about a service, an invoice or a payment. Until a question is answered or closed its item is
marked as waiting, and no reminder goes out for it.
"""
_ANSWER = """\
Who asked reads the answer in the portal, at the item, and gets an e-mail that says only that it is there.
An answer stays as it is: ask them to write again where more is to be said.
"""
_CLOSE = "For what was settled by telephone. Nobody is mailed; the portal says that the question is closed."
_CHOICES = {
    Choice.ALREADY_PAID: "I already paid this",
    Choice.NOT_RECOGNISED: "I do not recognise this",
    Choice.INSURANCE: "My insurance should have paid",
    Choice.ESTIMATE: "I would like a good faith estimate",
    Choice.OTHER: "Something else",
}


def add(commands: Subparsers) -> None:
    top = commands.add_parser("questions", help="Read and answer what clients ask.", description=_ABOUT)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    listed = command(kinds, "list", run_list, "List the questions that wait for an answer.", writes=False)
    listed.add_argument("--all", action="store_true", help="answered and closed ones, too")
    show = command(kinds, "show", run_show, "Show a question.", writes=False)
    answer = command(kinds, "answer", run_answer, "Answer a question.", writes=True, details=_ANSWER)
    close = command(kinds, "close", run_close, "Close a question.", writes=True, details=_CLOSE)
    for parser in (show, answer, close):
        parser.add_argument("question", metavar="QUESTION", help="its id, as `billfold questions list` says")
    answer.add_argument(
        "--text", required=True, metavar="TEXT", help="the answer; - reads it from standard input"
    )


def run_list(invocation: Invocation) -> int:
    """Error: NotFound practice_not_found."""
    practice = invocation.practice()
    found = invocation.app.answering.listed(practice.id, ended=invocation.options.all)
    for question in found:
        _tell(invocation, practice, question)
    invocation.output.tell("questions", how_many(len(found), "question", "questions"), questions=len(found))
    return OK


def run_show(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, question_not_found."""
    practice = invocation.practice()
    _tell(invocation, practice, invocation.app.answering.shown(practice.id, invocation.options.question))
    return OK


def run_answer(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, question_not_found; Invalid question_text_missing,
    question_text_long; Refused question_ended."""
    practice, options = invocation.practice(), invocation.options
    text = sys.stdin.read() if options.text == "-" else options.text
    done = invocation.app.answering.answer(
        practice.id, options.question, text, actor=CLI.text, dry_run=options.dry_run
    )
    return _tell_ended(invocation, practice, done)


def run_close(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, question_not_found; Refused question_ended."""
    practice, options = invocation.practice(), invocation.options
    done = invocation.app.answering.close(
        practice.id, options.question, actor=CLI.text, dry_run=options.dry_run
    )
    return _tell_ended(invocation, practice, done)


def _tell_ended(invocation: Invocation, practice: Practice, question: Question) -> int:
    if invocation.options.dry_run:
        text = f"Dry run: question {question.id} would be {question.state}. Nothing was written."
        invocation.output.tell("dry_run", text, question=question.id, state=question.state.value)
    else:
        _tell(invocation, practice, question)
    return OK


def _tell(invocation: Invocation, practice: Practice, asked: Question) -> None:
    client = invocation.app.people.client(practice.id, asked.account_id)
    whose = client.external_id if client else asked.account_id
    amount = decimal_text(Money(asked.facts.amount_minor, practice.currency))
    text = f"{asked.id}: {whose}, {_item(asked)}, {amount}, {asked.state}, asked {asked.asked_at}"
    text += f"\n  {_CHOICES[asked.choice]}\n{_indented(asked.text)}"
    text += f"\n  Answer of {asked.ended_at}:\n{_indented(asked.answer)}" if asked.answer else ""
    invocation.output.tell(
        "question", text.rstrip(), id=asked.id, client=whose, kind=asked.about.kind.value,
        item=asked.about.id, service=asked.facts.service, date=asked.facts.on, amount=amount,
        state=asked.state.value, choice=asked.choice.value, asked_at=asked.asked_at,
        ended_at=asked.ended_at, text=asked.text, answer=asked.answer,
    )  # fmt: skip


def _item(asked: Question) -> str:
    if asked.about.kind is ItemKind.SERVICE:
        return f"service of {asked.facts.on} ({asked.facts.service or 'balance brought along'})"
    if asked.about.kind is ItemKind.INVOICE:
        return f"invoice {invoice_number(asked.about.id)} of {asked.facts.on}"
    return f"payment of {asked.facts.on} ({asked.about.id})"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
