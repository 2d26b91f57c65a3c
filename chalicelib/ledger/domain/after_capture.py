"""What becomes of captured money: from a payment before and after to the entry between the two. Pure.

Refunds and disputes may come to more than the payment: a bank takes the whole of what was refunded in part.
What they take is charged to the payment in this order, as far as it goes: refunds, lost disputes, open ones.
The rest stands in a book of its own. So the books depend on what happened, and not on when it was heard.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.drafts import Items, opened_again, with_credit_applied
from chalicelib.ledger.domain.entries import (
    CREDIT,
    DISPUTED,
    EXCESS,
    TRANSFERS,
    Book,
    Draft,
    EntryKind,
    Part,
    client,
    credit,
    debit,
    held_by,
)
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.payments import Payment


@dataclass(frozen=True, slots=True)
class Shift:
    """What is debited to each book (minor units, negative: credited); together nil.

    `client_minor`: what the client owes again, negative where it is paid again.
    """

    client_minor: int
    disputed_minor: int
    excess_minor: int

    @property
    def held_minor(self) -> int:
        """What is added to the money held by the processor."""
        return -self.client_minor - self.disputed_minor - self.excess_minor


def shift(before: Payment, after: Payment) -> Shift:
    return Shift(
        after.refunded_minor + after.lost_minor - before.refunded_minor - before.lost_minor,
        after.disputed_minor - before.disputed_minor,
        after.excess_minor - before.excess_minor,
    )


def draft(
    ledger: Ledger,
    kind: EntryKind,
    before: Payment,
    after: Payment,
    of_client: Allocation,
    items: Items,
    *,
    on: str,
    reference: str,
) -> Draft:
    """The entry that brings the books from one to the other.

    `of_client` is what the client owes again, as `allocation.take_back` gave it, or pays again; its total is
    the shift's. `items` are its charges as they stand. Of a matched payment the money is in another account,
    from which it moves here, or to which it goes back.
    """
    moved = shift(before, after)
    sign = 1 if moved.client_minor > 0 else -1
    own = [(book, sign * minor) for book, minor in _client(of_client)]
    rows = [
        *([(TRANSFERS, moved.client_minor)] if before.matched_to else own),
        (held_by(before.processor), moved.held_minor),
        (EXCESS, moved.excess_minor),
        (DISPUTED, moved.disputed_minor),
    ]
    debits = tuple(debit(book, minor, ledger.currency) for book, minor in rows if minor > 0)
    credits = tuple(credit(book, -minor, ledger.currency) for book, minor in rows if minor < 0)
    again = opened_again(ledger, items, (share.charge_id for share in of_client.shares))
    made = Draft(kind, on, debits + credits, again, reference, before.id)
    return with_credit_applied(ledger, made)


def _client(of_client: Allocation) -> Iterator[tuple[Book, int]]:
    for share in of_client.shares:
        yield client(Part.PAID, share.charge_id), share.amount_minor
    yield CREDIT, of_client.credit_minor
