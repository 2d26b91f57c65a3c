"""Ask the processor how an attempt to pay stands, or end one that waits for its payer.

An attempt that was paid after all is settled as paid, whoever asked for its end.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorMissing
from chalicelib.ledger.domain.payments import DECLINED, Event, Payment, State
from chalicelib.ledger.services.recording import Seen
from chalicelib.payments.ports.processors import (
    Books,
    Completes,
    Facts,
    Processor,
    Processors,
    Reference,
    Stage,
    reference_of,
)
from chalicelib.payments.ports.saving import Saves
from chalicelib.payments.services.completing import CALL, Completing
from chalicelib.payments.services.opening import Opening
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice

COMPARED = timedelta(days=2)  # in which the books are, whose rows come hours late, and one night may fail


@dataclass(frozen=True)
class Attempts:
    processors: Processors
    opening: Opening
    completing: Completing
    clock: Clock

    def checked(self, practice: Practice, seen: Seen, *, approved: bool = False) -> Seen:
        """Settled from what the processor says; as it is while another request is there. `approved`: its
        payer has done that, says whoever asks, so that its money is asked for without a look before. Errors:
        NotFound payment_not_found; ProcessorTimeout, ProcessorRefused, Busy."""
        payment = seen.existing
        if not payment.live or self._being_asked(payment):
            return seen
        if approved and payment.state is State.AWAITING and self._completes(practice.id, payment):
            return self.opening.settled(practice.id, seen, self._approved(payment))
        if payment.state is State.CAPTURING:
            seen = self.completing.after_event(practice.id, seen, Event.TIMED_OUT)
        if known := reference_of(seen.existing):
            return self._told(practice.id, seen, known)
        return self.opening.find_out(practice, seen)

    def canceled(self, practice: Practice, seen: Seen) -> Seen:
        """Ended at the processor, where it waits for its payer. Errors: as `checked`."""
        payment = seen.existing
        if payment.state is not State.AWAITING:
            return seen
        processor = self._processor(practice.id, payment)
        facts = _ended(processor, payment)
        if facts is None or (
            isinstance(processor, Completes) and facts.stage in (Stage.OPEN, Stage.APPROVED)
        ):
            # It cannot be ended there; it is never completed from now on.
            return self.completing.after_event(practice.id, seen, Event.CANCELED)
        if facts.stage is Stage.EXPIRED:  # not by itself: somebody asked
            facts = replace(facts, stage=Stage.CANCELED)
        return self.opening.settled(practice.id, seen, facts)

    def _told(self, practice_id: str, seen: Seen, known: Reference) -> Seen:
        try:
            facts = self._processor(practice_id, seen.existing).look(known)
        except ProcessorMissing:  # it is forgotten there, once it is old
            if not (self._abandoned(practice_id, seen.existing) or self._never_taken(practice_id, seen)):
                raise
            return self.completing.after_event(practice_id, seen, Event.EXPIRED)
        return self._looked(practice_id, seen, facts)

    def _looked(self, practice_id: str, seen: Seen, facts: Facts | None) -> Seen:
        if facts is not None and facts.stage is Stage.OPEN:
            if seen.existing.state is State.UNKNOWN:
                # The money was not taken when that was asked: its payer has to choose another way.
                return self.completing.after_event(practice_id, seen, Event.DECLINED, failure=DECLINED)
            if self._abandoned(practice_id, seen.existing):
                if not seen.existing.charged:
                    return self.completing.after_event(practice_id, seen, Event.EXPIRED)
                facts = _ended(self._processor(practice_id, seen.existing), seen.existing)
        return self.opening.settled(practice_id, seen, facts)

    def _never_taken(self, practice_id: str, seen: Seen) -> bool:
        """Whether its money was asked for so long ago that the processor's books, which are compared each
        night, would have told of it."""
        payment, processor = seen.existing, self._processor(practice_id, seen.existing)
        age = self.clock.now() - datetime.fromisoformat(payment.updated_at)
        asked = payment.state is State.UNKNOWN and isinstance(processor, Completes)
        return asked and isinstance(processor, Books) and age >= COMPARED

    def _abandoned(self, practice_id: str, payment: Payment) -> bool:
        """Nobody went on with it in time, where no session ends by itself: we end it, and never complete
        it."""
        processor = self._processor(practice_id, payment)
        waits = isinstance(processor, Completes) or payment.charged
        if payment.state is not State.AWAITING or not waits:
            return False
        age = self.clock.now() - datetime.fromisoformat(payment.created_at)
        return age >= processor.abilities.attempt_lifetime

    def _completes(self, practice_id: str, payment: Payment) -> bool:
        named = payment.session_id and not payment.charged
        return bool(named) and isinstance(self._processor(practice_id, payment), Completes)

    def _approved(self, payment: Payment) -> Facts:
        """As if the processor had said so: what was not approved it does not complete."""
        return Facts(
            payment.id, payment.account_id, Stage.APPROVED, session_id=payment.session_id,
            approved_at=instant(self.clock.now()),
        )  # fmt: skip

    def _being_asked(self, payment: Payment) -> bool:
        """Another request is at the processor with it right now."""
        age = self.clock.now() - datetime.fromisoformat(payment.updated_at)
        return payment.state in (State.CREATED, State.CAPTURING) and age < CALL

    def _processor(self, practice_id: str, payment: Payment) -> Processor:
        return self.processors.of(practice_id, payment.processor)


def _ended(processor: Processor, payment: Payment) -> Facts | None:
    """The attempt once it was ended; None where it is forgotten, and no money was taken unasked."""
    if payment.charged and not payment.session_id and isinstance(processor, Saves):
        return processor.call_off(payment.intent_id)
    try:
        return processor.expire(payment.session_id)
    except ProcessorMissing:
        if isinstance(processor, Completes):
            return None
        raise
