"""Rows that are new, and that are there from elsewhere: by hand, from an own file, or by another map. Nobody
else can give the ids that a map makes, so it is asked whether they are one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.formats import of_row
from chalicelib.importing.domain.mapping.made_ids import source_of
from chalicelib.importing.domain.remittances.names import ANSWER
from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    ChargeRow,
    InsurancePaymentRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.importing.services.comparing import fee_now
from chalicelib.importing.services.missing import KIND_OF
from chalicelib.importing.services.naming import as_given
from chalicelib.importing.services.paid_online import is_online
from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.actors import Actor, Channel
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.services.posting import own_id

_Said = tuple[str, str, str, int]
"""A kind, a client or a charge, a day, and an amount."""
_Whose = tuple[str, str, int]
"""The same without its day."""
_MONEY, _SESSION = "payments", "charges"
_NEAR = 6  # days either way: a weekly one is not the next
_NEXT_DAY = 1  # of what an own file brought: written down on the day, and in the other system on the next
_PARTS = {
    EntryKind.INSURANCE_PAYMENT: "insurance_payments",
    EntryKind.CONTRACTUAL_ADJUSTMENT: "contractual",
}
"""What may be one of insurers' answers: by what of it is there."""


@dataclass(frozen=True, slots=True)
class There:
    """What a new row may be: its id and its day. `code` of a session, "" where none is known. `near`: how
    many days off it may be."""

    id: str
    on: str
    code: str = ""
    near: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Elsewhere:
    """`known` is what the books have, by the client's own id; `beside` are the import's other rows. `given`:
    the ids that the files have themselves, by which a report's own numbers tell its rows apart."""

    practice: str
    known: Mapping[str, Stored]
    beside: Sequence[Row] = ()
    given: Set[str] = frozenset()
    every_answer: bool = False
    """Insurers' by 835 or by hand as well, of which `insurer_answered` asks otherwise."""

    def found(
        self, new: Iterable[tuple[str, Row]], settled: Iterable[tuple[str, Row]] = ()
    ) -> Iterator[tuple[Row, There]]:
        """Rows, each with its client, that the books have under no id; and what each may be. One of elsewhere
        is found once. Of payments and sessions it may be one that was posted by hand some days off, or that
        an own file brought on the next day, if no other row is of its day: neither a new one nor one of
        `settled`, which the books have."""
        index, left = self._index, list[tuple[str, Row]]()
        for client_id, row in new if index else ():
            same = self._same(client_id, row)
            if same is not None:
                index[_key(client_id, row)].remove(same)
                self._spend(client_id, row, same)
                yield row, same
            elif isinstance(row, PaymentRow | ChargeRow):
                left.append((client_id, row))
        if left and self._near_ones:
            for client_id, row in settled:
                self._spend(client_id, row, self._same(client_id, row))
            yield from self._near(left)

    def _same(self, client_id: str, row: Row) -> There | None:
        """Of its day."""
        there = self._index.get(_key(client_id, row), ())
        return next((one for one in there if self._may_be(row, one)), None)

    def _spend(self, client_id: str, row: Row, same: There | None) -> None:
        near = self._near_ones.get(_on_any_day(_key(client_id, row)), [])
        if same in near:
            near.remove(same)

    def _near(self, rows: Iterable[tuple[str, Row]]) -> Iterator[tuple[Row, There]]:
        """The nearest first."""
        groups: dict[_Whose, list[Row]] = {}
        for client_id, row in rows:
            key = _on_any_day(_key(client_id, row))
            if key in self._near_ones:
                groups.setdefault(key, []).append(row)
        for key, group in groups.items():
            there = self._near_ones[key]
            apart = [
                (days, n, m)
                for n, row in enumerate(group)
                for m, one in enumerate(there)
                if (days := _apart(row, one)) <= _near(row, one) and self._may_be(row, one)
            ]
            rows_left, there_left = set(range(len(group))), set(range(len(there)))
            for _, n, m in sorted(apart):
                if n in rows_left and m in there_left:
                    rows_left.remove(n)
                    there_left.remove(m)
                    yield group[n], there[m]

    def _may_be(self, row: Row, there: There) -> bool:
        source = source_of(as_given(key_of(of_row(row), row)))
        other = source_of(there.id) != source if source else there.id not in self.given
        return other and (not isinstance(row, ChargeRow) or not there.code or row.cpt in ("", there.code))

    @cached_property
    def _near_ones(self) -> dict[_Whose, list[There]]:
        """Payments and sessions that may be a row of another day."""
        found: dict[_Whose, list[There]] = {}
        for said, there in self._index.items():
            near = [one for one in there if one.near] if said[0] in (_MONEY, _SESSION) else []
            if near:
                found.setdefault(_on_any_day(said), []).extend(near)
        return found

    @cached_property
    def _index(self) -> dict[_Said, list[There]]:
        index: dict[_Said, list[There]] = {}
        for client_id, books in self.known.items():
            for entry in books.entries:
                if one := self._entry(client_id, entry, books):
                    index.setdefault(one[0], []).append(one[1])
        posted = {(KIND_OF.get(kind), id_) for books in self.known.values() for kind, id_ in books.recorded}
        for row in self.beside:
            format_ = of_row(row)
            if (format_.kind, id_ := key_of(format_, row)) not in posted:
                code = row.cpt if isinstance(row, ChargeRow) else ""
                said = _said(row, self._client_of(row))
                if said is not None:
                    index.setdefault(said, []).append(There(id_, said[2], code, _NEXT_DAY))
        return index

    def _entry(self, client_id: str, entry: Entry, books: Stored) -> tuple[_Said, There] | None:
        draft, id_ = entry.draft, entry.draft.reference
        found = books.get(draft.kind, id_)
        kind = _PARTS.get(draft.kind, KIND_OF.get(draft.kind, ""))
        if not (kind and id_) or ":" in id_ or found is None or found.undone:
            return None
        if is_online(draft.kind, found) or (_asked_by_charge(entry) and not self.every_answer):
            return None
        whose, code, amount = client_id, "", found.amount_minor
        if kind == _SESSION:
            charge = books.charges[own_id(self.practice, "charge", id_)]
            code, amount = charge.cpt, fee_now(charge, id_, books)
        elif found.charge_id:
            about = books.charges.get(found.charge_id)
            whose = about.external_id if about else ""
        near = _NEAR if _is_by_hand(entry) else 0 if source_of(id_) else _NEXT_DAY
        return (kind, whose, draft.occurred_on, amount), There(id_, draft.occurred_on, code, near)

    def _client_of(self, row: Row) -> str:
        if isinstance(row, RefundRow):
            return self._payers.get(row.payment_id, "")
        return str(getattr(row, "client_id", ""))

    @cached_property
    def _payers(self) -> Mapping[str, str]:
        """Whose each payment is, of the books and of the import's other rows."""
        found = {row.payment_id: row.client_id for row in self.beside if isinstance(row, PaymentRow)}
        for client_id, books in self.known.items():
            found.update({id_: client_id for kind, id_ in books.recorded if kind is EntryKind.PAYMENT})
        return found


