"""A made id that the books have not, while another that the same map made is there and in the file no more.

What the id is made of may have been corrected: the code, so that it is another id of the client and day; or
the day. Posted beside the old one, a session would be charged twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.mapping.made_ids import MadeIds, source_of, source_of_stem, stem_of
from chalicelib.importing.domain.mapping.making import renamed
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    ChargeRow,
    InsurancePaymentRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.importing.services.comparing import compared, is_corrected, same
from chalicelib.importing.services.missing import KINDS
from chalicelib.importing.services.moved import Moved, amount_held, amount_said, of_the_same
from chalicelib.importing.services.paid_before import Paid, paid_before
from chalicelib.importing.services.retyped import Gone, Retyped
from chalicelib.importing.services.stored import Recorded, Stored
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.services.posting import own_id

Pair = tuple[Record, Row]


@dataclass(frozen=True, slots=True)
class Other:
    """A row of the books that a new one may be, and its day. `gone`: only if the whole file lacks it.
    `taken_off`: a session that was paid, and of which an adjustment left nothing."""

    id: str
    on: str
    gone: Gone | None = None
    taken_off: bool = False


@dataclass(frozen=True)
class _Left:
    """What the same map made of one kind and client, stands in the books, and is not in the file. `reached`:
    the last day of all that it made."""

    practice: str
    kind: str
    books: Stored
    entries: Mapping[str, Recorded]
    reached: str

    @cached_property
    def by_day(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for id_, entry in self.entries.items():
            found.setdefault(entry.on, []).append(id_)
        return found

    @cached_property
    def by_amount(self) -> Mapping[tuple[int, ...], Sequence[str]]:
        found: dict[tuple[int, ...], list[str]] = {}
        for id_ in self.entries:
            found.setdefault(amount_held(self.practice, self.kind, id_, self.books), []).append(id_)
        return found

    def is_adjusted_away(self, id_: str) -> bool:
        """A charge of which nothing is left: what was paid cannot be taken back, and staff took it off so.
        One that nobody paid may as well have been waived: if that one moved, it is not to be charged anew."""
        if not any((insurers, id_) in self._paid for insurers in (False, True)):
            return False
        own = own_id(self.practice, "charge", id_)
        charge = self.books.charges.get(own) if own in self._lowered else None
        return charge is not None and self._lowered[own] >= charge.client_minor + charge.insurer_minor

    @cached_property
    def _paid(self) -> Paid:
        return paid_before({"": self.books}, frozenset())

    @cached_property
    def _lowered(self) -> Counter[str]:
        """By charge, in minor units, what adjustments that stand take off."""
        found = Counter[str]()
        for (kind, _), entry in self.books.recorded.items():
            if kind is EntryKind.ADJUSTMENT and not entry.undone:
                found[entry.charge_id] += entry.amount_minor
        return found


@dataclass(frozen=True)
class Replaced:
    """`stems` are those in the file. `days`: the first and the last day of its rows, by kind. `accepted`:
    what the file says otherwise of a charge is taken over. `ids` made those of the file."""

    practice: str
    stems: Set[str]
    days: Mapping[str, tuple[str, str]]
    accepted: bool
    retyped: Retyped
    ids: MadeIds
    _of: dict[tuple[str, str, str], _Left] = field(default_factory=dict)  # by kind, source and client

    def gone(self, pair: Pair, books: Stored) -> list[str]:
        """Ids of the same client and day."""
        left = self._left(pair, books)
        return list(left.by_day.get(pair[0].texts.get("date", ""), ()))

    def moved(self, pair: Pair, names: Mapping[str, str], books: Stored) -> list[Other]:
        """Ids of another day, with the same amount; see `Moved` and `Retyped`. `names`: ids of the books by
        the file's, whose rows are here."""
        row, taken, left = renamed(pair[1], names), set(names.values()), self._left(pair, books)
        moved = Moved(pair[0], row, books, self.days.get(pair[0].kind, ("", "")), self.ids)
        found = list[Other]()
        for id_ in left.by_amount.get(amount_said(row), ()):
            if id_ in taken:
                continue
            entry = left.entries[id_]
            if moved.may_be(id_, entry, left.reached):
                found.append(Other(id_, entry.on, taken_off=left.is_adjusted_away(id_)))
            elif gone := self.retyped.may_be(pair[0].kind, row, id_, books):
                found.append(Other(id_, entry.on, gone, left.is_adjusted_away(id_)))
        return found

    def known_as(self, pair: Pair, gone: Sequence[str], books: Stored) -> str:
        """The id under which a charge stands whose facts were corrected to what the row says; "" where that
        is not certain."""
        if not isinstance(pair[1], ChargeRow):
            return ""
        saying = (id_ for id_ in gone if self._says(pair, id_, books))
        return next((id_ for id_ in saying if self._corrected(id_, books)), "")

    def accepted_as(self, pair: Pair, gone: Sequence[str], books: Stored) -> str:
        """As `known_as`, by the person's answer, where no other row of that client and day is new.

        One that was paid and taken off whole is not meant by it, for it may have been deleted: another
        session, taken for it, would be charged to nobody.
        """
        if not (self.accepted and isinstance(pair[1], ChargeRow) and len(gone) == 1):
            return ""
        return "" if self._left(pair, books).is_adjusted_away(gone[0]) else gone[0]

    def same_about(self, pair: Pair, gone: Sequence[str], names: Mapping[str, str], books: Stored) -> str:
        """As `known_as`, of what is about a charge or a payment that `names` has under another id. The only
        one that is about it is the same one, whatever it says by now."""
        about, known = _about(pair[1]), {*names, *names.values()}
        if not known.intersection(about):
            return ""
        named = pair[0], renamed(pair[1], names)
        found = next((id_ for id_ in gone if self._says(named, id_, books)), "")
        if found or isinstance(named[1], PaymentRow):
            return found
        entries = self._left(pair, books).entries
        same_one = [id_ for id_ in gone if of_the_same(named[1], entries[id_], books)]
        return same_one[0] if len(same_one) == 1 else ""

    def _says(self, pair: Pair, id_: str, books: Stored) -> bool:
        key = key_of(pair[0].rule.format, pair[1])
        return same(compared(self.practice, renamed(pair[1], {key: id_}), books))

    def _left(self, pair: Pair, books: Stored) -> _Left:
        kind, source = pair[0].kind, f"{source_of_stem(pair[0].stem)}-"
        key = kind, source, pair[0].texts["client_id"]
        found = self._of.get(key)
        if found is None:
            made = {
                id_: entry
                for (of_kind, id_), entry in books.recorded.items()
                if of_kind in KINDS[kind] and source_of(id_) == source and not entry.undone
            }
            left = {id_: entry for id_, entry in made.items() if stem_of(id_) not in self.stems}
            reached = max((entry.on for entry in made.values()), default="")
            found = self._of[key] = _Left(self.practice, kind, books, left, reached)
        return found

    def _corrected(self, id_: str, books: Stored) -> bool:
        charge = books.charges.get(own_id(self.practice, "charge", id_))
        return charge is not None and is_corrected(charge, books)


def _about(row: Row) -> tuple[str, ...]:
    """The charges that it is about, or the payment."""
    match row:
        case PaymentRow():
            return row.charge_ids
        case InsurancePaymentRow() | AdjustmentRow():
            return (row.charge_id,)
        case RefundRow():
            return (row.payment_id,)
    return ()
