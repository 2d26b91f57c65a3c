"""Which payment was given back, where the file does not say it: the only one that can have been, or none."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from chalicelib.importing.domain.mapping.made_ids import stem_of
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import BadValue, Problem, shown
from chalicelib.importing.domain.rows import PaymentRow, RefundRow, Row
from chalicelib.importing.domain.values import Terms, amount
from chalicelib.importing.services.stored import Stored
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.payments import EXTERNAL_METHODS

_SHOWN = 5  # payments that a refund may be of, the latest


@dataclass(frozen=True, slots=True)
class _Paid:
    """A client's payment."""

    id: str
    on: str
    amount_minor: int


_Given = tuple[str, str, int]
"""A client, a day and an amount that was given back then."""


@dataclass(frozen=True)
class Refunded:
    """`known` is what the books have, by the client's own id; `payments` are the rows of this import, and
    `beside` those that files of our own give. What was given by hand, or is beside, is not given again."""

    known: Mapping[str, Stored]
    payments: Sequence[PaymentRow]
    terms: Terms
    tally: Tally
    problems: list[Problem]
    beside: Sequence[Row] = ()
    _paid: dict[str, list[_Paid]] = field(default_factory=dict)
    _given: dict[str, int] = field(default_factory=dict)  # back, by the payment

    def named(self, records: Iterable[Record]) -> Iterator[Record]:
        """Each with the payment's id; one for which several payments, or none, can be meant is a problem."""
        in_order = sorted(records, key=lambda r: (not self._posted(r), r.texts["date"], r.texts["refund_id"]))
        given = self._given_otherwise({record.stem for record in in_order}) if in_order else Counter[_Given]()
        for record in in_order:
            posted = self._posted(record)
            if not posted and self._is_given(record, given):
                self.tally.add(record.file, record.headers["amount"], "refunds_known", record.number)
                continue
            payment = posted or self._only(record)
            if payment:
                record.texts["payment_id"] = payment
                yield record

    def _posted(self, record: Record) -> str:
        """The payment that it was posted for, where it is in the books."""
        books = self.known.get(record.texts["client_id"], Stored())
        found = books.get(EntryKind.REFUND, record.texts["refund_id"])
        return books.payment_name(found.payment_id) if found else ""

    def _given_otherwise(self, stems: Set[str]) -> Counter[_Given]:
        """Refunds of other ids than those of the records: given by hand, or in a file beside this one."""
        found = Counter[_Given]()
        for client_id, books in self.known.items():
            for (kind, id_), entry in books.recorded.items():
                if kind is EntryKind.REFUND and not entry.undone and stem_of(id_) not in stems:
                    found[client_id, entry.on, entry.amount_minor] += 1
        posted = {id_ for books in self.known.values() for _, id_ in books.recorded}
        rows = [row for row in self.beside if isinstance(row, RefundRow) and row.refund_id not in posted]
        if rows:
            owners = {paid.id: client_id for client_id in self.known for paid in self._of(client_id)}
            for row in rows:
                found[owners.get(row.payment_id, ""), row.date, row.amount_minor] += 1
                self._given[row.payment_id] = self._given.get(row.payment_id, 0) + row.amount_minor
        return found

    def _is_given(self, record: Record, given: Counter[_Given]) -> bool:
        try:
            key = record.texts["client_id"], record.texts["date"], amount(record.texts["amount"], self.terms)
        except BadValue:
            return False  # its cell says so
        there = given[key] > 0
        given[key] -= there
        return there

    def _only(self, record: Record) -> str:
        empty = next((name for name in ("date", "amount") if not record.texts[name]), "")
        if empty:
            self.problems.append(record.problem(empty, "cell_empty"))
            return ""
        try:
            minor = amount(record.texts["amount"], self.terms)
        except BadValue as bad:
            self.problems.append(record.problem("amount", bad.code, **bad.details))
            return ""
        can = [paid for paid in self._of(record.texts["client_id"]) if paid.on <= record.texts["date"]]
        can = [paid for paid in can if paid.amount_minor - self._given.get(paid.id, 0) >= minor]
        exact = [paid for paid in can if paid.amount_minor == minor]
        meant = can if len(can) == 1 else exact
        if len(meant) != 1:
            code = "refund_of_several" if can else "refund_of_none"
            ids = ", ".join(shown(paid.id) for paid in sorted(can, key=lambda paid: paid.on)[-_SHOWN:])
            self.problems.append(record.problem("payment_id", code, count=len(can), ids=ids))
            return ""
        code = "refunds_of_only" if len(can) == 1 else "refunds_of_equal"
        self.tally.add(record.file, record.headers["amount"], code, record.number)
        self._given[meant[0].id] = self._given.get(meant[0].id, 0) + minor
        return meant[0].id

    def _of(self, client_id: str) -> list[_Paid]:
        if not self._paid:
            self._gather()
        return self._paid.get(client_id, [])

    def _gather(self) -> None:
        for row in self.payments:
            paid = _Paid(row.payment_id, row.date, row.amount_minor)
            self._paid.setdefault(row.client_id, []).append(paid)
        for client_id, books in self.known.items():
            found = self._paid.setdefault(client_id, [])
            ids = {paid.id for paid in found}
            found += [paid for paid in _posted_payments(books) if paid.id not in ids]
            self._given.update(_given_back(books))


def _posted_payments(books: Stored) -> Iterator[_Paid]:
    for (kind, id_), entry in books.recorded.items():
        if kind is EntryKind.PAYMENT and entry.method in EXTERNAL_METHODS and not entry.undone:
            yield _Paid(id_, entry.on, entry.amount_minor)


def _given_back(books: Stored) -> dict[str, int]:
    total: dict[str, int] = {}
    for (kind, _), entry in books.recorded.items():
        if kind is EntryKind.REFUND and not entry.undone:
            name = books.payment_name(entry.payment_id)
            total[name] = total.get(name, 0) + entry.amount_minor
    return total
