"""What the Billing page tells: what is owed and can be paid, which payments are under way, and the latest."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.ledger.services.reading import Reading
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.quotes import Payable, offered, payables
from chalicelib.payments.domain.ways import Offer
from chalicelib.payments.services.terms import Terms
from chalicelib.practice.domain.practices import Practice

RECENT = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """`attempt` is the latest payment that its payer or the processor has yet to finish; `processing` are
    those with a bank."""

    practice: Practice
    account: Account
    items: Sequence[Payable]
    payable_minor: int
    left_out: Sequence[Payable]
    attempt: Payment | None
    processing: Sequence[Payment]
    recent: Sequence[Payment]
    bounds: Bounds
    ways: Sequence[Offer]


@dataclass(frozen=True, slots=True)
class PastPayments:
    practice: Practice
    account: Account
    page: Page[Payment]


@dataclass(frozen=True)
class Overviews:
    """Errors of all: NotFound account_not_found; Refused account_updating."""

    reading: Reading
    terms: Terms

    def overview(self, ref: AccountRef) -> Overview:
        return self.of(*self.reading.of(ref))

    def of(self, practice: Practice, account: Account) -> Overview:
        """As `overview`, where both have been read."""
        ref = account.ref(practice.id)
        items = payables(practice, account)
        bounds = self.terms.bounds(practice, account.ledger.currency)
        payable_minor, left_out = offered(items, bounds)
        live = self._live(ref.practice, account)
        attempts = [payment for payment in live if payment.state is not State.PROCESSING]
        return Overview(
            practice, account, items, payable_minor, left_out,
            attempt=attempts[0] if attempts else None,
            processing=[payment for payment in live if payment.state is State.PROCESSING],
            recent=self.reading.ledgers.payments(ref, cursor=None, limit=RECENT).rows,
            bounds=bounds, ways=self.terms.offers(practice, account.ledger.currency),
        )  # fmt: skip

    def payments(self, ref: AccountRef, *, cursor: str | None, limit: int) -> PastPayments:
        """Every payment, the newest first. Error: Invalid cursor_invalid."""
        practice, account = self.reading.of(ref)
        page = self.reading.ledgers.payments(ref, cursor=cursor, limit=limit)
        return PastPayments(practice, account, page)

    def _live(self, practice_id: str, account: Account) -> list[Payment]:
        """The newest first. Read by their ids, strongly: the list of payments may be behind their payer."""
        if not account.reserved:
            return []
        found = self.reading.ledgers.payments_by_id(account.ref(practice_id), account.reserved).values()
        return sorted((p for p in found if p.live), key=lambda payment: payment.created_at, reverse=True)
