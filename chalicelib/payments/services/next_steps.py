"""Where a payer goes on with an unfinished payment: to the processor's page, or to its fields on ours."""

from dataclasses import dataclass

from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.ports.processors import Embeds, Fields, Processors, Redirect

__all__ = ["Fields", "NextSteps", "Redirect"]


@dataclass(frozen=True)
class NextSteps:
    processors: Processors

    def of(self, practice: str, payment: Payment, *, mine: bool) -> Redirect | Fields | None:
        """None when the payer has nothing to do. `mine`: whoever asks began it. Nobody else goes on where
        what is paid with is kept: theirs would be kept for whoever did. Error: Refused payments_disabled,
        where the practice has not connected the processor any more."""
        if payment.state is not State.AWAITING or (payment.payer and not mine):
            return None
        if payment.next_url:
            return Redirect(payment.next_url)
        processor = self.processors.of(practice, payment.processor)
        return processor.fields(payment.client_secret) if isinstance(processor, Embeds) else None
