"""Post captured money whose payment is lost: the table was restored to an earlier moment, and what was paid
since is at the processor alone, under our ids.

A payment's row is written before its processor is called (paying.py), and is read here strongly. So a row
that is absent is not on its way: it was lost, and nobody writes it any more but whoever adopts it.
The row, its entry and the usual marker are one transaction, so that adopting it twice, or beside a webhook,
is one credit. What the payer had chosen is lost with the row: the oldest items are paid first.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from chalicelib.kernel.actors import Actor
from chalicelib.kernel.errors import BillfoldError, NotFound, Refused, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy, Conflict, ProcessorMissing
from chalicelib.ledger.domain.accounts import Account, is_guests
from chalicelib.ledger.domain.allocation import Allocation, allocate
from chalicelib.ledger.domain.history import called
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.recording import ATTEMPTS, Seen
from chalicelib.operations.domain.alerts import Alert, AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.payments.domain.abilities import Flow
from chalicelib.payments.ports.processors import Facts, Listing, ObjectKind, Processors, Reference, Stage
from chalicelib.payments.services import duplicates
from chalicelib.payments.services.printed_references import printed_reference
from chalicelib.payments.services.settling import Settling
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Person, Practice
from chalicelib.practice.ports import People

T = TypeVar("T")
LOST_KEY = "lost"  # of a guest's payment: it stands under the hash of the key, by which its payer still asks
log = logging.getLogger("billfold.adopting")


@dataclass(frozen=True, slots=True)
class Adopted:
    """`payment` as it is, or would be; `facts` of its money. `before`: it was in the ledger already."""

    payment: Payment
    facts: Facts
    before: bool


@dataclass(frozen=True, slots=True)
class _Found:
    processor: str
    facts: Facts
    seen: Seen

    @property
    def before(self) -> bool:
        return self.seen.existing.state is State.SUCCEEDED


class _Known(Exception):
    """Its payment is there: it is not lost."""


@dataclass(frozen=True)
class Adopting:
    ledgers: Ledgers
    people: People
    processors: Processors
    settling: Settling
    alerting: Alerting
    keys: Keys
    clock: Clock

    def adopt(self, practice: Practice, intent_id: str, *, actor: Actor, anyway: bool = False) -> Adopted:
        """Post it, on an operator's word; what is posted already is only settled. `intent_id`: the
        processor's id of the money. `anyway`: although it may be in the ledger under another name.

        Errors: NotFound adoption_not_found, adoption_not_ours, adoption_account_unknown; Refused
        adoption_not_captured, adoption_taken, adoption_not_opened, adoption_typed_in, and unless `anyway`
        adoption_resembles, adoption_decided; currency_mixed; payments_disabled; as Settling.settle.
        """

        def act() -> Adopted:
            found = self._found(practice, intent_id, actor.text, anyway=anyway)
            return Adopted(self._settled(practice.id, found), found.facts, found.before)

        return self._again(act)

    def foresee(self, practice: Practice, intent_id: str, *, actor: Actor, anyway: bool = False) -> Adopted:
        """What `adopt` would come to, as the account is now. Errors: as `adopt`."""
        found = self._again(lambda: self._found(practice, intent_id, actor.text, anyway=anyway))
        payment, facts, open_items = found.seen.existing, found.facts, found.seen.account.ledger.open
        if found.seen.payment is None:
            allocation = allocate(facts.amount_minor, open_items.values())
            payment = replace(
                payment,
                allocation=allocation,
                services=called(open_items, (share.charge_id for share in allocation.shares)),
                date=local_date(facts.captured_at or instant(self.clock.now()), practice.timezone),
                method=facts.method,
            )
        return Adopted(payment, facts, found.before)

    def by_itself(self, practice: str, processor: str, facts: Facts) -> Payment | None:
        """The payment that was adopted without anybody's word; None where it is not lost, was not captured,
        or where a person has to decide."""
        try:
            return self._again(lambda: self._settled(practice, self._lost(practice, processor, facts)))
        except _Known:
            return None
        except BillfoldError as error:
            log.info("not adopted", extra={**_about(practice, facts), "code": error.code})
            return None

    def look_again(self, practice: str, processor: str, alert: Alert) -> None:
        """Adopt what a person was called for, if it may be by now; close the call where it is in the ledger.

        Errors: ProcessorTimeout, ProcessorRefused, Busy.
        """
        about = Reference(ObjectKind.PAYMENT, alert.cause.subject)
        facts = self.processors.of(practice, processor).look(about)
        if facts is None or self.by_itself(practice, processor, facts) is not None:
            return
        payment = self.ledgers.payment(facts.ref(practice), facts.payment_id)
        if payment is not None and _is_credited(payment, processor, facts):
            self._close(practice, payment)

    def _again(self, act: Callable[[], T]) -> T:
        """What comes of it, from the beginning where somebody wrote to the account meanwhile: that may be
        this very money, adopted or entered by hand. Errors: as `act`; Busy."""
        for attempt in range(ATTEMPTS):
            try:
                return act()
            except Conflict:
                self.clock.pause(attempt)
        raise Busy("the account stays contended")

    def _found(self, practice: Practice, intent_id: str, actor: str, *, anyway: bool) -> _Found:
        processor, facts = self._told(practice, intent_id)
        seen = replace(self._seen(practice.id, processor, facts), practice=practice)
        if seen.payment is None:
            facts = self._beyond_doubt(practice.id, processor, facts, seen.account, anyway=anyway)
            seen = replace(seen, lost=self._anew(practice.id, processor, facts, actor))
        return _Found(processor, facts, seen)

    def _lost(self, practice: str, processor: str, facts: Facts) -> _Found:
        """Errors: _Known, and as `_found`."""
        seen = self._seen(practice, processor, facts)
        if seen.payment is not None:
            raise _Known
        facts = self._beyond_doubt(practice, processor, facts, seen.account)
        return _Found(processor, facts, replace(seen, lost=self._anew(practice, processor, facts, actor="")))

    def _told(self, practice: Practice, intent_id: str) -> tuple[str, Facts]:
        """By which of the practice's processors, and what. Errors: adoption_not_found, adoption_not_ours."""
        for name in practice.processors:
            try:
                facts = self.processors.of(practice.id, name).look(Reference(ObjectKind.PAYMENT, intent_id))
            except ProcessorMissing:
                continue
            return name, present(facts, "adoption_not_ours", "id")
        raise NotFound("adoption_not_found", "id")

    def _seen(self, practice: str, processor: str, facts: Facts) -> Seen:
        """The account, and the payment, if it is there.

        Errors: adoption_not_captured, adoption_account_unknown, adoption_taken, currency_mixed.
        """
        if facts.stage is not Stage.SUCCEEDED:
            raise Refused("adoption_not_captured", "id", state=facts.stage.value)
        # The marker first: where it stands its payment does, too, and is seen by whoever looks later.
        key = at_processor(processor, facts.intent_id, Outcome.SUCCEEDED)
        marker, ref = self.ledgers.marker(practice, key), facts.ref(practice)
        account, payment = self.ledgers.account_and_payment(ref, facts.payment_id)
        if account is None and _is_guests(facts):  # it is made with its credit
            account = Account(facts.account_id, Ledger(self._currency(practice)))
        account = present(account, "adoption_account_unknown", "id")
        ours = (facts.account_id, facts.payment_id if payment else "")
        if (marker and (marker.account_id, marker.payment_id) != ours) or not _may_be(
            payment, processor, facts
        ):
            raise Refused("adoption_taken", "id")
        if account.ledger.currency != facts.currency:
            raise Refused("currency_mixed", "id", currency=facts.currency)
        return Seen(account, payment)

    def _currency(self, practice: str) -> str:
        return present(self.settling.practices.practice(practice), "practice_not_found").currency

    def _anew(self, practice: str, processor: str, facts: Facts, actor: str) -> Payment:
        """The payment before its money came, as far as the processor knows it. None of it is allocated: where
        it goes is decided when it is posted."""
        now, payer = instant(self.clock.now()), self._payer(practice, facts.account_id)
        client = self.people.client(practice, facts.account_id)
        return Payment(
            id=facts.payment_id,
            account_id=facts.account_id,
            amount_minor=facts.amount_minor,
            currency=facts.currency,
            allocation=Allocation((), facts.amount_minor),
            state=State.UNKNOWN,
            processor=processor,
            flow=Flow.REDIRECT.value,
            body_hash="",
            date="",
            created_at=facts.captured_at or now,
            updated_at=now,
            person_id=payer.id if payer else "",
            actor=actor,
            locale=payer.locale if payer else client.locale if client else "en",
            reference=printed_reference(self.keys, facts.ref(practice), facts.payment_id),
            guest=LOST_KEY if _is_guests(facts) else "",
        )

    def _payer(self, practice: str, account_id: str) -> Person | None:
        """The person who may pay the account, if nobody else may. Else it is lost who did, and a receipt
        would tell one of them what another paid."""
        everybody = self.people.people(practice)
        may = [person for person in everybody if account_id in {grant.account_id for grant in person.grants}]
        return may[0] if len(may) == 1 else None

    def _beyond_doubt(
        self, practice: str, processor: str, facts: Facts, account: Account, *, anyway: bool = False
    ) -> Facts:
        """The facts, with the session that we opened. Errors: adoption_not_opened, adoption_taken,
        adoption_typed_in, adoption_decided, adoption_resembles; Conflict, where it is lost no more."""
        facts = self._opened(practice, processor, facts)
        try:
            self._refuse_doubt(practice, processor, facts, account, anyway=anyway)
        except Refused:
            if self.ledgers.payment(facts.ref(practice), facts.payment_id) is None:
                raise
            raise Conflict("adopted meanwhile") from None  # whose entry it was, and who closed the call
        return facts

    def _refuse_doubt(
        self, practice: str, processor: str, facts: Facts, account: Account, *, anyway: bool
    ) -> None:
        ref = facts.ref(practice)
        # What somebody else has posted since the account was read is no reason to refuse.
        entries = list(self.ledgers.entries(ref, last=account.ledger.seq))
        duplicates.refuse_posted(entries, processor, facts)
        duplicates.refuse_named(self.ledgers, ref, entries, facts)
        if not anyway:
            self._refuse_decided(practice, facts)
            duplicates.refuse_alike(entries, facts)

    def _opened(self, practice: str, processor: str, facts: Facts) -> Facts:
        """Our ids on money prove nothing: whoever copies them to a second payment would have it credited in
        place of the first. The attempt that we opened names the money that came of it."""
        at = self.processors.of(practice, processor)
        attempt = at.attempt_of(facts.intent_id) if isinstance(at, Listing) else None
        if attempt is None or _ids(attempt) != _ids(facts):
            raise Refused("adoption_not_opened", "id")
        return replace(facts, session_id=attempt.session_id)

    def _refuse_decided(self, practice: str, facts: Facts) -> None:
        """A call that was closed says that a person has decided, mostly by posting it under another book."""
        known = self.alerting.alerts.alert(practice, _call(facts.intent_id).id)
        if known is not None and not known.open:
            raise Refused("adoption_decided", "id", note=known.note, closed_at=known.closed_at)

    def _settled(self, practice: str, found: _Found) -> Payment:
        """Error: adoption_taken, where somebody else's money was credited to it meanwhile, or the ledger's
        rules refuse this."""
        facts, processor = found.facts, found.processor
        payment = self.settling.settled(practice, processor, facts, seen=found.seen).existing
        if not _is_credited(payment, processor, facts):
            raise Refused("adoption_taken", "id")
        if found.seen.payment is None:
            log.info("payment adopted", extra=_about(practice, facts))
        self._close(practice, payment)
        return payment

    def _close(self, practice: str, payment: Payment) -> None:
        self.alerting.over(practice, _call(payment.intent_id), note=f"in the ledger as {payment.reference}")


def _may_be(payment: Payment | None, processor: str, facts: Facts) -> bool:
    """Whether the payment, if there is one, can be what that money is for."""
    return payment is None or (payment.processor == processor and payment.intent_id in ("", facts.intent_id))


def _is_credited(payment: Payment, processor: str, facts: Facts) -> bool:
    credited = payment.state is State.SUCCEEDED and payment.intent_id == facts.intent_id
    return credited and payment.processor == processor


def _is_guests(facts: Facts) -> bool:
    return is_guests(facts.account_id) and facts.payment_id == facts.account_id


def _ids(facts: Facts) -> tuple[str, str, str]:
    return facts.payment_id, facts.account_id, facts.intent_id


def _call(intent_id: str) -> Cause:
    return Cause(AlertName.UNKNOWN_MONEY, intent_id)


def _about(practice: str, facts: Facts) -> dict[str, str]:
    ids = {"account": facts.account_id, "payment": facts.payment_id, "intent": facts.intent_id}
    return {"practice": practice, **ids}
