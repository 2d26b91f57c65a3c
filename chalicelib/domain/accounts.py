"""A client account: its ledger, the money in flight on it, and what may be paid now."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chalicelib.domain.entries import OpenItem
from chalicelib.domain.ledger import Ledger
from chalicelib.domain.payments import Payment, reservation


@dataclass(frozen=True, slots=True)
class Account:
    """`version` guards every write; `reserved` is money in flight: payment id -> charge id -> minor units.

    `attempts` names the payments that wait for the payer (at most one is made at a time). `hold` names an
    import that has not finished; while it is set the client sees no balance.
    """

    id: str
    ledger: Ledger
    version: int = 0
    reserved: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    hold: str = ""

    def in_flight_minor(self, charge_id: str) -> int:
        return sum(shares.get(charge_id, 0) for shares in self.reserved.values())

    def available_minor(self, item: OpenItem) -> int:
        """Owed and not in flight."""
        return max(item.owed_minor - self.in_flight_minor(item.charge_id), 0)


def with_reservation(account: Account, payment: Payment) -> Account:
    """The account with the payment's reservation as its state asks: held while live, gone when final."""
    others = {id_: shares for id_, shares in account.reserved.items() if id_ != payment.id}
    if payment.live:
        others[payment.id] = reservation(payment)
    return replace(account, reserved=others)
