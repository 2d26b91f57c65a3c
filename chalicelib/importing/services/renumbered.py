"""A charge that a file gives under another id by now: once a person has said that it is the same, for good.

The answer is an entry of the ledger that corrects no fact, "known:<the file's id>:<its number>". Without it
the same question would come with each file, and the other answer would charge the session twice.
"""

from collections.abc import Iterator, Mapping

from chalicelib.importing.services.stored import Stored
from chalicelib.importing.services.undone_facts import given_back
from chalicelib.ledger.domain.entries import Entry, EntryKind

_PREFIX = "known:"


def renumbered(books: Stored) -> Mapping[str, str]:
    """The charges' ids in the books by those that files give them now."""
    back = given_back(books.entries)
    return {
        _given(entry): books.charges[entry.draft.opens[0].charge_id].external_id
        for entry in _answers(books)
        if entry.seq not in back
    }


def answer_id(given: str, books: Stored) -> str:
    """The id of the entry by which the charge is known as `given`."""
    number = 1 + sum(_given(entry) == given for entry in _answers(books))
    return f"{_PREFIX}{given}:{number}"


def _answers(books: Stored) -> Iterator[Entry]:
    for entry in books.entries:
        of_facts = entry.draft.kind is EntryKind.FACTS_CORRECTED
        if of_facts and entry.draft.reference.startswith(_PREFIX):
            yield entry


def _given(entry: Entry) -> str:
    return entry.draft.reference.removeprefix(_PREFIX).rpartition(":")[0]
