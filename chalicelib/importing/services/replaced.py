"""A made id that the books have not, while another that the same map made is there and in the file no more.

What the id is made of may have been corrected: the code, so that it is another id of the client and day; or
the day. Posted beside the old one, a session would be charged twice.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.mapping.made_ids import MadeIds
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
from chalicelib.importing.services.comparing import compared, same
from chalicelib.importing.services.missing import KINDS, source_of
from chalicelib.importing.services.moved import Moved, of_the_same
from chalicelib.importing.services.retyped import Gone, Retyped
from chalicelib.importing.services.stored import Recorded, Stored
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.services.posting import own_id

Pair = tuple[Record, Row]


@dataclass(frozen=True, slots=True)
class Other:
    """A row of the books that a new one may be, and its day. `gone`: only if the whole file lacks it."""

    id: str
    on: str
    gone: Gone | None = None


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

    def gone(self, pair: Pair, books: Stored) -> list[str]:
        """Ids of the same client and day."""
        on = pair[0].texts.get("date", "")
        left = [id_ for id_, entry in self._left(pair, books) if entry.on == on]
        return [id_ for id_ in left if not self._adjusted_away(id_, books)]

    def moved(self, pair: Pair, names: Mapping[str, str], books: Stored) -> list[Other]:
        """Ids of another day, with the same amount; see `Moved` and `Retyped`. `names`: ids of the books by
        the file's, whose rows are here."""
        row, taken = renamed(pair[1], names), set(names.values())
        left = [(id_, entry) for id_, entry in self._left(pair, books) if id_ not in taken]
        moved = Moved(self.practice, pair[0], row, books, self.days.get(pair[0].kind, ("", "")), self.ids)
        reached = max((e.on for _, e in self._of_source(pair, books)), default="")
        found: dict[str, Other] = {}
        for id_, entry in left:
            if moved.may_be(id_, entry, reached):
                found[id_] = Other(id_, entry.on)
            elif gone := self.retyped.may_be(pair[0].kind, row, id_, books):
                found.setdefault(id_, Other(id_, entry.on, gone))
        return [one for one in found.values() if not self._adjusted_away(one.id, books)]

    def known_as(self, pair: Pair, gone: Sequence[str], books: Stored, *, alone: bool) -> str:
        """The id under which a charge stands whose facts were corrected to what the row says, or are to be;
        "" where that is not certain. `alone`: no other row of that client and day is new."""
        if not isinstance(pair[1], ChargeRow):
            return ""
        corrected = (id_ for id_ in gone if self._corrected(id_, books) and self._says(pair, id_, books))
        return next(corrected, gone[0] if self.accepted and alone and len(gone) == 1 else "")

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
        entries = {id_: entry for id_, entry in self._left(pair, books) if id_ in gone}
        same_one = [id_ for id_, entry in entries.items() if of_the_same(named[1], entry, books)]
        return same_one[0] if len(same_one) == 1 else ""

    def _says(self, pair: Pair, id_: str, books: Stored) -> bool:
        key = key_of(pair[0].rule.format, pair[1])
        return same(compared(self.practice, renamed(pair[1], {key: id_}), books))

    def _left(self, pair: Pair, books: Stored) -> list[tuple[str, Recorded]]:
        """What the same map made of the same kind, stands in the books, and is not in the file."""
        found = self._of_source(pair, books)
        return [(id_, entry) for id_, entry in found if id_.partition(".")[0] not in self.stems]

    def _of_source(self, pair: Pair, books: Stored) -> list[tuple[str, Recorded]]:
        source = f"{pair[0].stem.partition('-')[0]}-"
        return [
            (id_, entry)
            for (kind, id_), entry in books.recorded.items()
            if kind in KINDS[pair[0].kind] and source_of(id_) == source and not entry.undone
        ]

    def _adjusted_away(self, id_: str, books: Stored) -> bool:
        """A charge of which nothing is left: what was paid cannot be taken back, and staff took it off so."""
        own = own_id(self.practice, "charge", id_)
        lowered = [
            entry.amount_minor
            for (kind, _), entry in books.recorded.items()
            if kind is EntryKind.ADJUSTMENT and entry.charge_id == own and not entry.undone
        ]
        charge = books.charges.get(own) if lowered else None
        return charge is not None and sum(lowered) >= charge.client_minor + charge.insurer_minor

    def _corrected(self, id_: str, books: Stored) -> bool:
        charge = books.charges.get(own_id(self.practice, "charge", id_))
        return charge is not None and bool(charge.facts_seq)


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
