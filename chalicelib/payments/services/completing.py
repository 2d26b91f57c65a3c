"""Take the money that a payer has approved, at processors that move none before they are asked to.

The payment says that it is being taken before the call: of several who hear of the approval one calls, and
meanwhile nobody ends the payment or starts another for the same items. An approval is taken only for the
attempt that the payment has stored, and never once the payment has ended.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorDenied, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.accounts import Account, with_reservation
from chalicelib.ledger.domain.payments import Event, Payment, State, advance
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.recording import record
from chalicelib.payments.ports.processors import Completes, Facts, ObjectKind, Processor, Reference, Stage
from chalicelib.payments.services.movements import Moving

CALL = timedelta(seconds=30)  # longer than the deadline of one call to a processor
_TAKEN_FROM = frozenset({State.AWAITING, State.UNKNOWN})


@dataclass(frozen=True)
class Completing:
    moving: Moving

    def complete(self, practice: str, processor: Processor, approved: Facts) -> Facts:
        """What the processor holds once it was asked; as it was where it is not to be asked now.

        No answer leaves the payment unknown. Error: ProcessorDenied (and sweep tries again).
        """
        if not isinstance(processor, Completes):
            return approved
        payment = self._claimed(practice, approved)
        if payment is None:
            return approved
        try:
            facts = processor.complete(approved.session_id)
        except ProcessorDenied:
            self.moved(practice, payment, Event.TIMED_OUT)
            raise
        except ProcessorTimeout:
            self.moved(practice, payment, Event.TIMED_OUT)
            return approved
        except ProcessorRefused as refusal:
            return self._refused(practice, processor, payment, approved, refusal)
        if facts.stage is Stage.OPEN:  # by the payer's bank, say: they may approve it another way
            self.moved(practice, payment, Event.DECLINED)
        return facts

    def moved(self, practice: str, payment: Payment, event: Event, **changes: str) -> Payment:
        """The payment after the event, or as it is by now where somebody else has moved it since."""
        stored: list[Payment] = []

        def after(current: Payment) -> Event | None:
            stored[:] = [current]
            return event if current.version == payment.version else None

        return self._written(practice, payment, after, **changes) or stored[0]

    def _claimed(self, practice: str, approved: Facts) -> Payment | None:
        """The payment, whose money only we take now; None where it is not to be taken."""

        def takes(current: Payment) -> Event | None:
            ours = current.session_id and current.session_id == approved.session_id
            return Event.APPROVED if ours and current.state in _TAKEN_FROM else None

        return self._written(practice, approved, takes)

    def _refused(
        self,
        practice: str,
        processor: Completes,
        payment: Payment,
        approved: Facts,
        refusal: ProcessorRefused,
    ) -> Facts:
        """No proof by itself that nothing was taken: an earlier call may have been. What is there decides."""
        try:
            facts = processor.look(Reference(ObjectKind.SESSION, approved.session_id)) or approved
        except ProcessorTimeout:
            self.moved(practice, payment, Event.TIMED_OUT)
            return approved
        if facts.stage is Stage.APPROVED:
            self.moved(practice, payment, Event.REFUSED, failure=refusal.code)
        return facts

    def _written(
        self,
        practice: str,
        about: Payment | Facts,
        event_of: Callable[[Payment], Event | None],
        **changes: str,
    ) -> Payment | None:
        ids = (about.account_id, about.id if isinstance(about, Payment) else about.payment_id)

        def decide(account: Account) -> Change | None:
            current = self.moving.stored(practice, *ids)
            event = event_of(current)
            if event is None:
                return None
            now = instant(self.moving.clock.now())
            moved = advance(current, event, at=now, version=current.version + 1, **changes)
            return Change(account, with_reservation(account, moved), payment=moved)

        change = record(self.moving.ledgers, self.moving.clock, practice, ids[0], decide)
        return change.payment if change else None
