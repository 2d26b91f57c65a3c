"""Pay: intent first, then one call to the processor (opening.py), then its outcome. No step is repeated
blindly.

Crash after any step: the intent is in the work list, and `check` (return page, sweep) asks the processor
(attempts.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.identity.services.links import Links
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, Invalid, NotFound, Refused, Stale, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy, Conflict, ProcessorRefused
from chalicelib.ledger.domain.accounts import Account, standing, with_payment
from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.payments import NOT_STARTED, OUTSIDE, Payment, State
from chalicelib.ledger.ports.ledgers import Change, Ledgers
from chalicelib.ledger.services.recording import Seen, record_payment
from chalicelib.payments.domain.abilities import Flow
from chalicelib.payments.domain.quotes import Quote, Scope, quote
from chalicelib.payments.domain.ways import Offer
from chalicelib.payments.ports.processors import Processors
from chalicelib.payments.services.attempts import Attempts
from chalicelib.payments.services.methods.paying_with import ChosenMethod, PayingWith
from chalicelib.payments.services.opening import Opening
from chalicelib.payments.services.payment_limits import PaymentLimits
from chalicelib.payments.services.printed_references import printed_reference
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.terms import Terms
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices

REPLACEMENTS = 5


@dataclass(frozen=True, slots=True)
class PaymentWish:
    """A payer's request to pay. `id` is the Idempotency-Key, made by the page before it first asked; `actor`
    is the text of who asks, and `person_id` "" of who pays by a link. `way`: what they chose; "" leaves the
    choice among those of the practice's first processor to its page. `method`: our id of the saved method
    that they chose instead, `security_code` the token of its code, where that is asked. `consent`: the
    version of the text by which they let what they pay with be kept; "" keeps nothing. `payer_id`: as whom
    they save, "" where that is `person_id` or, without one, the actor. `card_notice`: the version of the
    notice beside the card form that they say they have read."""

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
    method: str = ""
    security_code: str = ""
    consent: str = ""
    payer_id: str = ""
    card_notice: str = ""

    @property
    def saves_as(self) -> str:
        return self.payer_id or self.person_id or self.actor

    @property
    def counted_as(self) -> str:
        return self.person_id or self.actor


@dataclass(frozen=True, slots=True)
class Progress:
    """A payment, with its account and practice, as they were read or written last."""

    practice: Practice
    account: Account
    payment: Payment

    @staticmethod
    def of(practice: Practice, seen: Seen) -> "Progress":
        """Error: NotFound payment_not_found."""
        return Progress(practice, seen.account, seen.existing)


@dataclass(frozen=True)
class Paying:
    ledgers: Ledgers
    practices: Practices
    processors: Processors
    settling: Settling
    limits: PaymentLimits
    keys: Keys
    clock: Clock
    links: Links
    public_url: str
    paying_with: PayingWith

    @property
    def _opening(self) -> Opening:
        return Opening(self.processors, self.settling, self.clock, self.public_url, self.links)

    @property
    def _terms(self) -> Terms:
        return Terms(self.processors)

    @property
    def _attempts(self) -> Attempts:
        return Attempts(self.processors, self._opening, self.settling.completing, self.clock)

    def quote(self, ref: AccountRef, scope: Scope) -> tuple[Practice, Quote]:
        """With the practice that it is of. Errors: see domain.quotes; account_updating while an import holds
        the account."""
        practice = self._practice(ref.practice)
        account = self._account(ref)
        bounds = self._terms.bounds(practice, account.ledger.currency)
        return practice, quote(practice, account, scope, bounds)

    def start(self, ref: AccountRef, wish: PaymentWish) -> Progress:
        """The payment, awaiting its payer; the same one when asked again with the same key and body.

        Errors: Invalid idempotency_key_reused; Stale quote_stale with the new quote; as domain.quotes, of
        which item_in_flight while an earlier attempt is being checked; Refused too_many_payments;
        ProcessorRefused.
        """
        practice = self._practice(ref.practice)
        seen = self._seen(practice, ref, wish.id)
        if seen.payment is not None:
            return self._replayed(practice, seen, wish)
        try:
            intended, new = self._begun(practice, seen, wish)
        except (BillfoldError, ProcessorRefused):
            if earlier := self._arrived(practice, seen.account, wish):
                return self._replayed(practice, earlier, wish)
            raise
        return Progress.of(practice, self._opened(practice, intended, wish) if new else intended)

    def repeated(self, ref: AccountRef, wish: PaymentWish) -> Progress | None:
        """The payment that was started by that key and body, whatever can be paid now, and whatever is to be
        paid; None where none was, nor will be. Error: Invalid idempotency_key_reused."""
        practice = self._practice(ref.practice)
        seen = self._seen(practice, ref, wish.id)
        if seen.payment is None:
            seen = self._arrived(practice, seen.account, wish) or seen
        if seen.payment is None or _replayed(seen.payment, wish.body_hash).failure == NOT_STARTED:
            return None
        return Progress.of(practice, seen)

    def check(self, ref: AccountRef, payment_id: str, *, of: str = "", approved: bool = False) -> Progress:
        """Ask the processor how the payment stands, and settle it. `of`: only one that this actor started;
        `approved`: see Attempts. Error: NotFound payment_not_found."""
        practice = self._practice(ref.practice)
        seen = _started_by(of, self._seen(practice, ref, payment_id))
        return Progress.of(practice, self._attempts.checked(practice, seen, approved=approved))

    def cancel(self, ref: AccountRef, payment_id: str, *, of: str = "") -> Progress:
        """End an unpaid attempt at the processor; if it was paid after all, it is settled as paid. `of`, as
        of `check`."""
        practice = self._practice(ref.practice)
        seen = _started_by(of, self._seen(practice, ref, payment_id))
        return Progress.of(practice, self._attempts.canceled(practice, seen))

    def look(self, ref: AccountRef, payment_id: str, *, of: str = "") -> Progress:
        """The payment as the ledger has it. `of`, as of `check`. Error: NotFound payment_not_found."""
        practice = self._practice(ref.practice)
        return Progress.of(practice, _started_by(of, self._seen(practice, ref, payment_id)))

    def payment(self, ref: AccountRef, payment_id: str) -> Payment:
        return present(self.ledgers.payment(ref, payment_id), "payment_not_found")

    def _begun(self, practice: Practice, seen: Seen, wish: PaymentWish) -> tuple[Seen, bool]:
        """As `_intend`, once all else that is asked first is. Errors: as `start`; of the processor, of an
        older attempt that does not end."""
        ref, account = seen.account.ref(practice.id), _not_held(seen.account)
        if wish.id not in account.reserved:  # else the other of two clicks was faster
            self._agreed(practice, account, wish)  # before any attempt makes way for it
        used = self._saved(practice, wish) if wish.method else None
        notices = self.paying_with.card_notices
        noticed = notices.checked(practice, wish.saves_as, used.way if used else wish.way, wish.card_notice)
        self.limits.start(ref, wish.counted_as, wish.id)
        if noticed:
            notices.keep(practice, wish.saves_as, wish.id, wish.locale)
        kept = self._kept(practice, ref, wish)
        for _ in range(REPLACEMENTS):
            if self._replace_waiting(practice, seen.account, keep=wish.id):
                seen = self._seen(practice, ref, wish.id)
            try:
                return self._intend(practice, seen, wish, kept)
            except _Waiting:
                seen = self._seen(practice, ref, wish.id)  # another tab's began after ours had made way
        raise Busy("attempts replace each other")

    def _arrived(self, practice: Practice, account: Account, wish: PaymentWish) -> Seen | None:
        """What an earlier request with that key wrote after all; None where nothing can be paid by it, now or
        later: then the refusal is true.

        Its write may be under way still, though its process is gone, and rests on what the account was; most
        that refuses is no part of the account. Only a saved method is charged without its payer, so that only
        of one the key is kept as refused, where an earlier request may have come so far. Error: Busy.
        """
        ref = account.ref(practice.id)
        if not wish.method or not self.limits.started(ref, wish.counted_as, wish.id):
            return None
        try:
            self.ledgers.note(practice.id, self._refused(practice, account, wish))
        except Conflict:
            return self._seen(practice, ref, wish.id)
        return None

    def _replayed(self, practice: Practice, seen: Seen, wish: PaymentWish) -> Progress:
        """The payment of that key; of one that was refused, the offer as it is now, which takes another key.

        Errors: Invalid idempotency_key_reused; Stale quote_stale; as domain.quotes.
        """
        if _replayed(seen.existing, wish.body_hash).failure != NOT_STARTED:
            return Progress.of(practice, seen)
        raise Stale("quote_stale", quote=self._offered(practice, seen.account, wish), practice=practice)

    def _canceled(self, practice: Practice, ref: AccountRef, payment_id: str) -> Seen:
        return self._attempts.canceled(practice, self._seen(practice, ref, payment_id))

    def _replace_waiting(self, practice: Practice, account: Account, *, keep: str) -> bool:
        """One unfinished attempt per account: an older one is ended at the processor first. Whether one was.

        `keep` is our own: the first of two clicks may have opened it since the second looked. Error: Refused
        item_in_flight, where one is just being opened, or died in that: it is not known yet how to end it.
        """
        waiting = [id_ for id_, held in account.reserved.items() if not held.firm and id_ != keep]
        for payment_id in waiting:
            seen = self._canceled(practice, account.ref(practice.id), payment_id)
            if seen.existing.state is State.CREATED:
                raise Refused("item_in_flight")
        return bool(waiting)

    def _opened(self, practice: Practice, seen: Seen, wish: PaymentWish) -> Seen:
        try:
            return self._opening.open(practice, seen)
        except Refused:
            self.paying_with.doubt(practice.id, wish.saves_as)
            raise

    def _saved(self, practice: Practice, wish: PaymentWish) -> ChosenMethod:
        return self.paying_with.chosen(practice, wish.saves_as, wish.method, security_code=wish.security_code)

    def _kept(self, practice: Practice, ref: AccountRef, wish: PaymentWish) -> ChosenMethod | None:
        """For whom what is paid with is kept: known before it is opened, for no session is told later."""
        if not wish.consent:
            return None
        return self.paying_with.kept_for(
            practice, ref, wish.id, payer_id=wish.saves_as, consent=wish.consent, locale=wish.locale
        )

    def _intend(
        self, practice: Practice, seen: Seen, wish: PaymentWish, kept: ChosenMethod | None
    ) -> tuple[Seen, bool]:
        """The payment, and whether it is new (else another request with the same key was faster)."""
        # Once for all tries: an earlier one may still be written, whatever the payer's row says by now. What
        # the account refuses stays refused, for its version keeps that write out.
        used = self._saved(practice, wish) if wish.method else kept
        made: list[Payment] = []

        def decide(held: Seen) -> Change | None:
            if held.payment is not None:
                made.append(self._replayed(practice, held, wish).payment)
                return None
            if any(not other.firm for other in held.account.reserved.values()):
                raise _Waiting
            offered = self._agreed(practice, held.account, wish)
            payment = self._created(practice, held.account, wish, offered, used)
            made.append(payment)
            return Change(held.account, with_payment(held.account, payment), payment=payment)

        ref = seen.account.ref(practice.id)
        change, now = record_payment(self.ledgers, self.clock, ref, wish.id, decide, seen=seen)
        # Ours as well: what an earlier try wrote, whose reply was lost.
        return now, change is not None or made[-1] in made[:-1]

    def _agreed(self, practice: Practice, account: Account, wish: PaymentWish) -> Quote:
        """The quote that the payer has seen, if it still holds.

        Error: Stale quote_stale with the new `quote` and its `practice`.
        """
        offered = self._offered(practice, account, wish)
        if (offered.key, offered.amount_minor) != (wish.quote_key, wish.amount_minor):
            raise Stale("quote_stale", quote=offered, practice=practice)
        return offered

    def _offered(self, practice: Practice, account: Account, wish: PaymentWish) -> Quote:
        bounds = self._terms.bounds(practice, account.ledger.currency)
        return quote(practice, _not_held(account), wish.scope, bounds)

    def _refused(self, practice: Practice, account: Account, wish: PaymentWish) -> Payment:
        """It holds nothing and pays nothing, and no other payment is ever written under its id."""
        now = instant(self.clock.now())
        return Payment(
            id=wish.id,
            account_id=account.id,
            amount_minor=wish.amount_minor,
            currency=account.ledger.currency,
            allocation=Allocation((), wish.amount_minor),
            state=State.FAILED,
            processor=next(iter(practice.processors), OUTSIDE),
            flow=Flow.REDIRECT.value,
            body_hash=wish.body_hash,
            date=local_date(now, practice.timezone),
            created_at=now,
            updated_at=now,
            person_id=wish.person_id,
            actor=wish.actor,
            locale=wish.locale,
            failure=NOT_STARTED,
            version=1,
        )

    def _created(
        self,
        practice: Practice,
        account: Account,
        wish: PaymentWish,
        offered: Quote,
        used: ChosenMethod | None,
    ) -> Payment:
        """Error: Invalid way_unavailable."""
        now = instant(self.clock.now())
        chosen = _chosen(self._terms.offers(practice, offered.currency), wish.way, used)
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
            document=wish.scope.reference,
            reference=printed_reference(self.keys, account.ref(practice.id), wish.id),
            services={line.charge_id: line.service for line in offered.lines},
            payer=used.payer if used else "",
            charged=used.charged if used else "",
            saved_id=used.id if used else "",
            security_code=used.security_code if used else "",
            version=1,
        )

    def _practice(self, practice_id: str) -> Practice:
        return present(self.practices.practice(practice_id), "practice_not_found")

    def _seen(self, practice: Practice, ref: AccountRef, payment_id: str) -> Seen:
        account, payment = self.ledgers.account_and_payment(ref, payment_id)
        return Seen(standing(account, payment), payment, practice)

    def _account(self, ref: AccountRef) -> Account:
        account = present(self.ledgers.account(ref), "account_not_found")
        return _not_held(account)


class _Waiting(Exception):
    """An attempt waits for its payer; it must be ended before another starts."""


def _chosen(offered: Sequence[Offer], way: str, used: ChosenMethod | None) -> Sequence[Offer]:
    """`used`: a saved method, or the payer for whom a new one is kept; at their processor alone.
    Error: way_unavailable."""
    if used:
        offered = [offer for offer in offered if offer.processor == used.processor]
        way = used.way.value if used.charged else way
    first = next((offer for offer in offered if way in ("", offer.way)), None)
    if first is None:
        raise Invalid("way_unavailable", "way")
    return [first] if way else [offer for offer in offered if offer.processor == first.processor]


def _started_by(actor: str, seen: Seen) -> Seen:
    """Error: NotFound payment_not_found, of one that somebody else started."""
    if actor and seen.existing.actor != actor:
        raise NotFound("payment_not_found")
    return seen


def _replayed(known: Payment, body_hash: str) -> Payment:
    if known.body_hash != body_hash:
        raise Invalid("idempotency_key_reused", "Idempotency-Key")
    return known


def _not_held(account: Account) -> Account:
    if account.hold:
        raise Refused("account_updating")
    return account
