"""Which payment was given back, where the file does not say it: the only one that can have been, or none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import BadValue, Problem
from chalicelib.importing.domain.rows import PaymentRow
from chalicelib.importing.domain.values import Terms, amount
from chalicelib.importing.services.stored import Stored
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.payments import EXTERNAL_METHODS


@dataclass(frozen=True, slots=True)
class _Paid:
    """A client's payment."""

    id: str
    on: str
    amount_minor: int


@dataclass(frozen=True)
class Refunded:
    """`known` is what the books have, by the client's own id; `payments` are the rows of this import."""

    known: Mapping[str, Stored]
    payments: Sequence[PaymentRow]
    terms: Terms
    tally: Tally
    problems: list[Problem]
    _paid: dict[str, list[_Paid]] = field(default_factory=dict)
    _given: dict[str, int] = field(default_factory=dict)  # back, by the payment

    def named(self, records: Iterable[Record]) -> Iterator[Record]:
        """Each with the payment's id; one for which several payments, or none, can be meant is a problem."""
        in_order = sorted(records, key=lambda r: (not self._posted(r), r.texts["date"], r.texts["refund_id"]))
        for record in in_order:
            payment = self._posted(record) or self._only(record)
            if payment:
                record.texts["payment_id"] = payment
                yield record

    def _posted(self, record: Record) -> str:
        """The payment that it was posted for, where it is in the books."""
        books = self.known.get(record.texts["client_id"], Stored())
        found = books.get(EntryKind.REFUND, record.texts["refund_id"])
        return books.payment_name(found.payment_id) if found else ""

    def _only(self, record: Record) -> str:
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
            self.problems.append(record.problem("payment_id", code, count=len(can)))
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
