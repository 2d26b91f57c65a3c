"""The entries that disputes come to, each with the payment as it leaves it."""

from dataclasses import dataclass, replace

from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.after_capture import shift
from chalicelib.ledger.domain.disputes import MACHINE, Event, reference
from chalicelib.ledger.domain.entries import Draft, EntryKind
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.services.positions import Positions
from chalicelib.payments.ports.movements import Movement
from chalicelib.payments.ports.processors import Disputed
from chalicelib.payments.services.movements import Make, MarkedMovements, Paid

Made = tuple[Draft, Paid]


@dataclass(frozen=True, slots=True)
class DisputeEntries:
    movements: MarkedMovements
    practice: str
    dispute: Disputed

    def movement(self, moved: Movement) -> Make:
        """Money that the bank took or gave back. Error: dispute_overpaid (it gave back more than it took)."""
        took = moved.amount_minor < 0
        kind = EntryKind.DISPUTE_WITHDRAWN if took else EntryKind.DISPUTE_REINSTATED

        def make(account: Account, payment: Payment) -> Made:
            dispute = payment.dispute(self.dispute.id).moved(moved.amount_minor)
            if dispute.taken_minor < 0:
                raise Refused("dispute_overpaid", excess_minor=-dispute.taken_minor)
            after = payment.with_dispute(dispute)
            after = replace(after, reversal_heard_at="") if took else after
            return self._made(account, kind, payment, after, at=moved.at, part=moved.id)

        return make

    def decision(self, event: Event, *, decisions: int) -> Make:
        """Whose loss the outstanding money is; nothing while that many decisions are not what was posted."""

        def make(account: Account, payment: Payment) -> Made | None:
            known = payment.dispute(self.dispute.id)
            after = news(payment, self.dispute.id, event)
            if after is None or known.decisions != decisions:
                return None
            kind, at = EntryKind.DISPUTE_DECIDED, self.dispute.at
            return self._made(account, kind, payment, after, at=at, part=decisions + 1)

        return make

    def _made(
        self, account: Account, kind: EntryKind, before: Payment, after: Payment, *, at: str, part: str | int
    ) -> Made:
        drafted = Positions(self.movements.ledgers).after_capture(
            self.practice, account, kind, before, after,
            on=self.movements.local(self.practice, at), reference=reference(self.dispute.id, part),
        )  # fmt: skip
        return drafted, changed(after)


def news(payment: Payment, dispute_id: str, event: Event) -> Payment | None:
    """The payment after the bank's decision; None where that is none, or changes nobody's books."""
    known = payment.dispute(dispute_id)
    if MACHINE.after(known.state, event) is None:
        return None
    after = payment.with_dispute(known.decided())
    return after if shift(payment, after).client_minor else None


def changed(payment: Payment) -> Paid:
    after = replace(payment, version=payment.version + 1)
    return lambda _account, entry: replace(after, updated_at=entry.recorded_at)
