"""Settle a payment from what its processor holds. Webhook, return page, sweep and reconcile all end here.

The only place that credits processor money. Safe to run any number of times, by several at once: each
movement of money is one transaction with its own marker. What the ledger's rules refuse is an alert, and no
error: trying again would not help, a person has to decide.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.kernel.errors import Invalid, NotFound, Refused
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain import drafts
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.allocation import first_of, refit
from chalicelib.ledger.domain.entries import Draft, Entry
from chalicelib.ledger.domain.history import called
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.payments import Event, Payment, State, advance
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.recording import Seen
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.payments.ports.processors import Decision, Facts, ObjectKind, Processors, Reference, Stage
from chalicelib.payments.services.after_capture import DECIDED_BEFORE, AfterCapture, beyond
from chalicelib.payments.services.completing import Completing
from chalicelib.payments.services.fees import post_fee
from chalicelib.payments.services.movements import CaptureFee, MarkedMovements, Paid, Step
from chalicelib.payments.services.notices import RECEIPT, RETURNED, receipt_message, returned_message
from chalicelib.payments.services.reversals import Reversals
from chalicelib.platform.ports import Clock, Queue
from chalicelib.practice.ports import Practices

log = logging.getLogger("billfold.settling")

# What a processor's stage means to a payment that is not final yet; nothing to do where it is missing.
# An open attempt is nothing new: only the answer to `open` tells where to pay, and makes a payment await it.
# Nor is one that ended while its money is being taken: whoever asked for that hears how it ended, or nothing.
EVENTS: Mapping[tuple[Stage, State], Event] = {
    (Stage.PROCESSING, State.CREATED): Event.SUBMITTED,
    (Stage.PROCESSING, State.UNKNOWN): Event.SUBMITTED,
    (Stage.PROCESSING, State.AWAITING): Event.SUBMITTED,
    (Stage.PROCESSING, State.CAPTURING): Event.SUBMITTED,
    (Stage.CANCELED, State.CREATED): Event.EXPIRED,
    (Stage.CANCELED, State.UNKNOWN): Event.CANCELED,
    (Stage.CANCELED, State.AWAITING): Event.CANCELED,
    (Stage.EXPIRED, State.CREATED): Event.EXPIRED,
    (Stage.EXPIRED, State.UNKNOWN): Event.EXPIRED,
    (Stage.EXPIRED, State.AWAITING): Event.EXPIRED,
    (Stage.FAILED, State.CREATED): Event.REFUSED,
    (Stage.FAILED, State.UNKNOWN): Event.REFUSED,
    (Stage.FAILED, State.AWAITING): Event.EXPIRED,
    (Stage.FAILED, State.CAPTURING): Event.REFUSED,
    (Stage.FAILED, State.PROCESSING): Event.RETURNED,
    (Stage.CANCELED, State.PROCESSING): Event.RETURNED,
    (Stage.EXPIRED, State.PROCESSING): Event.RETURNED,
}
_ENDED = frozenset({Stage.FAILED, Stage.CANCELED, Stage.EXPIRED})
# How an attempt ends whose money was captured and can never be credited.
_GIVEN_UP = {
    State.CREATED: Event.EXPIRED,
    State.AWAITING: Event.CANCELED,
    State.UNKNOWN: Event.CANCELED,
    State.CAPTURING: Event.REFUSED,
    State.PROCESSING: Event.RETURNED,
}


@dataclass(frozen=True)
class Settling:
    """`documents` is the queue of receipts and notices to be sent."""

    ledgers: Ledgers
    practices: Practices
    processors: Processors
    documents: Queue
    alerting: Alerting
    clock: Clock

    @property
    def movements(self) -> MarkedMovements:
        return MarkedMovements(self.ledgers, self.practices, self.clock)

    @property
    def completing(self) -> Completing:
        return Completing(self.movements)

    def settle(self, practice: str, processor: str, facts: Facts) -> Payment:
        """Bring the payment, its fees and its refunds to the processor's state; the payment afterwards.

        Errors: NotFound payment_not_found (not an attempt of ours), Busy (nothing lost; again later).
        """
        return self.settled(practice, processor, facts).existing

    def settled(self, practice: str, processor: str, facts: Facts, *, seen: Seen | None = None) -> Seen:
        """As `settle`; account and payment afterwards. `seen` is what whoever asks has read of them."""
        if seen is None or seen.existing.id != facts.payment_id:
            seen = self._known(practice, processor, facts)
        if facts.stage is Stage.APPROVED:
            facts = self.completing.complete(practice, self.processors.of(practice, processor), facts)
            seen = self.movements.seen(practice, facts)
        if facts.stage is Stage.SUCCEEDED:
            seen = self._captured(practice, processor, seen, facts)
        elif (facts.stage, seen.existing.state) in EVENTS:
            seen = self._advance(practice, seen, facts)
        if facts.stage in _ENDED:
            self._post_fees(practice, processor, facts)
        return self.movements.seen(practice, facts) if _has_more(facts) else seen

    def _post_fees(self, practice: str, processor: str, facts: Facts) -> None:
        """Of an attempt that ended; one that the ledger's rules refuse keeps no other from being posted."""
        for moved in facts.movements:
            try:
                post_fee(self.movements, practice, processor, facts, moved)
            except (Invalid, Refused) as error:
                self.alerting.refused(practice, error, moved.id, **_ids(facts))

    def _known(self, practice: str, processor: str, facts: Facts) -> Seen:
        try:
            seen = self.movements.seen(practice, facts)
            if seen.existing.processor != processor:  # whose ids somebody copied to another processor
                raise NotFound("payment_not_found")
            return seen
        except NotFound:
            if facts.stage is Stage.SUCCEEDED:
                self._call_person(practice, AlertName.UNKNOWN_MONEY, facts)
            raise

    def _captured(self, practice: str, processor: str, seen: Seen, facts: Facts) -> Seen:
        for second in facts.second_captures:
            self._call_person(practice, AlertName.SECOND_CAPTURE, replace(facts, intent_id=second))
        try:
            if seen.existing.state is not State.SUCCEEDED:
                self._alert_if_different(practice, seen.existing, facts)
                seen = self._credit(practice, processor, facts, seen)
            if seen.existing.intent_id != facts.intent_id:
                # Not credited, so that nothing of what becomes of it may be posted either.
                self._call_person(practice, AlertName.SECOND_CAPTURE, facts)
                return seen
        except (Invalid, Refused) as error:
            alert = self.alerting.refused(practice, error, facts.intent_id, **_ids(facts))
            decided = alert.cause.name is AlertName.CURRENCY_DIFFERS and not alert.open
            return self._let_go(practice, seen, facts) if decided else seen
        try:
            seen = self._post_capture_fee(practice, processor, facts, seen)
        except (Invalid, Refused) as error:
            self.alerting.refused(practice, error, facts.intent_id, **_ids(facts))
        self._follow_up(practice, processor, facts, seen.existing)
        Reversals(self.movements).heard(practice, facts)
        return seen

    def _let_go(self, practice: str, seen: Seen, facts: Facts) -> Seen:
        """Whoever decided about money that is in another currency has given it back, or posted it by hand:
        the attempt keeps nobody from paying any more."""

        def step(payment: Payment) -> Step:
            event = _GIVEN_UP.get(payment.state)
            return (event, {}) if event else None

        return self.movements.advance(facts.ref(practice), facts.payment_id, step, seen=seen)[1]

    def _alert_if_different(self, practice: str, payment: Payment, facts: Facts) -> None:
        """Before it is credited: afterwards the payment's amount is what was captured."""
        if facts.currency != payment.currency:
            self._call_person(practice, AlertName.CURRENCY_DIFFERS, facts)
        elif facts.amount_minor != payment.amount_minor:
            asked = payment.amount_minor
            self._call_person(practice, AlertName.AMOUNT_DIFFERS, facts, asked_minor=asked)

    def _follow_up(self, practice: str, processor: str, facts: Facts, paid: Payment) -> None:
        after_capture = AfterCapture(self.movements)
        self._alert_of_excess(practice, facts, paid)
        contradicted = after_capture.settle(practice, processor, facts)
        if facts.refunds or facts.disputes:  # somebody else may have posted the other since `paid` was read
            self._alert_of_excess(practice, facts, self.movements.payment(practice, facts))
        if not contradicted:
            self._close_alerts(practice, facts)
            return
        # Before a person is called: the news may be overtaken, and what came later may have made room.
        before = self.movements.payment(practice, facts)
        # By a dispute, where there is one: of a payment that is disputed no more, Stripe names none.
        disputes = (Reference(ObjectKind.DISPUTE, dispute.id) for dispute in facts.disputes)
        about = next(disputes, facts.money)
        fresh = self.processors.of(practice, processor).look(about) or facts
        for found in after_capture.settle(practice, processor, fresh, before=before):
            if found.error.code == DECIDED_BEFORE:  # since we looked: whoever looks next knows
                raise Busy(found.error.code)
            self.alerting.refused(practice, found.error, found.name, **_ids(facts))

    def _alert_of_excess(self, practice: str, facts: Facts, paid: Payment) -> None:
        """Before it is posted, so that a crash hides nothing, and after it, for what came in between."""
        for name, excess_minor in beyond(facts, paid.disputes, paid.refunded_minor):
            what = {**_ids(facts), "excess_minor": excess_minor, "currency": facts.currency}
            self.alerting.raise_alert(practice, Cause(AlertName.DISPUTE_ABOVE_PAYMENT, name, what))

    def _close_alerts(self, practice: str, facts: Facts) -> None:
        """What was to come back has come."""
        for dispute in facts.disputes:
            if dispute.decision is Decision.WON:
                cause = Cause(AlertName.DISPUTE_NOT_RETURNED, dispute.id)
                self.alerting.over(practice, cause, note="the money came back")

    def _call_person(self, practice: str, name: AlertName, facts: Facts, **about: int) -> None:
        what = {**_ids(facts), "amount_minor": facts.amount_minor, "currency": facts.currency, **about}
        self.alerting.raise_alert(practice, Cause(name, facts.intent_id, what))

    def _advance(self, practice: str, seen: Seen, facts: Facts) -> Seen:
        def step(payment: Payment) -> Step:
            event = EVENTS.get((facts.stage, payment.state))
            if event is None:
                return None
            # A failed stage is a debit that came back, even where we never heard that it was submitted.
            back = event is Event.RETURNED or facts.stage is Stage.FAILED
            return event, {**_known(payment, facts), **(_returned(facts) if back else {})}

        ref, id_ = facts.ref(practice), facts.payment_id
        change, now = self.movements.advance(ref, id_, step, seen=seen)
        if change and change.payment and change.payment.notice:
            self._tell_documents(returned_message(ref, id_))
        return now

    def _credit(self, practice: str, processor: str, facts: Facts, seen: Seen) -> Seen:
        on = self._captured_on(practice, facts, seen)

        def make(account: Account, payment: Payment) -> tuple[Draft, Paid] | None:
            if payment.state is State.SUCCEEDED:
                return None
            if facts.currency != payment.currency:
                raise Refused("currency_mixed")
            allocation = refit(first_of(payment.allocation.shares, facts.amount_minor), account.ledger.open)
            paid_now = called(account.ledger.open, (share.charge_id for share in allocation.shares))
            services = {**payment.services, **paid_now}
            draft = drafts.payment(
                account.ledger, allocation, processor=processor, on=on,
                reference=facts.intent_id, payment_id=payment.id,
            )  # fmt: skip

            def paid(after: Account, entry: Entry) -> Payment:
                return advance(
                    payment,
                    Event.CAPTURED,
                    at=entry.recorded_at,
                    **_known(payment, facts),
                    allocation=allocation,
                    services=services,
                    amount_minor=facts.amount_minor,
                    entry_seq=entry.seq,
                    date=on,
                    owed_after_minor=None if payment.guest else after.ledger.balance_minor,
                    failure="",
                    returned=False,
                    notice="",
                )

            return draft, paid

        key = at_processor(processor, facts.intent_id, Outcome.SUCCEEDED)
        fee = _capture_fee(processor, facts, on)
        now = self.movements.post(practice, facts, key, make, due=RECEIPT, seen=seen, fee=fee)
        if now is None:  # somebody else did
            return self.movements.seen(practice, facts)
        self._tell_documents(receipt_message(practice, key))
        return now

    def _post_capture_fee(self, practice: str, processor: str, facts: Facts, seen: Seen) -> Seen:
        """Where it was not known, or not posted, with the capture."""
        fee = _capture_fee(processor, facts, seen.existing.date)
        if fee is None or seen.existing.fee_minor is not None:
            return seen

        def make(account: Account, payment: Payment) -> tuple[Draft, Paid] | None:
            if payment.fee_minor is not None:
                return None
            charged = replace(payment, fee_minor=fee.moved.fee_minor, version=payment.version + 1)
            return fee.draft(account, payment), lambda _after, _entry: charged

        posted = self.movements.post(practice, facts, fee.key, make, seen=seen)
        return posted or self.movements.seen(practice, facts)

    def _captured_on(self, practice: str, facts: Facts, seen: Seen) -> str:
        at = facts.captured_at or instant(self.clock.now())
        return local_date(at, seen.practice.timezone) if seen.practice else self.movements.local(practice, at)

    def _tell_documents(self, message: Mapping[str, str]) -> None:
        try:
            self.documents.send(message)
        except Busy:
            # The marker, or the payment, stays in the work list; sweep sends it again.
            log.warning("notice not queued", extra=dict(message))


def _capture_fee(processor: str, facts: Facts, on: str) -> CaptureFee | None:
    moved = facts.captured
    return CaptureFee(processor, moved, on) if moved and moved.fee_minor else None


def _has_more(facts: Facts) -> bool:
    """Whether something beside the capture was posted."""
    return bool(
        facts.refunds or facts.disputes or facts.reversed or (facts.stage in _ENDED and facts.movements)
    )


def _ids(facts: Facts) -> dict[str, str | int]:
    return {"account": facts.account_id, "payment": facts.payment_id, "intent": facts.intent_id}


def _known(payment: Payment, facts: Facts) -> dict[str, object]:
    """What both know of the attempt."""
    return {
        "session_id": facts.session_id or payment.session_id,
        "intent_id": facts.intent_id or payment.intent_id,
        "method": facts.method or payment.method,
        "cardholder": facts.cardholder or payment.cardholder,
    }


def _returned(facts: Facts) -> dict[str, object]:
    """Nothing was paid after all, days after the payer thought it was: they have to be told."""
    why = facts.return_reason or facts.stage
    return {"failure": why.value, "returned": facts.stage is Stage.FAILED, "notice": RETURNED}
