"""Rows that an earlier import brought and that the same source has no more: named, and never taken away.

A file tells of its own days and clients alone. So a row is missed where the batch has the client, and its day
is between the first and the last of the batch's rows of the same kind and source.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.importing.domain.batch import Batch, key_of
from chalicelib.importing.domain.formats import FORMATS, of_row
from chalicelib.importing.domain.mapping.made_ids import source_of
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.services.comparing import fee_now
from chalicelib.importing.services.naming import as_given
from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.actors import Channel
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.insurance import ANSWER_KINDS
from chalicelib.ledger.services.posting import own_id

KINDS: Mapping[str, frozenset[EntryKind]] = {
    "charges": frozenset({EntryKind.CHARGE, EntryKind.SERVICE}),
    "payments": frozenset({EntryKind.PAYMENT}),
    "refunds": frozenset({EntryKind.REFUND}),
    "adjustments": frozenset({EntryKind.ADJUSTMENT, EntryKind.WRITE_OFF}),
    "insurance_payments": frozenset(ANSWER_KINDS),
}
KIND_OF = {entry_kind: kind for kind, of_kind in KINDS.items() for entry_kind in of_kind}
Spans = Mapping[tuple[str, str], tuple[str, str]]
"""The first and the last day of the rows of each kind and source."""


@dataclass(frozen=True, slots=True)
class MissingRow:
    """By the practice's own ids; minor units. `entry`: its number at the client, the first of several."""

    client_id: str
    kind: str
    id: str
    date: str
    amount_minor: int
    entry: int = field(default=0, compare=False)


def spans_of(batch: Batch) -> Spans:
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for format_ in (format_ for format_ in FORMATS if format_.kind in KINDS):
        for row in getattr(batch, format_.kind):
            key = format_.kind, source_of(key_of(format_, row))
            first, last = found.get(key, (row.date, row.date))
            found[key] = min(first, row.date), max(last, row.date)
    return found


def missing(
    practice: str, client_id: str, rows: Iterable[Row], books: Stored, spans: Spans
) -> tuple[MissingRow, ...]:
    """Of one client, whose rows of the batch these are."""
    if not spans:
        return ()
    formats = ((of_row(row), row) for row in rows)
    there = {(format_.kind, as_given(key_of(format_, row))) for format_, row in formats}
    found: dict[tuple[str, str], MissingRow] = {}
    for entry in brought(books.entries):
        kind, id_ = KIND_OF[entry.draft.kind], as_given(entry.draft.reference)
        first, last = spans.get((kind, source_of(id_)), ("", ""))
        if first <= entry.draft.occurred_on <= last and (kind, id_) not in there:
            amount = _amount(practice, entry, books)
            known = found.get((kind, id_))  # an insurer's answer is in up to three entries
            first_one = known or MissingRow(client_id, kind, id_, entry.draft.occurred_on, 0, entry.seq)
            found[kind, id_] = replace(first_one, amount_minor=first_one.amount_minor + amount)
    return tuple(found.values())


def brought(entries: Sequence[Entry]) -> Iterator[Entry]:
    """What files brought, and nobody took back. An id with a colon is of what follows from a row."""
    undone = {entry.draft.reverses for entry in entries}
    for entry in entries:
        draft = entry.draft
        of_row = draft.kind in KIND_OF and draft.reference and ":" not in draft.reference
        if of_row and entry.seq not in undone and entry.actor.partition(":")[0] == Channel.IMPORT:
            yield entry


def _amount(practice: str, entry: Entry, books: Stored) -> int:
    draft = entry.draft
    if KIND_OF[draft.kind] == "charges":
        charge = books.charges[own_id(practice, "charge", draft.reference)]
        return fee_now(charge, draft.reference, books)
    found = books.get(draft.kind, draft.reference)
    return found.amount_minor if found else 0
