"""Give money back by the way it came: a row first, then one call to the processor; settling posts it.

Crash after any step: the row is in the work list, and `find_out` (sweep), or the same refund asked for again,
looks for it at the processor. What is under way is not left to refund, so that nobody refunds it twice.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import Actor
from chalicelib.kernel.errors import Invalid, Refused, Stale, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.money import Money, decimal_text, positive
from chalicelib.kernel.outside import AlreadyRecorded, ProcessorDenied, ProcessorRefused
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.marker_keys import asked_refund
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.payments import State as PaymentState
from chalicelib.ledger.domain.refunds import Event, Left, Refund, State, asked
from chalicelib.ledger.ports.ledgers import Change, Ledgers
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.recording import already, fingerprint, record
from chalicelib.payments.ports.processors import Facts, ObjectKind, Processors, Reference, Stage
from chalicelib.payments.services.movements import MarkedMovements
from chalicelib.payments.services.refund_states import RefundStates
from chalicelib.payments.services.settling import Settling
from chalicelib.platform.ports import Clock

CALL_SLACK = timedelta(hours=1)  # a call that began just before the end of its key is over by then


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What somebody asks for. `refund_id` is their own, of one refund in the practice; `believed` what they
    saw to be left, None if they did not look; `anyway`: they know that nothing was taken back, whatever the
    processor has said."""

    ref: AccountRef
    payment_id: str
    refund_id: str
    amount_minor: int
    believed: Left | None
    actor: Actor
    anyway: bool = False

    @property
    def marker(self) -> str:
        return asked_refund(self.refund_id)

    @property
    def command(self) -> str:
        return fingerprint("refund", payment=self.payment_id, amount_minor=self.amount_minor)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The payment and the refund afterwards; `before`: it was made already, so that none was made now."""

    payment: Payment
    refund: Refund
    before: bool


@dataclass(frozen=True)
class Refunding:
    ledgers: Ledgers
    processors: Processors
    settling: Settling
    clock: Clock

    def refund(self, wish: RefundWish) -> GivenBack:
        """A refund still pending at the processor is posted when it says so.

        Asked for again with the same id it is the same refund, whatever was believed, also after a time-out
        or a crash. Errors: NotFound payment_not_found; Refused payment_state (not captured), refund_elsewhere
        (taken outside Billfold), external_id_taken (the id is another refund's, of whichever payment),
        refund_reversed (its processor says that money of it was taken back, and shows nothing of that yet),
        refund_failed (it came to nothing: another try wants another id), refund_unknown (it may have been
        made, too long ago to ask again); Stale refund_stale (something else is left than was believed);
        Invalid amount_invalid, amount_step, refund_above_remainder; ProcessorTimeout, ProcessorRefused, Busy.
        """
        practice = wish.ref.practice
        payment, facts = self._look_and_settle(wish.ref, wish.payment_id)
        known = self._known(wish)
        if known:
            refund, new = self._give_up_if_gone(practice, payment, known, facts), False
        else:
            refund, new = self._write_row(wish)
        before = refund.state is not State.ASKED
        if not before:
            self._ask(practice, payment, refund, new=new)
            payment, _ = self._look_and_settle(wish.ref, wish.payment_id)
            refund = self._row(practice, refund)
        return GivenBack(payment, _not_failed(refund), before)

    def foresee(self, wish: RefundWish) -> Refund | None:
        """That refund if it was asked for, None if it would be made. Writes nothing, and does not ask the
        processor. Errors: as `refund`, but for those that only the processor's answer brings."""
        payment, known = self._refundable(wish.ref, wish.payment_id), self._known(wish)
        account = self.ledgers.account(wish.ref)
        if known is None and account is not None:
            self._check(account, payment, wish)
        return _not_failed(known) if known else None

    def find_out(self, practice: str, refund: Refund) -> Refund:
        """The refund as its processor tells it. Errors: ProcessorTimeout, ProcessorRefused, Busy."""
        payment, facts = self._look_and_settle(refund.ref(practice), refund.payment_id)
        return self._give_up_if_gone(practice, payment, self._row(practice, refund), facts)

    def _look_and_settle(self, ref: AccountRef, payment_id: str) -> tuple[Payment, Facts | None]:
        """The payment, once what the processor holds of it is in the ledger."""
        payment = self._refundable(ref, payment_id)
        kind = ObjectKind.REVERSED if payment.reversal_heard_at else ObjectKind.PAYMENT
        about = Reference(kind, payment.intent_id, within=payment.session_id)
        facts = self.processors.of(ref.practice, payment.processor).look(about)
        return (self.settling.settle(ref.practice, payment.processor, facts) if facts else payment), facts

    def _refundable(self, ref: AccountRef, payment_id: str) -> Payment:
        payment = present(self.ledgers.payment(ref, payment_id), "payment_not_found", "payment_id")
        if payment.outside:
            raise Refused("refund_elsewhere", "payment_id")
        if payment.state is not PaymentState.SUCCEEDED:
            raise Refused("payment_state", "payment_id", state=payment.state.value)
        return payment

    def _known(self, wish: RefundWish) -> Refund | None:
        """That refund, if it was asked for. Error: external_id_taken (the id is that of another one)."""
        already(self.ledgers, wish.ref, wish.marker, wish.command)
        refund = self.ledgers.refunds(wish.ref, wish.payment_id).get(wish.refund_id)
        if refund and refund.amount_minor != wish.amount_minor:
            raise Refused("external_id_taken", "external_id")
        return refund

    def _write_row(self, wish: RefundWish) -> tuple[Refund, bool]:
        """Its row, before the call, and whether it is ours: another request with that id may be faster."""
        now, account_id = instant(self.clock.now()), wish.ref.account
        refund = Refund(
            wish.refund_id, account_id, wish.payment_id, wish.amount_minor, wish.actor.text, now, now
        )
        marker = Marker(wish.marker, account_id, wish.payment_id, 0, now, command=wish.command)

        def decide(account: Account) -> Change | None:
            if self._known(wish):  # by somebody else since we looked; or by us, the reply was lost
                return None
            payment = self._check(account, self._refundable(wish.ref, wish.payment_id), wish)
            after = replace(asked(payment, refund), version=payment.version + 1)
            return Change(account, account, payment=after, refund=refund, marker=marker)

        with suppress(AlreadyRecorded):
            if record(self.ledgers, self.clock, wish.ref, decide):
                return refund, True
        return self._known(wish) or refund, False

    def _check(self, account: Account, payment: Payment, wish: RefundWish) -> Payment:
        """The payment that it may be made of. Errors: refund_reversed, amount_invalid, amount_step,
        refund_stale, refund_above_remainder."""
        if payment.reversal_heard_at and not wish.anyway:
            raise Refused("refund_reversed", "payment_id", on=payment.reversal_heard_at[:10])
        payment = replace(payment, reversal_heard_at="")
        amount_minor, remainder_minor = positive(wish.amount_minor), payment.remainder_minor
        step_minor = self.processors.abilities(payment.processor).step_minor.get(payment.currency, 1)
        if amount_minor % step_minor:
            raise Invalid("amount_step", "amount_minor", step_minor=step_minor)
        if wish.believed != Left.of(payment):
            raise self._stale(wish.ref, payment)
        if amount_minor > remainder_minor:
            raise Invalid("refund_above_remainder", "amount_minor", remainder_minor=remainder_minor)
        Positions(self.ledgers).check_refund(wish.ref.practice, account, payment, amount_minor)
        return payment

    def _stale(self, ref: AccountRef, payment: Payment) -> Stale:
        rows = self.ledgers.refunds(ref, payment.id).values()
        left, under_way = Left.of(payment), [row for row in rows if row.under_way]
        named = (f"{row.id} {decimal_text(Money(row.amount_minor, payment.currency))}" for row in under_way)
        return Stale(
            "refund_stale", "remainder_minor", remainder_minor=left.remainder_minor, refunds=left.refunds,
            under_way=", ".join(named) or "–", currency=payment.currency,
        )  # fmt: skip

    def _ask(self, practice: str, payment: Payment, refund: Refund, *, new: bool) -> None:
        """Errors: refund_unknown (its key may be forgotten, and it would be made again), ProcessorRefused."""
        if self._age(refund) >= self._key_lifetime(payment):
            raise Refused("refund_unknown", "refund_id", id=refund.id)
        try:
            self.processors.of(practice, payment.processor).refund(
                intent_id=payment.intent_id, refund_id=refund.id, amount_minor=refund.amount_minor
            )
        except ProcessorRefused as refusal:
            # Keys that are not taken now say nothing of what was asked with them before.
            if new or not isinstance(refusal, ProcessorDenied):
                self._states.not_made(practice, refund, Event.REFUSED)
            raise

    def _give_up_if_gone(
        self, practice: str, payment: Payment, refund: Refund, facts: Facts | None
    ) -> Refund:
        """That it is not found proves nothing while its key lives: the call may be under way, lists lag."""
        gone = self._age(refund) >= self._key_lifetime(payment) + CALL_SLACK
        if refund.state is not State.ASKED or not gone:
            return refund
        if _may_hold(facts, refund, self.ledgers.refunds(refund.ref(practice), refund.payment_id)):
            return refund
        self._states.not_made(practice, refund, Event.NEVER_ARRIVED)
        return self._row(practice, refund)

    @property
    def _states(self) -> RefundStates:
        return RefundStates(MarkedMovements(self.ledgers, self.settling.practices, self.clock))

    def _key_lifetime(self, payment: Payment) -> timedelta:
        return self.processors.abilities(payment.processor).refund_key_lifetime

    def _age(self, refund: Refund) -> timedelta:
        return self.clock.now() - datetime.fromisoformat(refund.asked_at)

    def _row(self, practice: str, refund: Refund) -> Refund:
        return self.ledgers.refunds(refund.ref(practice), refund.payment_id)[refund.id]


def _not_failed(refund: Refund) -> Refund:
    """Error: refund_failed."""
    if refund.state in (State.FAILED, State.NOT_MADE):
        raise Refused("refund_failed", "refund_id", status=refund.state.value)
    return refund


def _may_hold(facts: Facts | None, refund: Refund, rows: Mapping[str, Refund]) -> bool:
    """Whether the processor has that refund, or did not tell. What names it and is another row's, whose
    amount it has, is not that refund."""
    if facts is None or facts.stage is not Stage.SUCCEEDED:
        return True
    others = {row.processor_id for row in rows.values()}
    return any(found.refund_id == refund.id and found.id not in others for found in facts.refunds)
