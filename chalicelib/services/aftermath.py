"""What becomes of captured money later: refunds, refunds that fail, disputes; whoever made them, wherever."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain import posting as entries
from chalicelib.domain.accounts import Account
from chalicelib.domain.allocation import refit
from chalicelib.domain.entries import Draft
from chalicelib.domain.errors import BillfoldError, Refused
from chalicelib.domain.past import taken_back
from chalicelib.domain.payments import Payment
from chalicelib.services.moving import Moving, Paid
from chalicelib.services.ports import Decision, Disputed, Facts, Refunded
from chalicelib.services.standing import Standing

_FAILED = ("failed", "canceled")


@dataclass(frozen=True)
class Aftermath:
    moving: Moving

    def settle(self, practice: str, processor: str, facts: Facts) -> None:
        """Post every refund and dispute of a captured payment that is not in the ledger yet.

        Errors: Invalid refund_above_remainder, Refused dispute_decided: a person must look.
        """
        refused: list[BillfoldError] = []
        for refund in facts.refunds:
            _keeping(refused, self._refund, practice, processor, facts, refund)
        for dispute in facts.disputes:
            _keeping(refused, self._dispute, practice, processor, facts, dispute)
        if refused:
            raise refused[0]

    def _refund(self, practice: str, processor: str, facts: Facts, refund: Refunded) -> None:
        made, failed = f"{processor}#{refund.id}#succeeded", f"{processor}#{refund.id}#failed"
        if refund.status == "succeeded" and not self.moving.moved(practice, made):
            self._post_refund(practice, facts, refund, made)
        elif refund.status in _FAILED and self.moving.moved(practice, made):
            self._undo_refund(practice, processor, facts, refund, made, failed)

    def _post_refund(self, practice: str, facts: Facts, refund: Refunded, key: str) -> None:
        standing, on = Standing(self.moving.ledgers), self.moving.local(practice, refund.at)

        def make(account: Account, payment: Payment) -> tuple[Draft, Paid]:
            amount = refund.amount_minor
            draft = standing.refund_draft(practice, account, payment, amount, on=on, reference=refund.id)
            return draft, _changed(payment, refunded_minor=payment.refunded_minor + amount)

        self.moving.move(practice, facts, key, make)

    def _undo_refund(
        self, practice: str, processor: str, facts: Facts, refund: Refunded, made: str, failed: str
    ) -> None:
        on = self.moving.local(practice, refund.at)

        def make(account: Account, payment: Payment) -> tuple[Draft, Paid] | None:
            movement = self.moving.ledgers.movement(practice, made)
            if movement is None:
                return None
            seq = movement.entry_seq
            (posted,) = self.moving.ledgers.entries(practice, account.id, first=seq, last=seq)
            draft = entries.refund_failure(
                account.ledger, refit(taken_back(posted), account.ledger.open),
                processor=processor, on=on, reference=refund.id, payment_id=payment.id,
            )  # fmt: skip
            return draft, _changed(payment, refunded_minor=payment.refunded_minor - refund.amount_minor)

        self.moving.move(practice, facts, failed, make)

    def _dispute(self, practice: str, processor: str, facts: Facts, dispute: Disputed) -> None:
        on = self.moving.local(practice, dispute.at)
        about = {"processor": processor, "on": on, "reference": dispute.id}
        amount = dispute.amount_minor

        def opened(account: Account, payment: Payment) -> tuple[Draft, Paid]:
            draft = entries.dispute_opened(account.ledger, amount, payment_id=payment.id, **about)
            return draft, _changed(payment, disputed_minor=payment.disputed_minor + amount)

        self.moving.move(practice, facts, f"{processor}#{dispute.id}#opened", opened)
        self._dispute_fee(practice, processor, facts, dispute, on)
        if dispute.decision is not Decision.OPEN:
            self._decide(practice, processor, facts, dispute, on)

    def _decide(self, practice: str, processor: str, facts: Facts, dispute: Disputed, on: str) -> None:
        won = dispute.decision is Decision.WON
        other = Decision.LOST if won else Decision.WON
        if self.moving.moved(practice, f"{processor}#{dispute.id}#{other.value}"):
            raise Refused("dispute_decided", dispute=dispute.id)
        key = f"{processor}#{dispute.id}#{dispute.decision.value}"
        self.moving.move(
            practice, facts, key, self._won(dispute, on) if won else self._lost(practice, dispute, on)
        )

    def _won(self, dispute: Disputed, on: str) -> Callable[[Account, Payment], tuple[Draft, Paid]]:
        def make(account: Account, payment: Payment) -> tuple[Draft, Paid]:
            draft = entries.dispute_won(
                account.ledger, dispute.amount_minor,
                processor=payment.processor, on=on, reference=dispute.id, payment_id=payment.id,
            )  # fmt: skip
            return draft, _changed(payment, disputed_minor=payment.disputed_minor - dispute.amount_minor)

        return make

    def _lost(
        self, practice: str, dispute: Disputed, on: str
    ) -> Callable[[Account, Payment], tuple[Draft, Paid]]:
        standing = Standing(self.moving.ledgers)

        def make(account: Account, payment: Payment) -> tuple[Draft, Paid]:
            taken = standing.taken(practice, account, payment, dispute.amount_minor)
            items = standing.items(practice, account, [share.charge_id for share in taken.shares])
            draft = entries.dispute_lost(
                account.ledger, taken, items, on=on, reference=dispute.id, payment_id=payment.id
            )
            return draft, _changed(
                payment,
                disputed_minor=payment.disputed_minor - dispute.amount_minor,
                lost_minor=payment.lost_minor + dispute.amount_minor,
            )

        return make

    def _dispute_fee(self, practice: str, processor: str, facts: Facts, dispute: Disputed, on: str) -> None:
        """What the processor charges for a dispute: the practice's expense, like every fee."""
        if dispute.fee_minor <= 0 or not dispute.fee_reference:
            return

        def make(account: Account, payment: Payment) -> tuple[Draft, Paid]:
            draft = entries.processor_fee(
                account.ledger, dispute.fee_minor,
                processor=processor, on=on, reference=dispute.fee_reference, payment_id=payment.id,
            )  # fmt: skip
            return draft, _changed(payment)

        self.moving.move(practice, facts, f"{processor}#{dispute.fee_reference}#fee", make)


def _keeping(refused: list[BillfoldError], post: Callable[..., None], *arguments: object) -> None:
    """One that a person must look at keeps none of the others from being posted."""
    try:
        post(*arguments)
    except BillfoldError as error:
        refused.append(error)


def _changed(payment: Payment, **amounts: int) -> Paid:
    changed = replace(payment, version=payment.version + 1, **amounts)  # type: ignore[arg-type]
    return lambda _after, entry: replace(changed, updated_at=entry.recorded_at)
