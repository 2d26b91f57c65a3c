"""Open an attempt at the processor, or charge a saved method; find out about one whose answer was not heard.

Unknown is never taken for no: only what the processor says, or its silence once its keys are forgotten, frees
the items of a payment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.identity.services.links import Links
from chalicelib.identity.services.pay_links import PAGE
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import (
    ProcessorDenied,
    ProcessorMissing,
    ProcessorRefused,
    ProcessorTimeout,
)
from chalicelib.ledger.domain.payments import Event, Payment, State
from chalicelib.ledger.services.recording import Seen
from chalicelib.payments.ports.processors import (
    Attempt,
    Charges,
    Completes,
    Embedded,
    Facts,
    Listing,
    Opened,
    Processor,
    Processors,
    Redirect,
    SavedMethod,
    Stage,
)
from chalicelib.payments.ports.saving import Saves
from chalicelib.payments.services.movements import Step
from chalicelib.payments.services.settling import Settling
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice

RESULT_LINK = "result"
RESULT_DAYS = 7  # a bank debit takes as long


@dataclass(frozen=True)
class Opening:
    processors: Processors
    settling: Settling
    clock: Clock
    public_url: str
    links: Links | None = None  # of guests: none of theirs is paid by one

    def open(self, practice: Practice, seen: Seen) -> Seen:
        """The payment, awaiting its payer or unknown; one that is charged to a saved method, as that went.
        Errors, and the payment has failed: ProcessorRefused; Refused method_refused."""
        try:
            return self._asked(practice, seen)
        except ProcessorRefused as refusal:
            self._outcome(practice.id, seen, Event.REFUSED, failure=refusal.code)
            if seen.existing.charged and not isinstance(refusal, ProcessorDenied):
                raise Refused("method_refused", "method") from refusal
            raise

    def find_out(self, practice: Practice, seen: Seen) -> Seen:
        """The processor never answered: ask again with the same key, and look when that says nothing either.

        Error: ProcessorDenied (which says nothing of the first call).
        """
        payment, refusal = seen.existing, ""
        age = self.clock.now() - datetime.fromisoformat(payment.created_at)
        if age >= self.processors.abilities(payment.processor).key_lifetime:
            return self._searched(practice.id, seen, Event.NEVER_ARRIVED, "never_arrived")
        try:
            asked = self._asked(practice, seen)
        except ProcessorDenied:
            raise
        except ProcessorMissing as error:
            refusal = error.code if self._knows_payer(practice.id, payment) else ""
        except ProcessorRefused as error:
            refusal = error.code
        else:
            if asked.existing.state is not State.UNKNOWN or payment.state is State.CREATED:
                return asked
        return self._searched(practice.id, seen, Event.REFUSED if refusal else None, refusal)

    def _knows_payer(self, practice_id: str, payment: Payment) -> bool:
        """Whether the no to a saved method is that of who was asked to charge it: another account's keys, put
        in since, know nobody whom these payments are of."""
        processor = self._processor(practice_id, payment)
        if not payment.charged or not isinstance(processor, Saves):
            return True
        try:
            processor.held(payment.payer)
        except ProcessorMissing:
            return False
        return True

    def _searched(self, practice_id: str, seen: Seen, nothing: Event | None, why: str) -> Seen:
        """Settled from what the processor has of it; as it is where the processor does not answer.

        `nothing` is what it means that nothing is found: None while the key lives, for the call may be under
        way still, and lists lag.
        """
        try:
            facts = self._found(practice_id, seen.existing)
        except ProcessorTimeout:
            return seen
        if facts is None:
            return self._outcome(practice_id, seen, nothing, failure=why) if nothing else seen
        return self.settled(practice_id, seen, facts)

    def _found(self, practice_id: str, payment: Payment) -> Facts | None:
        processor, since = self._processor(practice_id, payment), datetime.fromisoformat(payment.created_at)
        if isinstance(processor, Completes):
            return None  # nobody was shown it, so that nothing was approved, and no money moved
        if not isinstance(processor, Listing):
            raise ProcessorTimeout("nobody can tell")
        facts = processor.find(payment.id, account_id=payment.account_id, since=since)
        if facts is not None and facts.stage is Stage.OPEN and facts.session_id:
            # Nobody was shown it, and its key may answer with an error for a day.
            return processor.expire(facts.session_id)
        if facts and payment.charged and facts.stage is Stage.OPEN and isinstance(processor, Saves):
            return processor.call_off(facts.intent_id)  # its payer's bank waits for them, and never ends it
        return facts

    def settled(self, practice_id: str, seen: Seen, facts: Facts | None) -> Seen:
        if facts is None or facts.stage is Stage.OPEN or facts.account_id != seen.account.id:
            return seen
        return self.settling.settled(practice_id, seen.existing.processor, facts, seen=seen)

    def _asked(self, practice: Practice, seen: Seen) -> Seen:
        payment = seen.existing
        if payment.charged:
            return self._charged(practice, seen)
        try:
            opened = self._processor(practice.id, payment).open(self._attempt(practice, payment))
        except ProcessorTimeout:
            return self._outcome(practice.id, seen, Event.TIMED_OUT)
        return self._outcome(practice.id, seen, Event.OPENED, **_where_to_pay(opened))

    def _charged(self, practice: Practice, seen: Seen) -> Seen:
        """Once, by its key: also asked again it is never opened as a checkout. Error: ProcessorRefused."""
        payment, processor = seen.existing, self._processor(practice.id, seen.existing)
        if not isinstance(processor, Charges):
            raise ProcessorRefused("charges_nothing")
        method = SavedMethod(payment.charged, payment.payer)
        try:
            made = processor.charge(self._attempt(practice, payment), method, present=True)
        except ProcessorTimeout:
            return self._outcome(practice.id, seen, Event.TIMED_OUT)
        if made.facts.stage is not Stage.OPEN:
            return self.settled(practice.id, seen, made.facts)
        where = {"next_url": made.next.url} if isinstance(made.next, Redirect) else {}
        return self._outcome(practice.id, seen, Event.OPENED, intent_id=made.facts.intent_id, **where)

    def _outcome(self, practice_id: str, seen: Seen, event: Event, **changes: str) -> Seen:
        """Write what the call to the processor came to, unless somebody else found out first."""

        def step(current: Payment) -> Step:
            if current.state not in (State.CREATED, State.UNKNOWN) or (
                event is Event.TIMED_OUT and current.state is State.UNKNOWN
            ):
                return None
            return event, changes

        ref = seen.account.ref(practice_id)
        return self.settling.movements.advance(ref, seen.existing.id, step, seen=seen)[1]

    def _attempt(self, practice: Practice, payment: Payment) -> Attempt:
        page, canceled = self._pages(practice, payment)
        return Attempt(
            payment_id=payment.id,
            account_id=payment.account_id,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            flow=payment.flow,
            ways=payment.ways,
            locale=payment.locale,
            return_url=page,
            cancel_url=canceled,
            created_at=payment.created_at,
            saves_for="" if payment.charged else payment.payer,
            security_code=payment.security_code,
        )

    def _pages(self, practice: Practice, payment: Payment) -> tuple[str, str]:
        """Where its payer comes back, and where they do who went back. A guest's secret is in the path:
        processors add what they like to a query, and not all of them keep a fragment. Who pays by a link may
        have neither a cookie nor the page's memory then: the address opens what became of that one payment,
        and the processor learns nothing else by it."""
        origin = f"{self.public_url}/{practice.id}"
        if payment.guest:
            return (page := f"{origin}/guest/{payment.guest}"), f"{page}?canceled=1"
        page = f"{origin}/return?account={payment.account_id}&payment={payment.id}"
        if self.links and payment.by_link:
            ref = payment.ref(practice.id)
            token = self.links.token(ref, kind=RESULT_LINK, payment_id=payment.id, days=RESULT_DAYS)
            page = f"{origin}/{PAGE}?result={token}"
        return page, f"{page}&canceled=1"

    def _processor(self, practice_id: str, payment: Payment) -> Processor:
        return self.processors.of(practice_id, payment.processor)


def _where_to_pay(opened: Opened) -> Mapping[str, str]:
    match opened.next:
        case Redirect(url):
            return {"session_id": opened.session_id, "next_url": url}
        case Embedded(secret):
            return {"session_id": opened.session_id, "client_secret": secret}
