"""What moved an account since it was planned is held against the plan by the questions of planning.

Between the plan and the write a person reads what is to be posted and agrees, and meanwhile staff may post
one of the rows by hand, or another import may bring it under another id. Ids that a map makes are those of
what a list has of a client, a day and a code; another list may have a second row of them, another code or
another day, and so another id. Which is which is asked of what stands in the books, and so it is when the
files are run again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.formats import of_row
from chalicelib.importing.domain.mapping.made_ids import source_of
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.remittances.names import ANSWER
from chalicelib.importing.domain.rows import InsurancePaymentRow, OpeningBalanceRow, PaymentRow, Row
from chalicelib.importing.services.elsewhere import Elsewhere
from chalicelib.importing.services.missing import KIND_OF, brought
from chalicelib.importing.services.naming import NEXT, as_files_say, as_given
from chalicelib.importing.services.opened import beside_entries
from chalicelib.importing.services.paid_before import answered_before
from chalicelib.importing.services.paid_online import may_be_online
from chalicelib.importing.services.planning import AccountPlan
from chalicelib.importing.services.steps import Step
from chalicelib.importing.services.stored import Stored, stored
from chalicelib.kernel.actors import of_import
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.ports.ledgers import Ledgers

CODE = "posted_meanwhile"


def posted_meanwhile(
    ledgers: Ledgers, import_id: str, account: AccountPlan
) -> tuple[AccountPlan, Sequence[Problem]]:
    """The account, which `import_id` hides, without its rows where one of them may be posted by now under
    another id; and these rows, told. Reads the account where planning asked of such rows, and all of it where
    it moved since.
    """
    judged = [step.row for step in account.steps if type(step) is Step and _judged(step.row)]
    now = ledgers.account(account.ref) if judged else None
    if now is None or now.ledger.seq <= account.seen:
        return account, ()
    books = stored(ledgers, account.ref)
    newer = _newer(books, import_id, account.seen)
    there = {(KIND_OF.get(entry.draft.kind), as_given(entry.draft.reference)) for entry in newer}
    rows = [row for row in judged if (_kind(row), _id(row)) not in there]
    if not newer or next(_doubted(rows, books, newer, account, import_id), None) is None:
        return account, ()
    known = tuple(step for step in account.steps if (_kind(step.row), _id(step.row)) in there)
    left = (step.row for step in account.steps if (_kind(step.row), _id(step.row)) not in there)
    return replace(account, steps=known), [row.problem("date", CODE) for row in left]


def _judged(row: Row) -> bool:
    """Rows of exports, balances, and what is posted in the place of what staff took back. What insurers'
    files give is decided again by their own rules; all other ids are the practice's own."""
    if isinstance(row, OpeningBalanceRow):
        return True
    id_ = key_of(of_row(row), row)
    return source_of(as_given(id_)) != ANSWER and bool(row.source or NEXT in id_)


def _newer(books: Stored, import_id: str, seen: int) -> Sequence[Entry]:
    own = of_import(import_id)
    return [entry for entry in books.entries if entry.seq > seen and entry.actor != own]


def _doubted(
    rows: Sequence[Row], books: Stored, newer: Sequence[Entry], account: AccountPlan, import_id: str
) -> Iterator[Row]:
    """Those that may be what is there by now."""
    yield from _of_another_list(rows, newer)
    practice, given = account.ref.practice, frozenset(_id(step.row) for step in account.steps)
    seqs = {entry.seq for entry in newer}
    said = as_files_say(practice, books)
    moved = {"": replace(said, entries=[entry for entry in said.entries if entry.seq in seqs])}
    elsewhere = Elsewhere(practice, moved, given=given, every_answer=True)
    yield from (row for row, _ in elsewhere.found(("", _as_said(row)) for row in rows))
    answered = answered_before(moved)
    currency = books.account.ledger.currency if books.account else ""
    for row in rows:
        if isinstance(row, PaymentRow) and row.source and may_be_online(row, newer, books):
            yield row
        if isinstance(row, InsurancePaymentRow) and as_given(row.charge_id) in answered:
            yield row
        if isinstance(row, OpeningBalanceRow) and beside_entries(row, books, currency, import_id):
            yield row


def _of_another_list(rows: Sequence[Row], newer: Sequence[Entry]) -> Iterator[Row]:
    """Rows of a kind and source of which another import brought some."""
    ids = ((KIND_OF[entry.draft.kind], as_given(entry.draft.reference)) for entry in brought(newer))
    others = {(kind, source_of(id_)) for kind, id_ in ids}
    for row in rows:
        source = source_of(_id(row))
        if source and (_kind(row), source) in others:
            yield row


def _as_said(row: Row) -> Row:
    """As files say it, and as the books are held against it: about a charge without the number behind its
    id."""
    about = getattr(row, "charge_id", "")
    return replace(row, charge_id=as_given(about)) if about else row  # type: ignore[call-arg]


def _kind(row: Row) -> str:
    return of_row(row).kind


def _id(row: Row) -> str:
    return as_given(key_of(of_row(row), row))
