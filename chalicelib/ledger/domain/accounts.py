"""A client account: its ledger, and the money in flight on it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.ledger.domain.asked import Asked, ItemKind, Mark, mark
from chalicelib.ledger.domain.entries import OpenItem
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.payments import Payment, State, reservation

# What needs no payer any more. An attempt that is being opened does: nobody has been shown where to pay. So
# the account stays as it is when that is known.
FIRM = frozenset({State.CAPTURING, State.UNKNOWN, State.PROCESSING})


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one live payment would pay, by charge (minor units). `firm`: it needs no payer any more."""

    shares: Mapping[str, int]
    firm: bool

    @staticmethod
    def of(payment: Payment) -> "Reservation":
        return Reservation(reservation(payment), payment.state in FIRM)


@dataclass(frozen=True, slots=True)
class Account:
    """`version` guards every write; `reserved` is the fold of live payments, by payment id.

    `hold` names an import that has not finished; while it is set the client sees no balance. `disputed` are
    the payments, by their ids, of which banks hold money until they decide. `asked` marks the items that
    the practice was asked about, by the questions' ids, the latest last. `estimates` is how many good faith
    estimates it has, so that whoever issues a bill to one that has none looks for none.
    """

    id: str
    ledger: Ledger
    version: int = 0
    reserved: Mapping[str, Reservation] = field(default_factory=dict)
    hold: str = ""
    disputed: frozenset[str] = frozenset()
    asked: Mapping[str, Asked] = field(default_factory=dict)
    estimates: int = 0

    def ref(self, practice: str) -> AccountRef:
        """It, as one of that practice."""
        return AccountRef(practice, self.id)

    def mark(self, kind: ItemKind, id_: str) -> Mark | None:
        """What the item shows of the questions about it."""
        return mark(self.asked, kind, id_)

    def in_flight_minor(self, charge_id: str) -> int:
        """Money that may arrive for the charge without anybody doing anything."""
        return sum(held.shares.get(charge_id, 0) for held in self.reserved.values() if held.firm)

    def available_minor(self, item: OpenItem) -> int:
        """Owed and not in flight."""
        return max(item.owed_minor - self.in_flight_minor(item.charge_id), 0)


def guest_id(practice: str, key: str) -> str:
    """Of the account and of the payment of a guest's key, which it tells to nobody. It is longer than other
    ids, so that it alone says whose it is."""
    return "g" + hashlib.sha256(f"{practice}/guest/{key}".encode()).hexdigest()[:25]


def is_guests(account_id: str) -> bool:
    return _OF_GUEST.fullmatch(account_id) is not None


_OF_GUEST = re.compile("g[0-9a-f]{25}")


def standing(account: Account | None, payment: Payment | None, code: str = "account_not_found") -> Account:
    """The account as it was read; of a guest's payment that is not credited yet, the one that it will have.
    Error: NotFound, with that code."""
    if account is None and payment is not None and payment.guest:
        return Account(payment.account_id, Ledger(payment.currency))
    return present(account, code)


def with_payment(account: Account, payment: Payment) -> Account:
    """The account with what it keeps of the payment."""
    held, disputed = kept_of(payment)
    reserved = {id_: other for id_, other in account.reserved.items() if id_ != payment.id}
    if held:
        reserved[payment.id] = held
    held_by_banks = {payment.id} if disputed else set[str]()
    return replace(account, reserved=reserved, disputed=account.disputed - {payment.id} | held_by_banks)


def kept_of(payment: Payment) -> tuple[Reservation | None, bool]:
    """What an account keeps of the payment: its reservation while it is live, and whether some of its money
    is disputed."""
    return Reservation.of(payment) if payment.live else None, bool(payment.disputed_minor)
