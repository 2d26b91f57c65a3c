"""Entries as lists show them: with the names that they carry, and with what became of them since. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.ledger.domain.closing import Closing
from chalicelib.ledger.domain.entries import Entry, OpenItem, Service
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment


@dataclass(frozen=True, slots=True)
class PaidBy:
    """The payment that an entry is of, as it was when that was posted. `receipt`: it had one then."""

    id: str
    date: str
    method: Method | None
    reference: str
    receipt: bool

    @staticmethod
    def of(payment: Payment) -> "PaidBy":
        return PaidBy(payment.id, payment.date, payment.method, payment.reference, bool(payment.receipt_key))


@dataclass(frozen=True, slots=True)
class Sequel:
    """What became of an entry's charge or payment since, for lists. It is a row of its own, so that the entry
    never changes, and closing a charge writes no charge. `on` is the entry's date.

    `closing` is how a charge stands that was closed otherwise than by payment, or was and is open again;
    `service` is what it is called since that was corrected.
    """

    seq: int
    on: str
    closing: Closing = Closing.NONE
    receipt: bool = False
    service: Service | None = None

    @property
    def shown(self) -> bool:
        return self.receipt or self.service is not None or self.closing is not Closing.NONE


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """`services` are the charges that the entry names. `corrected`: what was said of its charge was put right
    since, and the charge's own row has it."""

    entry: Entry
    services: Mapping[str, Service] = field(default_factory=dict)
    payment: PaidBy | None = None
    closing: Closing = Closing.NONE
    corrected: bool = False

    @staticmethod
    def of(entry: Entry, before: Mapping[str, OpenItem], payment: Payment | None) -> "HistoryRow":
        """What is kept with the entry. `before` is what was open; `payment` is committed with the entry."""
        items = {**{item.charge_id: item for item in entry.draft.opens}, **before}
        opened = {item.charge_id for item in entry.draft.opens}
        ids = sorted({posting.book.charge_id for posting in entry.draft.postings} | opened)
        paid = PaidBy.of(payment) if payment and entry.draft.payment_id else None
        return HistoryRow(entry, called(items, ids), paid)

    def followed_by(self, sequel: Sequel) -> "HistoryRow":
        paid = replace(self.payment, receipt=True) if self.payment and sequel.receipt else self.payment
        services = {id_: sequel.service or service for id_, service in self.services.items()}
        corrected = sequel.service is not None
        return replace(self, closing=sequel.closing, payment=paid, services=services, corrected=corrected)


@dataclass(frozen=True, slots=True)
class Beside:
    """A row that another room keeps among an account's dates. That room knows by `name`, its place in the
    account, what it is, and reads the rest."""

    name: str
    v: float | None
    body: str
    private: str | None = None


def called(items: Mapping[str, OpenItem], charge_ids: Iterable[str]) -> dict[str, Service]:
    return {id_: items[id_].called for id_ in charge_ids if id_ in items}
