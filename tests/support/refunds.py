"""Refunds as staff ask for them."""

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.ledger.domain.refunds import Left
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.payments.services.refunding import RefundWish


def left(ledgers: Ledgers, payment: str, *, account: str = "maya", practice: str = "fern") -> Left | None:
    paid = ledgers.payment(AccountRef(practice, account), payment)
    return Left.of(paid) if paid else None


def wish(
    ledgers: Ledgers,
    payment: str,
    amount_minor: int,
    *,
    id_: str = "r1",
    believed: Left | None = None,
    account: str = "maya",
    practice: str = "fern",
) -> RefundWish:
    """Of somebody who has just looked what is left, unless they believe something else."""
    seen = believed or left(ledgers, payment, account=account, practice=practice)
    return RefundWish(AccountRef(practice, account), payment, id_, amount_minor, seen, CLI)
