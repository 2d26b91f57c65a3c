"""Entries: what the ledger is made of. Append-only; a correction is an entry naming the one it reverses."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.money import Money, positive

GENESIS = "0" * 64


class EntryKind(StrEnum):
    CHARGE = "charge"
    SERVICE = "service"
    FACTS_CORRECTED = "facts_corrected"
    OPENING_BALANCE = "opening_balance"
    RESPONSIBILITY_TRANSFER = "responsibility_transfer"
    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"
    PAYMENT = "payment"
    INSURANCE_PAYMENT = "insurance_payment"
    CONTRACTUAL_ADJUSTMENT = "contractual_adjustment"
    PROCESSOR_FEE = "processor_fee"
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    DISPUTE_WITHDRAWN = "dispute_withdrawn"
    DISPUTE_REINSTATED = "dispute_reinstated"
    DISPUTE_DECIDED = "dispute_decided"
    CREDIT_TRANSFER = "credit_transfer"
    GUEST_PAYMENT = "guest_payment"
    GUEST_PAYMENT_BACK = "guest_payment_back"
    REVERSAL = "reversal"


FACTUAL = frozenset({EntryKind.SERVICE, EntryKind.FACTS_CORRECTED, EntryKind.REVERSAL})
"""Entries that may state facts of a charge and move no money: a service at 0.00, what is corrected of a
charge, and that such a service was taken back. Their items are in `opens`."""


class Side(StrEnum):
    DEBIT = "D"
    CREDIT = "C"


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger account, e.g. `client:paid/<charge>`, `credit`, `income:fees`, `processor:stripe`."""

    name: str
    charge_id: str = ""

    def __str__(self) -> str:
        return f"{self.name}/{self.charge_id}" if self.charge_id else self.name

    @staticmethod
    def parse(text: str) -> "Book":
        name, _, charge_id = text.partition("/")
        return Book(name, charge_id)


class Part(StrEnum):
    """The books that together are what a client owes for a charge; their balances explain it."""

    FEE = "client:fee"
    INSURANCE = "client:insurance"
    ADJUSTMENTS = "client:adjustments"
    PAID = "client:paid"


def client(part: Part, charge_id: str) -> Book:
    return Book(part.value, charge_id)


INSURER = "insurer"


def insurer(charge_id: str) -> Book:
    """What an insurer is expected to pay of a charge."""
    return Book(INSURER, charge_id)


OWED_TO_INSURERS = "liability:insurers"


def owed_to_insurer(charge_id: str) -> Book:
    """What an insurer paid beyond all that the charge came to: it is the insurer's."""
    return Book(OWED_TO_INSURERS, charge_id)


CREDIT = Book("credit")  # the client's unapplied money: a liability
INCOME = Book("income:fees")
OPENING = Book("equity:opening")
ADJUSTMENTS = Book("income:adjustments")
CONTRACTUAL = Book("income:contractual")
WRITE_OFFS = Book("expense:write-offs")
PROCESSOR_FEES = Book("expense:processor-fees")
DISPUTED = Book("asset:disputed")
EXCESS = Book("asset:disputed-excess")  # what banks took beyond what was left of a payment
TRANSFERS = Book("asset:transfers")  # between two accounts; nil over both
MOVED = frozenset({EntryKind.CREDIT_TRANSFER, EntryKind.GUEST_PAYMENT, EntryKind.GUEST_PAYMENT_BACK})
"""Entries that only move money between two accounts. A refund or a dispute of a matched payment does so
beside what it takes from its processor."""


HELD = "processor:"


def held_by(processor: str) -> Book:
    """Money that came in, by where it lies: processor:stripe, processor:cash, processor:insurance."""
    return Book(f"{HELD}{processor}")


def holder(book: Book) -> str:
    """Where the money of the book lies: "stripe", "cash"; "" of a book of anything else."""
    return book.name.removeprefix(HELD) if book.name.startswith(HELD) else ""


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry; the amount is positive."""

    book: Book
    side: Side
    money: Money

    @property
    def debit_minor(self) -> int:
        """Signed: a debit is positive."""
        return self.money.amount_minor if self.side is Side.DEBIT else -self.money.amount_minor


def debit(book: Book, amount_minor: int, currency: str) -> Posting:
    return Posting(book, Side.DEBIT, Money(positive(amount_minor), currency))


def credit(book: Book, amount_minor: int, currency: str) -> Posting:
    return Posting(book, Side.CREDIT, Money(positive(amount_minor), currency))


class Service(NamedTuple):
    """What a charge is for: the practice's own name of it, "" for a balance brought along, and its date."""

    name: str
    on: str


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What explains a charge: fee - insurance - adjustments - paid = owed (minor units).

    `since` is the practice-local date (YYYY-MM-DD) from which the client owes it. `service` is the practice's
    own name for what was given on `service_on`; `free`: for a fee of nothing. In an entry's `opens` it is the
    item as it stood before that entry; where that has no postings, as it stands after it.
    """

    charge_id: str
    clinician_id: str
    since: str
    fee_minor: int = 0
    insurance_minor: int = 0
    adjustments_minor: int = 0
    paid_minor: int = 0
    service: str = ""
    service_on: str = ""
    free: bool = False

    @property
    def owed_minor(self) -> int:
        return self.fee_minor - self.insurance_minor - self.adjustments_minor - self.paid_minor

    @property
    def called(self) -> Service:
        return Service(self.service, self.service_on or self.since)

    @property
    def reversed(self) -> bool:
        """Whether the charge was taken back: a fee goes only whole, and one that never was is `free`."""
        return not (self.fee_minor or self.free)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its number: balanced postings, and the items it opens, or opens again, or names
    though they are closed.

    `reference` is the outside name of what happened (an import's external id, a processor's object);
    `reason` is why, in the words of who posted it, and for the practice alone.
    """

    kind: EntryKind
    occurred_on: str
    postings: tuple[Posting, ...]
    opens: tuple[OpenItem, ...] = ()
    reference: str = ""
    payment_id: str = ""
    reverses: int | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.postings or self.kind not in FACTUAL:
            check_balanced(self.postings)


@dataclass(frozen=True, slots=True)
class Entry:
    """A numbered, chained draft. `recorded_at` is UTC RFC 3339; `text` is how all that is stored, and what
    `hash` is of: `entry_text` writes and reads it."""

    seq: int
    draft: Draft
    recorded_at: str
    actor: str
    prev_hash: str
    hash: str = ""
    text: str = ""

    @property
    def held_minor(self) -> int:
        """What it added to the money held by processors (minor units)."""
        return sum(p.debit_minor for p in self.draft.postings if holder(p.book))


def check_balanced(postings: tuple[Posting, ...]) -> None:
    """Two postings or more, positive amounts, one currency, debits = credits; else a typed error."""
    if len(postings) < 2:
        raise Invalid("entry_incomplete")
    if len({p.money.currency for p in postings}) > 1:
        raise Invalid("currency_mixed")
    for posting in postings:
        positive(posting.money.amount_minor)
    if sum(p.debit_minor for p in postings) != 0:
        raise Invalid("entry_unbalanced")
