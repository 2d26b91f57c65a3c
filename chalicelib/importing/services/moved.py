"""Whether a row whose made id is new may be one of the books on another day, which the file has no more."""

from dataclasses import dataclass
from datetime import date
from itertools import islice

from chalicelib.importing.domain.mapping.made_ids import MadeIds, stem_of
from chalicelib.importing.domain.mapping.making import stem_on
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    ChargeRow,
    InsurancePaymentRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.importing.services.comparing import fee_now
from chalicelib.importing.services.missing import KINDS
from chalicelib.importing.services.stored import Recorded, Stored
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.services.posting import own_id

_NEAR = 6  # days: of a weekly session, the next one is not the same one moved
_NEXT = 1
_NUMBERS = "invoice", "number"  # in headers: the report's own number of it, which stays if its day changes
_ANSWER = EntryKind.INSURANCE_PAYMENT, EntryKind.CONTRACTUAL_ADJUSTMENT, EntryKind.RESPONSIBILITY_TRANSFER


@dataclass(frozen=True)
class Moved:
    """`row` has the books' ids, and is held against what has its amount. `days`: the first and the last of
    the file's rows of its kind. `ids` made those of the file."""

    record: Record
    row: Row
    books: Stored
    days: tuple[str, str]
    ids: MadeIds

    def may_be(self, id_: str, entry: Recorded, reached: str) -> bool:
        """`reached`: the last day that the books have of this kind from the same source."""
        on = getattr(self.row, "date", "")
        apart = (date.fromisoformat(entry.on) - date.fromisoformat(on)).days
        if not apart:
            return False
        about = of_the_same(self.row, entry, self.books)
        if about is not None:
            return about and abs(apart) <= _NEAR
        return self._is_near(on, entry.on, abs(apart), reached) or self._has_its_number(id_, entry.on)

    def _is_near(self, on: str, was: str, apart: int, reached: str) -> bool:
        """A list of new days only lacks all the days before: of those, only the last is near enough."""
        first, last = self.days
        if first <= was <= last or on <= reached:
            return apart <= _NEAR
        return apart <= _NEXT and first < last

    def _has_its_number(self, id_: str, was: str) -> bool:
        """As a line of an invoice that had the invoice's date, and has a day of its own by now."""
        made_of = self.record.rule.values[self.record.rule.format.key].made_of
        others = [name for name in made_of if name not in self.record.rule.values]
        numbers = (
            text
            for name, text in zip(others, self.record.raw, strict=True)
            if any(word in name.casefold() for word in _NUMBERS)
        )
        return any(numbers) and stem_on(self.record, was, self.ids) == stem_of(id_)


def amount_said(row: Row) -> tuple[int, ...]:
    """What the row says of money, in minor units: equal to `amount_held` of all that may be the same row."""
    match row:
        case ChargeRow():
            return (row.fee_minor,)
        case InsurancePaymentRow():
            return row.paid_minor, row.contractual_minor, row.patient_minor
        case PaymentRow() | RefundRow() | AdjustmentRow():
            return (row.amount_minor,)
    return ()


def amount_held(practice: str, kind: str, id_: str, books: Stored) -> tuple[int, ...]:
    """What the books have of a row of that kind."""
    if kind == "insurance_payments":
        parts = (books.get(part, id_) for part in _ANSWER)
        return tuple(part.amount_minor if part else 0 for part in parts)
    charge = books.charges.get(own_id(practice, "charge", id_)) if kind == "charges" else None
    if charge is not None:
        return (fee_now(charge, id_, books),)
    found = (entry for each in KINDS[kind] if (entry := books.get(each, id_)))
    return tuple(entry.amount_minor for entry in islice(found, 1))


def of_the_same(row: Row, entry: Recorded, books: Stored) -> bool | None:
    """Whether it is about the same charge, or of the same payment; None where a row is about neither."""
    match row:
        case AdjustmentRow() | InsurancePaymentRow():
            charge = books.charges.get(entry.charge_id)
            return charge is not None and charge.external_id == row.charge_id
        case RefundRow():
            return books.payment_name(entry.payment_id) == row.payment_id
    return None
