"""What has news, asked of its processor by as few calls as it takes: what the ledger knows is not asked for.

Only what is the same for good is taken from there: whose money it is, and of which session it came. What
became of it is what the processor says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.domain.refunds import State as RefundState
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.payments.ports.processors import (
    Facts,
    ObjectKind,
    Processor,
    Reference,
    Refunded,
    RefundStatus,
    Stage,
    TellsDisputes,
)


@dataclass(frozen=True)
class Asking:
    ledgers: Ledgers

    def facts(self, practice: str, processor: Processor, about: Reference) -> Facts | None:
        """As `Processor.look`, which it is where the money is in no book yet."""
        if not isinstance(processor, TellsDisputes):
            return processor.look(about)
        if about.kind is ObjectKind.DISPUTE:
            return self._disputed(practice, processor, about)
        paid = self._paid(practice, processor.name, about.id)
        if paid is None:
            return processor.look(about)
        if about.kind is ObjectKind.REVERSED:
            disputes = processor.disputes(about.id)
            return replace(self._known(practice, paid), disputes=disputes, reversed=True)
        return processor.look(replace(about, within=paid.session_id))

    def _disputed(self, practice: str, processor: TellsDisputes, about: Reference) -> Facts | None:
        """A case may be about several payments: it is about the first that is one of ours."""
        for intent_id, dispute in processor.dispute(about.id):
            if paid := self._paid(practice, processor.name, intent_id):
                return replace(self._known(practice, paid), disputes=(dispute,))
        return processor.look(about)

    def _paid(self, practice: str, processor: str, intent_id: str) -> Payment | None:
        """The payment that was credited with that money."""
        marker = self.ledgers.marker(practice, at_processor(processor, intent_id, Outcome.SUCCEEDED))
        paid = self.ledgers.payment(marker.ref(practice), marker.payment_id) if marker else None
        credited = paid is not None and paid.state is State.SUCCEEDED and paid.intent_id == intent_id
        return paid if credited else None

    def _known(self, practice: str, paid: Payment) -> Facts:
        """What the ledger has of it; its refunds, so that it shows where more is taken than was paid."""
        return Facts(
            paid.id, paid.account_id, Stage.SUCCEEDED, session_id=paid.session_id, intent_id=paid.intent_id,
            amount_minor=paid.amount_minor, currency=paid.currency,
            refunds=tuple(self._refunds(practice, paid)),
        )  # fmt: skip

    def _refunds(self, practice: str, paid: Payment) -> Iterator[Refunded]:
        rows = self.ledgers.refunds(paid.ref(practice), paid.id) if paid.refund_count else {}
        for row in rows.values():
            if row.state is RefundState.SUCCEEDED:
                yield Refunded(
                    row.processor_id, row.amount_minor, RefundStatus.SUCCEEDED, row.updated_at, row.id,
                    paid.currency,
                )  # fmt: skip
