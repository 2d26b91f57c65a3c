"""Pay: intent first, then one call to the processor (opening.py), then its outcome. No step is repeated
blindly.

Crash after any step: the intent is in the work list, and `check` (return page, sweep) finds out.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel.errors import Invalid, Refused, Stale, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.accounts import Account, with_reservation
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Change, Ledgers
from chalicelib.ledger.services.recording import record
from chalicelib.payments.domain.quotes import Quote, Scope, quote
from chalicelib.payments.domain.references import reference
from chalicelib.payments.ports.processors import Processor, Processors, Stage
from chalicelib.payments.services.opening import Opening
from chalicelib.payments.services.payment_limits import PaymentLimits
from chalicelib.payments.services.settling import Settling
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices

PROCESSOR = "stripe"
OPENING = timedelta(seconds=30)  # longer than the deadline of one call
REPLACEMENTS = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """A payer's request to pay. `id` is the Idempotency-Key, made by the page before it first asked; `actor`
    is the text of who asks."""

    id: str
    scope: Scope
    quote_key: str
    amount_minor: int
    notes: str
    person_id: str
    locale: str
    body_hash: str
    actor: str


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

    def quote(self, practice_id: str, account_id: str, scope: Scope) -> Quote:
        """Errors: see domain.quotes; account_updating while an import holds the account."""
        return quote(self._practice(practice_id), self._account(practice_id, account_id), scope)

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
            _agreed(practice, account, wish)  # before any attempt makes way for it
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
        if not payment.live or self._being_opened(payment):
            return payment
        if payment.session_id:
            facts = self._processor(practice_id, payment).look(payment.session_id)
            return self._opening.settled(practice_id, payment, facts)
        return self._opening.find_out(self._practice(practice_id), payment)

    def cancel(self, practice_id: str, account_id: str, payment_id: str) -> Payment:
        """End an unpaid attempt at the processor; if it was paid after all, it is settled as paid."""
        payment = self.payment(practice_id, account_id, payment_id)
        if payment.state is State.AWAITING:
            facts = self._processor(practice_id, payment).expire(payment.session_id)
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
            offered = _agreed(practice, account, wish)
            payment = self._created(practice, account, wish, offered)
            made.append(payment)
            return Change(account, with_reservation(account, payment), payment=payment)

        change = record(self.ledgers, self.clock, practice.id, account_id, decide)
        # Ours as well: what an earlier try wrote, whose reply was lost.
        return made[-1], change is not None or made[-1] in made[:-1]

    def _created(self, practice: Practice, account: Account, wish: Wish, offered: Quote) -> Payment:
        now = instant(self.clock.now())
        return Payment(
            id=wish.id,
            account_id=account.id,
            amount_minor=offered.amount_minor,
            currency=offered.currency,
            allocation=offered.allocation,
            state=State.CREATED,
            processor=PROCESSOR,
            flow=practice.flow,
            body_hash=wish.body_hash,
            date=local_date(now, practice.timezone),
            created_at=now,
            updated_at=now,
            person_id=wish.person_id,
            actor=wish.actor,
            locale=wish.locale,
            notes=wish.notes,
            reference=self._reference(practice.id, account.id, wish.id),
            bank_debits=practice.bank_debits,
            version=1,
        )

    def _reference(self, practice_id: str, account_id: str, payment_id: str) -> str:
        """Made of the payer's key and ours: who pays can neither choose it nor know it before."""
        text = f"{practice_id}/{account_id}/{payment_id}"
        return reference(self.keys.keyed_hash("payment-reference", text))

    def _processor(self, practice_id: str, payment: Payment) -> Processor:
        return self.processors.of(practice_id, payment.processor)

    def _being_opened(self, payment: Payment) -> bool:
        """Another request is at the processor with it right now."""
        age = self.clock.now() - _instant(payment.updated_at)
        return payment.state is State.CREATED and age < OPENING

    def _practice(self, practice_id: str) -> Practice:
        return present(self.practices.practice(practice_id), "practice_not_found")

    def _account(self, practice_id: str, account_id: str) -> Account:
        account = present(self.ledgers.account(practice_id, account_id), "account_not_found")
        return _not_held(account)


class _Waiting(Exception):
    """An attempt waits for its payer; it must be ended before another starts."""


def _instant(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _replayed(known: Payment, wish: Wish) -> Payment:
    if known.body_hash != wish.body_hash:
        raise Invalid("idempotency_key_reused", "Idempotency-Key")
    return known


def _agreed(practice: Practice, account: Account, wish: Wish) -> Quote:
    """The quote that the payer has seen, if it still holds. Error: Stale quote_stale with the new one."""
    offered = quote(practice, _not_held(account), wish.scope)
    if (offered.key, offered.amount_minor) != (wish.quote_key, wish.amount_minor):
        raise Stale("quote_stale", quote=offered)
    return offered


def _not_held(account: Account) -> Account:
    if account.hold:
        raise Refused("account_updating")
    return account
