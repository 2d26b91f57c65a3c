"""Pay: intent first, then one call to the processor (opening.py), then its outcome. No step is repeated
blindly.

Crash after any step: the intent is in the work list, and `check` (return page, sweep) finds out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.kernel.errors import Invalid, Refused, Stale, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.accounts import Account, with_reservation
from chalicelib.ledger.domain.payments import Event, Payment, State
from chalicelib.ledger.ports.ledgers import Change, Ledgers
from chalicelib.ledger.services.recording import record
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.quotes import Quote, Scope, quote
from chalicelib.payments.domain.references import reference
from chalicelib.payments.domain.ways import Offer, offers
from chalicelib.payments.ports.processors import (
    Completes,
    Facts,
    Processor,
    Processors,
    Stage,
    reference_of,
)
from chalicelib.payments.services.completing import CALL, Completing
from chalicelib.payments.services.opening import Opening
from chalicelib.payments.services.payment_limits import PaymentLimits
from chalicelib.payments.services.settling import Settling
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices

REPLACEMENTS = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """A payer's request to pay. `id` is the Idempotency-Key, made by the page before it first asked; `actor`
    is the text of who asks. `way`: what they chose; "" leaves the choice among those of the practice's first
    processor to its page."""

    id: str
    scope: Scope
    quote_key: str
    amount_minor: int
    notes: str
    person_id: str
    locale: str
    body_hash: str
    actor: str
    way: str = ""


@dataclass(frozen=True)
class Paying:
    ledgers: Ledgers
    practices: Practices
    processors: Processors
    settling: Settling
    limits: PaymentLimits
    keys: Keys
    clock: Clock
    public_url: str

    @property
    def _opening(self) -> Opening:
        return Opening(self.ledgers, self.processors, self.settling, self.clock, self.public_url)

    @property
    def _completing(self) -> Completing:
        return self.settling.completing

    def quote(self, practice_id: str, account_id: str, scope: Scope) -> Quote:
        """Errors: see domain.quotes; account_updating while an import holds the account."""
        practice, account = self._practice(practice_id), self._account(practice_id, account_id)
        return quote(practice, account, scope, self.bounds(practice, account.ledger.currency))

    def bounds(self, practice: Practice, currency: str) -> Bounds:
        """What a payment there may come to, whichever way its payer chooses."""
        offered = {offer.processor for offer in self.offers(practice, currency)}
        return Bounds.of(map(self.processors.abilities, offered), currency, practice.limit_minor)

    def offers(self, practice: Practice, currency: str) -> Sequence[Offer]:
        """The ways to pay there."""
        abilities = {name: self.processors.abilities(name) for name in practice.processors}
        return offers(practice, abilities, currency)

    def start(self, practice_id: str, account_id: str, wish: Wish) -> Payment:
        """The payment, awaiting its payer; the same one when asked again with the same key and body.

        Errors: Invalid idempotency_key_reused; Stale quote_stale with the new quote; Refused
        payment_unknown while an earlier attempt is being checked, or too_many_payments; ProcessorRefused.
        """
        known = self.ledgers.payment(practice_id, account_id, wish.id)
        if known is not None:
            return _replayed(known, wish)
        practice = self._practice(practice_id)
        account = self._account(practice_id, account_id)
        if wish.id not in account.reserved:  # else the other of two clicks was faster
            self._agreed(practice, account, wish)  # before any attempt makes way for it
        self.limits.start(practice_id, account_id, wish.person_id, wish.id)
        for _ in range(REPLACEMENTS):
            self._replace_waiting(practice_id, account_id, keep=wish.id)
            try:
                payment, new = self._intend(practice, account_id, wish)
            except _Waiting:
                continue  # another tab started an attempt after ours had made way
            return self._opening.open(practice, payment) if new else payment
        raise Busy("attempts replace each other")

    def check(self, practice_id: str, account_id: str, payment_id: str) -> Payment:
        """Ask the processor how the payment stands, and settle it. Error: NotFound payment_not_found."""
        payment = self.payment(practice_id, account_id, payment_id)
        if not payment.live or self._being_asked(payment):
            return payment
        if payment.state is State.CAPTURING:
            payment = self._completing.moved(practice_id, payment, Event.TIMED_OUT)
        if known := reference_of(payment):
            return self._looked(practice_id, payment, self._processor(practice_id, payment).look(known))
        return self._opening.find_out(self._practice(practice_id), payment)

    def _looked(self, practice_id: str, payment: Payment, facts: Facts | None) -> Payment:
        if payment.state is State.UNKNOWN and facts is not None and facts.stage is Stage.OPEN:
            # The money was not taken when that was asked: its payer has to choose another way.
            return self._completing.moved(practice_id, payment, Event.DECLINED)
        if facts is not None and self._abandoned(practice_id, payment, facts):
            return self._completing.moved(practice_id, payment, Event.EXPIRED)
        return self._opening.settled(practice_id, payment, facts)

    def _abandoned(self, practice_id: str, payment: Payment, facts: Facts) -> bool:
        """Nobody approved it in time, where no session ends by itself: we end it, and never complete it."""
        processor = self._processor(practice_id, payment)
        waits = (payment.state, facts.stage) == (State.AWAITING, Stage.OPEN)
        if not waits or not isinstance(processor, Completes):
            return False
        return self.clock.now() - _instant(payment.created_at) >= processor.abilities.attempt_lifetime

    def cancel(self, practice_id: str, account_id: str, payment_id: str) -> Payment:
        """End an unpaid attempt at the processor; if it was paid after all, it is settled as paid."""
        payment = self.payment(practice_id, account_id, payment_id)
        if payment.state is State.AWAITING:
            processor = self._processor(practice_id, payment)
            facts = processor.expire(payment.session_id)
            if isinstance(processor, Completes) and facts.stage in (Stage.OPEN, Stage.APPROVED):
                # It cannot be ended there; it is never completed from now on.
                return self._completing.moved(practice_id, payment, Event.CANCELED)
            if facts.stage is Stage.EXPIRED:  # not by itself: somebody asked
                facts = replace(facts, stage=Stage.CANCELED)
            return self._opening.settled(practice_id, payment, facts)
        return payment

    def payment(self, practice_id: str, account_id: str, payment_id: str) -> Payment:
        return present(self.ledgers.payment(practice_id, account_id, payment_id), "payment_not_found")

    def _replace_waiting(self, practice_id: str, account_id: str, *, keep: str) -> None:
        """One unfinished attempt per account: an older one is ended at the processor first.

        `keep` is our own: the first of two clicks may have opened it since the second looked.
        """
        for payment_id, held in self._account(practice_id, account_id).reserved.items():
            if not held.firm and payment_id != keep:
                self.cancel(practice_id, account_id, payment_id)

    def _intend(self, practice: Practice, account_id: str, wish: Wish) -> tuple[Payment, bool]:
        """The payment, and whether it is new (else another request with the same key was faster)."""
        made: list[Payment] = []

        def decide(account: Account) -> Change | None:
            known = self.ledgers.payment(practice.id, account_id, wish.id)
            if known is not None:
                made.append(_replayed(known, wish))
                return None
            if any(not held.firm for held in account.reserved.values()):
                raise _Waiting
            offered = self._agreed(practice, account, wish)
            payment = self._created(practice, account, wish, offered)
            made.append(payment)
            return Change(account, with_reservation(account, payment), payment=payment)

        change = record(self.ledgers, self.clock, practice.id, account_id, decide)
        # Ours as well: what an earlier try wrote, whose reply was lost.
        return made[-1], change is not None or made[-1] in made[:-1]

    def _agreed(self, practice: Practice, account: Account, wish: Wish) -> Quote:
        """The quote that the payer has seen, if it still holds. Error: Stale quote_stale with the new one."""
        bounds = self.bounds(practice, account.ledger.currency)
        offered = quote(practice, _not_held(account), wish.scope, bounds)
        if (offered.key, offered.amount_minor) != (wish.quote_key, wish.amount_minor):
            raise Stale("quote_stale", quote=offered)
        return offered

    def _created(self, practice: Practice, account: Account, wish: Wish, offered: Quote) -> Payment:
        now = instant(self.clock.now())
        chosen = _chosen(self.offers(practice, offered.currency), wish.way)
        return Payment(
            id=wish.id,
            account_id=account.id,
            amount_minor=offered.amount_minor,
            currency=offered.currency,
            allocation=offered.allocation,
            state=State.CREATED,
            processor=chosen[0].processor,
            flow=chosen[0].flow.value,
            ways=tuple(offer.way.value for offer in chosen),
            body_hash=wish.body_hash,
            date=local_date(now, practice.timezone),
            created_at=now,
            updated_at=now,
            person_id=wish.person_id,
            actor=wish.actor,
            locale=wish.locale,
            notes=wish.notes,
            reference=self._reference(practice.id, account.id, wish.id),
            version=1,
        )

    def _reference(self, practice_id: str, account_id: str, payment_id: str) -> str:
        """Made of the payer's key and ours: who pays can neither choose it nor know it before."""
        text = f"{practice_id}/{account_id}/{payment_id}"
        return reference(self.keys.keyed_hash("payment-reference", text))

    def _processor(self, practice_id: str, payment: Payment) -> Processor:
        return self.processors.of(practice_id, payment.processor)

    def _being_asked(self, payment: Payment) -> bool:
        """Another request is at the processor with it right now."""
        age = self.clock.now() - _instant(payment.updated_at)
        return payment.state in (State.CREATED, State.CAPTURING) and age < CALL

    def _practice(self, practice_id: str) -> Practice:
        return present(self.practices.practice(practice_id), "practice_not_found")

    def _account(self, practice_id: str, account_id: str) -> Account:
        account = present(self.ledgers.account(practice_id, account_id), "account_not_found")
        return _not_held(account)


class _Waiting(Exception):
    """An attempt waits for its payer; it must be ended before another starts."""


def _chosen(offered: Sequence[Offer], way: str) -> Sequence[Offer]:
    """Error: way_unavailable."""
    first = next((offer for offer in offered if way in ("", offer.way)), None)
    if first is None:
        raise Invalid("way_unavailable", "way")
    return [first] if way else [offer for offer in offered if offer.processor == first.processor]


def _instant(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _replayed(known: Payment, wish: Wish) -> Payment:
    if known.body_hash != wish.body_hash:
        raise Invalid("idempotency_key_reused", "Idempotency-Key")
    return known


def _not_held(account: Account) -> Account:
    if account.hold:
        raise Refused("account_updating")
    return account
