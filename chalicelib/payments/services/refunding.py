"""Give money back by the way it came: the processor is asked with the refund's own key; settling posts it."""

from dataclasses import dataclass

from chalicelib.kernel.errors import Invalid, NotFound, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.money import positive
from chalicelib.kernel.outside import ProcessorDenied, ProcessorRefused
from chalicelib.ledger.domain.payments import AskedRefund, Payment, State
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.positions import Standing
from chalicelib.payments.domain.quotes import step_minor
from chalicelib.payments.ports.processors import Facts, Processors, Refunded
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.unheard_refunds import UnheardRefunds
from chalicelib.platform.ports import Clock

_CAME_TO_NOTHING = frozenset({"failed", "canceled"})


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The payment afterwards; `before`: whether that refund was there already, so that none was made now."""

    payment: Payment
    before: bool


@dataclass(frozen=True)
class Refunding:
    ledgers: Ledgers
    processors: Processors
    settling: Settling
    clock: Clock

    def check(self, practice: str, account_id: str, payment_id: str, amount_minor: int) -> Payment:
        """The payment, if that much of it can be refunded. Writes nothing.

        Errors: NotFound payment_not_found; Refused payment_state (not captured), refund_elsewhere (taken
        outside Billfold); Invalid amount_invalid, amount_step, refund_above_remainder.
        """
        positive(amount_minor)
        payment = self._refundable(practice, account_id, payment_id)
        if amount_minor % step_minor(payment.currency):
            raise Invalid("amount_step", "amount_minor", step_minor=step_minor(payment.currency))
        remainder = payment.remainder_minor
        if amount_minor > remainder:
            raise Invalid("refund_above_remainder", "amount_minor", remainder_minor=remainder)
        account = self.ledgers.account(practice, account_id)
        if account is not None:  # the money may have gone to another account since, and is that one's now
            Standing(self.ledgers).taken(practice, account, payment, amount_minor)
        return payment

    def asked_before(
        self, practice: str, account_id: str, payment_id: str, refund_id: str, amount_minor: int
    ) -> bool:
        """Whether that refund was asked for. Writes nothing. Errors: as `check` of the payment;
        external_id_taken."""
        payment = self._refundable(practice, account_id, payment_id)
        return self._unheard.asked_before(practice, payment, refund_id, amount_minor)

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
    ) -> GivenBack:
        """A refund still pending at the processor is posted when it says so.

        Asking again with the same `refund_id` is the same refund, also after a time-out or a crash: the
        processor keeps the key, and settling (this one, a webhook's or reconcile's) posts what it holds.
        While it is not known whether one was made there is no other of that payment.
        Errors: as `check`; Refused refund_failed (that refund came to nothing: another try wants another id),
        external_id_taken (that id is another refund's, of whichever payment), refund_unknown (another one may
        have been made), refund_happened (it was; this id keeps that answer); ProcessorTimeout,
        ProcessorRefused, Busy.
        """
        self.asked_before(practice, account_id, payment_id, refund_id, amount_minor)
        payment = self._refundable(practice, account_id, payment_id)
        facts, payment = self._settled(practice, payment)  # what is there already is not left any more
        before = _made(facts, refund_id) is not None
        if not before:
            # Looked first: the processor forgets keys after a day, and asking again would refund twice.
            asked = AskedRefund(refund_id, amount_minor, instant(self.clock.now()))
            self._not_told(practice, payment, refund_id)
            self._none_unheard(practice, payment, facts, asked)
            self.check(practice, account_id, payment_id, amount_minor)
            self._ask(practice, payment, asked)
            facts, payment = self._settled(practice, payment)
        payment = self._unheard.forget(practice, payment, refund_id)
        _is_what_was_asked(_made(facts, refund_id), amount_minor)
        return GivenBack(payment, before)

    @property
    def _unheard(self) -> UnheardRefunds:
        return UnheardRefunds(self.ledgers, self.clock)

    def _settled(self, practice: str, payment: Payment) -> tuple[Facts | None, Payment]:
        """What the processor holds of the payment, and the payment once that is in the ledger."""
        facts = self.processors.of(practice, payment.processor).look(payment.intent_id)
        return facts, self.settling.settle(practice, payment.processor, facts) if facts else payment

    def _none_unheard(self, practice: str, payment: Payment, facts: Facts | None, asked: AskedRefund) -> None:
        """Errors: refund_unknown, refund_happened, external_id_taken."""
        unheard = payment.unheard
        made = _made(facts, unheard.id) if unheard else None
        if unheard is None or made is None:
            self._unheard.may_ask(payment, asked)
            return
        if made.status in _CAME_TO_NOTHING:
            self._unheard.forget(practice, payment, unheard.id)
            return
        raise _happened(self._unheard.tell(practice, payment, unheard, asked.id), unheard.id)

    def _not_told(self, practice: str, payment: Payment, refund_id: str) -> None:
        """Error: refund_happened."""
        made = self._unheard.told(practice, refund_id)
        if made:
            raise _happened(payment, made)

    def _ask(self, practice: str, payment: Payment, asked: AskedRefund) -> None:
        """Written down before the call: whoever dies in it leaves a refund that may have been made."""
        self._unheard.note(practice, payment, asked)
        try:
            self.processors.of(practice, payment.processor).refund(
                intent_id=payment.intent_id, refund_id=asked.id, amount_minor=asked.amount_minor
            )
        except ProcessorRefused as refusal:
            # Keys that are not taken now say nothing of what was asked with them before.
            if payment.unheard is None or not isinstance(refusal, ProcessorDenied):
                self._unheard.forget(practice, payment, asked.id)
            raise


def _happened(payment: Payment, made: str) -> Refused:
    return Refused("refund_happened", "refund_id", id=made, remainder_minor=payment.remainder_minor)


def _made(facts: Facts | None, refund_id: str) -> Refunded | None:
    return next((made for made in facts.refunds if made.refund_id == refund_id), None) if facts else None


def _is_what_was_asked(made: Refunded | None, amount_minor: int) -> None:
    if made and made.status in _CAME_TO_NOTHING:
        raise Refused("refund_failed", "refund_id", status=made.status)
    if made and made.amount_minor != amount_minor:
        raise Refused("external_id_taken", "refund_id")
