"""Rows that files give otherwise after staff took them back by hand: posted anew, in the old ones' place.

An id stays its entry's for ever, so the new one has the next of its series, as after an import's undoing: P1,
P1~2. Files go on saying P1, and mean the last. What stands is never changed by a file, and what was taken
back stays out while no amount of it is given otherwise, nor what it is of: a check that bounced is not posted
again because its method was corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.importing.domain.formats import of_row
from chalicelib.importing.domain.mapping.made_ids import source_of
from chalicelib.importing.domain.remittances.names import ANSWER
from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    InsurancePaymentRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.importing.services.comparing import Odd
from chalicelib.importing.services.missing import KINDS
from chalicelib.importing.services.naming import NEXT, as_given, of_undoing
from chalicelib.importing.services.stored import Stored

_SUCCEEDED = PaymentRow, RefundRow, AdjustmentRow, InsurancePaymentRow
_MOVES_MONEY = frozenset(
    {"amount", "paid", "contractual_adjustment", "patient_responsibility", "charge_id", "payment_id"}
)
"""The columns by which what was taken back is another sum by now, or another's."""


def standing(row: Row, books: Stored, payments: Mapping[str, str]) -> Row:
    """With the last ids of their series: its own, and a refund's payment's. `payments`: those that are posted
    anew now, with their next ids."""
    if not isinstance(row, _SUCCEEDED) or not (payments or any(NEXT in id_ for _, id_ in books.recorded)):
        return row
    format_ = of_row(row)
    changes: dict[str, Any] = {format_.key: _last(getattr(row, format_.key), format_.kind, books)}
    if isinstance(row, RefundRow):
        payment = _last(row.payment_id, "payments", books)
        changes["payment_id"] = payments.get(payment, payment)
    return replace(row, **changes)


def taken_back(row: Row, books: Stored) -> bool:
    """Whether all is that stands under its id, and a file may post it anew. Not of an insurer's file, whose
    lines have rules of their own."""
    if not isinstance(row, _SUCCEEDED):
        return False
    format_ = of_row(row)
    id_: str = getattr(row, format_.key)
    held = [found for kind in KINDS[format_.kind] if (found := books.get(kind, id_))]
    return source_of(id_) != ANSWER and bool(held) and all(found.undone for found in held)


def successor(row: Row, books: Stored, odd: Odd) -> Row | None:
    """The row under its next id, where it is taken back and what is `odd` moves money."""
    if not (taken_back(row, books) and any(column in _MOVES_MONEY for column, _ in odd.columns)):
        return None
    format_ = of_row(row)
    name = _next(getattr(row, format_.key))
    while _is_there(name, format_.kind, books):  # posted once, and taken back with its import
        name = _next(name)
    changes: dict[str, Any] = {format_.key: name}
    return replace(row, **changes)


def given(row: Row, column: str) -> object:
    """What the row says in that column."""
    column_of = of_row(row).column(column)
    return getattr(row, column_of.attribute if column_of else column)


def _last(id_: str, kind: str, books: Stored) -> str:
    """But for what an import's undoing took back: then it is as before that import."""
    name = last = id_
    while _is_there(_next(name), kind, books):
        name = _next(name)
        last = last if _undone_by_import(name, kind, books) else name
    return last


def _is_there(id_: str, kind: str, books: Stored) -> bool:
    return any((entry_kind, id_) in books.recorded for entry_kind in KINDS[kind])


def _undone_by_import(id_: str, kind: str, books: Stored) -> bool:
    undone = {entry.draft.reverses for entry in books.entries if of_undoing(entry)}
    seqs: Sequence[int] = [
        e.seq for e in books.entries if e.draft.kind in KINDS[kind] and e.draft.reference == id_
    ]
    return bool(undone.intersection(seqs))


def _next(id_: str) -> str:
    number = id_.partition(NEXT)[2]
    return f"{as_given(id_)}{NEXT}{int(number or 1) + 1}"
