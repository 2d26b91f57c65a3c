"""Give money back by the way it came: the processor is asked with the refund's own key; settling posts it."""

from dataclasses import dataclass

from chalicelib.domain.errors import Invalid, NotFound, Refused
from chalicelib.domain.money import positive
from chalicelib.domain.payments import Payment, State
from chalicelib.services.ports import Facts, Ledgers, Processors, Refunded
from chalicelib.services.settling import Settling
from chalicelib.services.standing import Standing

_CAME_TO_NOTHING = frozenset({"failed", "canceled"})


@dataclass(frozen=True)
class Refunding:
    ledgers: Ledgers
    processors: Processors
    settling: Settling

    def check(self, practice: str, account_id: str, payment_id: str, amount_minor: int) -> Payment:
        """The payment, if that much of it can be refunded. Writes nothing.

        Errors: NotFound payment_not_found; Refused payment_state (not captured), refund_elsewhere (taken
        outside Billfold); Invalid amount_invalid, refund_above_remainder.
        """
        positive(amount_minor)
        payment = self._refundable(practice, account_id, payment_id)
        remainder = payment.remainder_minor
        if amount_minor > remainder:
            raise Invalid("refund_above_remainder", "amount_minor", remainder_minor=remainder)
        account = self.ledgers.account(practice, account_id)
        if account is not None:  # the money may have gone to another account since, and is that one's now
            Standing(self.ledgers).taken(practice, account, payment, amount_minor)
        return payment

    def _refundable(self, practice: str, account_id: str, payment_id: str) -> Payment:
        payment = self.ledgers.payment(practice, account_id, payment_id)
        if payment is None:
            raise NotFound("payment_not_found", "payment_id")
        if payment.flow == "external":
            raise Refused("refund_elsewhere", "payment_id")
        if payment.state is not State.SUCCEEDED:
            raise Refused("payment_state", "payment_id", state=payment.state.value)
        return payment

    def refund(
        self, practice: str, account_id: str, payment_id: str, *, refund_id: str, amount_minor: int
    ) -> Payment:
        """The payment afterwards; a refund still pending at the processor is posted when it says so.

        Asking again with the same `refund_id` is the same refund, also after a time-out or a crash: the
        processor keeps the key, and settling (this one, a webhook's or reconcile's) posts what it holds.
        Errors: as `check`; Refused refund_failed (that refund came to nothing: another try wants another id),
        external_id_taken (that id refunded another amount); ProcessorTimeout, ProcessorRefused, Busy.
        """
        payment = self._refundable(practice, account_id, payment_id)
        processor = self.processors.of(practice, payment.processor)
        facts = processor.look(payment.intent_id)
        if _asked_before(facts, refund_id) is None:
            # Looked first: the processor forgets keys after a day, and asking again would refund twice.
            self.check(practice, account_id, payment_id, amount_minor)
            processor.refund(intent_id=payment.intent_id, refund_id=refund_id, amount_minor=amount_minor)
            facts = processor.look(payment.intent_id)
        after = self.settling.settle(practice, payment.processor, facts) if facts else payment
        _is_what_was_asked(_asked_before(facts, refund_id), amount_minor)
        return after


def _asked_before(facts: Facts | None, refund_id: str) -> Refunded | None:
    return next((made for made in facts.refunds if made.refund_id == refund_id), None) if facts else None


def _is_what_was_asked(made: Refunded | None, amount_minor: int) -> None:
    if made and made.status in _CAME_TO_NOTHING:
        raise Refused("refund_failed", "refund_id", status=made.status)
    if made and made.amount_minor != amount_minor:
        raise Refused("external_id_taken", "refund_id")
