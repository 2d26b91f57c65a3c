"""Take the money that a payer has approved, at processors that move none before they are asked to.

The payment says that it is being taken before the call: of several who hear of the approval one calls, and
meanwhile nobody ends the payment or starts another for the same items. An approval is taken only for the
attempt that the payment has stored, and never once the payment has ended. What the payer's bank declined is
asked for again only once the payer has approved it again.
"""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.kernel.outside import ProcessorDenied, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.payments import DECLINED, Event, Payment, State
from chalicelib.ledger.services.recording import Seen
from chalicelib.payments.ports.processors import Completes, Facts, ObjectKind, Processor, Reference, Stage
from chalicelib.payments.services.movements import MarkedMovements, Step

CALL = timedelta(seconds=30)  # longer than the deadline of one call to a processor
_TAKEN_FROM = frozenset({State.AWAITING, State.UNKNOWN})


@dataclass(frozen=True)
class Completing:
    movements: MarkedMovements

    def complete(self, practice: str, processor: Processor, approved: Facts) -> Facts:
        """What the processor holds once it was asked; as it was where it is not to be asked now.

        No answer leaves the payment unknown. Error: ProcessorDenied (and sweep tries again).
        """
        if not isinstance(processor, Completes):
            return approved
        claimed = self._claimed(practice, approved)
        if claimed is None:
            return approved
        try:
            facts = processor.complete(approved.session_id)
        except ProcessorDenied:
            self.after_event(practice, claimed, Event.TIMED_OUT)
            raise
        except ProcessorTimeout:
            self.after_event(practice, claimed, Event.TIMED_OUT)
            return approved
        except ProcessorRefused as refusal:
            return self._refused(practice, processor, claimed, approved, refusal)
        if facts.stage is Stage.OPEN:  # by the payer's bank, say: they may approve it another way
            tried = facts.approved_at
            self.after_event(practice, claimed, Event.DECLINED, failure=DECLINED, declined_approval=tried)
        return facts

    def after_event(self, practice: str, seen: Seen, event: Event, **changes: str) -> Seen:
        """After the event, or as it is by now where somebody else has moved the payment since."""

        def still(current: Payment) -> Step:
            return (event, changes) if current.version == seen.existing.version else None

        ref = seen.account.ref(practice)
        return self.movements.advance(ref, seen.existing.id, still, seen=seen)[1]

    def _claimed(self, practice: str, approved: Facts) -> Seen | None:
        """The payment, whose money only we take now; None where it is not to be taken."""

        def takes(current: Payment) -> Step:
            ours = current.session_id and current.session_id == approved.session_id
            taken = ours and current.state in _TAKEN_FROM and not _was_declined(current, approved)
            return (Event.APPROVED, {"failure": ""}) if taken else None

        change, seen = self.movements.advance(approved.ref(practice), approved.payment_id, takes)
        return seen if change else None

    def _refused(
        self,
        practice: str,
        processor: Completes,
        seen: Seen,
        approved: Facts,
        refusal: ProcessorRefused,
    ) -> Facts:
        """No proof by itself that nothing was taken: an earlier call may have been. What is there decides."""
        try:
            facts = processor.look(Reference(ObjectKind.SESSION, approved.session_id)) or approved
        except ProcessorTimeout:
            self.after_event(practice, seen, Event.TIMED_OUT)
            return approved
        if facts.stage is Stage.APPROVED:
            self.after_event(practice, seen, Event.REFUSED, failure=refusal.code)
        if facts.stage is Stage.OPEN:  # whoever said that its payer had approved it was wrong
            self.after_event(practice, seen, Event.DECLINED)
        return facts


def _was_declined(payment: Payment, approved: Facts) -> bool:
    """Whether that approval was tried, and nothing came of it. Both instants are the processor's own, for its
    clock is not ours, and may have whole seconds only."""
    tried = payment.failure == DECLINED and approved.approved_at != ""
    return tried and approved.approved_at <= payment.declined_approval
