"""Rows of an export that another export may have posted, under another id, since this one was checked.

Ids that a map makes are those of what a list has of a client, a day and a code; another list may have a
second row of them, another code or another day, and so another id. Which is which is asked of what stands in
the books, and so it is when the files are run again.
"""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.formats import FORMATS
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.remittances.names import ANSWER
from chalicelib.importing.services.missing import KIND_OF, brought, source_of
from chalicelib.importing.services.naming import as_given
from chalicelib.importing.services.planning import AccountPlan
from chalicelib.importing.services.steps import Step
from chalicelib.kernel.actors import of_import
from chalicelib.ledger.ports.ledgers import Ledgers

CODE = "posted_meanwhile"
_FORMAT_OF = {format_.row: format_ for format_ in FORMATS}


def posted_meanwhile(
    ledgers: Ledgers, import_id: str, account: AccountPlan
) -> tuple[AccountPlan, Sequence[Problem]]:
    """The account, which `import_id` hides, without such rows; and those, told. Reads the account where it
    has rows with ids that a map made, and what was posted since, if anything was."""
    made = [step for step in account.steps if type(step) is Step and _made(_id(step))]
    now = ledgers.account(account.ref) if made else None
    if now is None or now.ledger.seq <= account.seen:
        return account, ()
    newer = [
        (KIND_OF[entry.draft.kind], as_given(entry.draft.reference))
        for entry in brought(list(ledgers.entries(account.ref, first=account.seen + 1)))
        if entry.actor != of_import(import_id)
    ]
    others = {(kind, source_of(id_)) for kind, id_ in newer}
    left = {
        id(step): step
        for step in made
        if (_kind(step), source_of(_id(step))) in others and (_kind(step), _id(step)) not in newer
    }
    steps = tuple(step for step in account.steps if id(step) not in left)
    return replace(account, steps=steps), [step.row.problem("date", CODE) for step in left.values()]


def _made(id_: str) -> bool:
    """Whether a map made it; what insurers' files give is decided again by their own rules."""
    return source_of(id_) not in ("", ANSWER)


def _kind(step: Step) -> str:
    return _FORMAT_OF[type(step.row)].kind


def _id(step: Step) -> str:
    return as_given(key_of(_FORMAT_OF[type(step.row)], step.row))