def _key(client_id: str, row: Row) -> _Said:
    """What nothing is like has none."""
    return _said(row, client_id) or ("", "", "", 0)


def _said(row: Row, client_id: str) -> _Said | None:
    match row:
        case ChargeRow():
            return _SESSION, client_id, row.date, row.fee_minor
        case PaymentRow():
            return _MONEY, client_id, row.date, row.amount_minor
        case RefundRow():
            return "refunds", client_id, row.date, row.amount_minor
        case AdjustmentRow():
            return "adjustments", row.charge_id, row.date, row.amount_minor
        case InsurancePaymentRow() if row.paid_minor or row.contractual_minor:
            part = "insurance_payments" if row.paid_minor else "contractual"
            return part, row.charge_id, row.date, row.paid_minor or row.contractual_minor
    return None


def _asked_by_charge(entry: Entry) -> bool:
    """Insurers' answers by 835 or by hand: see `insurer_answered`."""
    answer = entry.draft.kind in _PARTS
    return answer and (_is_by_hand(entry) or entry.draft.reference.startswith(ANSWER))


def _is_by_hand(entry: Entry) -> bool:
    return Actor.parse(entry.actor).channel is not Channel.IMPORT


def _near(row: Row, there: There) -> int:
    """Days off. Own files are of one hand: what one has on the next day is another."""
    return there.near if row.source or there.near == _NEAR else 0


def _on_any_day(said: _Said) -> _Whose:
    kind, whose, _, amount = said
    return kind, whose, amount


def _apart(row: Row, there: There) -> int:
    """Days between them."""
    on: str = getattr(row, "date")  # noqa: B009 - of payments and sessions alone
    return abs((date.fromisoformat(on) - date.fromisoformat(there.on)).days)
