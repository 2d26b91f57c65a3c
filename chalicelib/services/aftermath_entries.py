"""The entries that refunds and disputes come to, each with the payment as it leaves it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.domain import posting as entries
from chalicelib.domain.accounts import Account
from chalicelib.domain.allocation import refit
from chalicelib.domain.disputes import State as DisputeState
from chalicelib.domain.entries import Draft
from chalicelib.domain.past import taken_back
from chalicelib.domain.payments import Payment
from chalicelib.domain.refunds import State as RefundState
from chalicelib.services.moving import Make, Moving, Paid
from chalicelib.services.ports import Disputed, Refunded
from chalicelib.services.standing import Standing

Made = tuple[Draft, Paid]


@dataclass(frozen=True, slots=True)
class RefundEntries:
    """`on` is the practice's date of it; `posted` the marker of the refund's own entry."""

    moving: Moving
    practice: str
    refund: Refunded
    on: str
    posted: str

    def posts(self) -> Mapping[RefundState, Make]:
        return {RefundState.SUCCEEDED: self._gone, RefundState.FAILED: self._came_back}

    def _gone(self, account: Account, payment: Payment) -> Made:
        amount, standing = self.refund.amount_minor, Standing(self.moving.ledgers)
        draft = standing.refund_draft(
            self.practice, account, payment, amount, on=self.on, reference=self.refund.id
        )
        return draft, changed(payment, refunded_minor=payment.refunded_minor + amount)

    def _came_back(self, account: Account, payment: Payment) -> Made:
        gone = self.moving.entry(self.practice, account, self.posted)
        draft = entries.refund_failure(
            account.ledger, refit(taken_back(gone), account.ledger.open),
            processor=payment.processor, on=self.on, reference=self.refund.id, payment_id=payment.id,
        )  # fmt: skip
        return draft, changed(payment, refunded_minor=payment.refunded_minor - self.refund.amount_minor)


@dataclass(frozen=True, slots=True)
class DisputeEntries:
    """`on` is the practice's date of it."""

    moving: Moving
    practice: str
    dispute: Disputed
    on: str

    def posts(self) -> Mapping[DisputeState, Make]:
        return {
            DisputeState.OPENED: self._opened,
            DisputeState.WON: self._won,
            DisputeState.LOST: self._lost,
        }

    def _opened(self, account: Account, payment: Payment) -> Made:
        draft = entries.dispute_opened(
            account.ledger, self.dispute.amount_minor,
            processor=payment.processor, on=self.on, reference=self.dispute.id, payment_id=payment.id,
        )  # fmt: skip
        return draft, changed(payment, disputed_minor=payment.disputed_minor + self.dispute.amount_minor)

    def _won(self, account: Account, payment: Payment) -> Made:
        draft = entries.dispute_won(
            account.ledger, self.dispute.amount_minor,
            processor=payment.processor, on=self.on, reference=self.dispute.id, payment_id=payment.id,
        )  # fmt: skip
        return draft, changed(payment, disputed_minor=payment.disputed_minor - self.dispute.amount_minor)

    def _lost(self, account: Account, payment: Payment) -> Made:
        amount, standing = self.dispute.amount_minor, Standing(self.moving.ledgers)
        taken = standing.taken(self.practice, account, payment, amount)
        items = standing.items(self.practice, account, [share.charge_id for share in taken.shares])
        draft = entries.dispute_lost(
            account.ledger, taken, items, on=self.on, reference=self.dispute.id, payment_id=payment.id
        )
        disputed, lost = payment.disputed_minor - amount, payment.lost_minor + amount
        return draft, changed(payment, disputed_minor=disputed, lost_minor=lost)


def changed(payment: Payment, **amounts: int) -> Paid:
    after = replace(payment, version=payment.version + 1, **amounts)  # type: ignore[arg-type]
    return lambda _account, entry: replace(after, updated_at=entry.recorded_at)
