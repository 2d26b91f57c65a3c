"""Pay without an account: what was typed is kept first, then the attempt, then its processor is called once.

Nothing is looked up of the client or the number that a guest names: who they are is found out afterwards
(matching.py), so that the answer tells nobody who is a client. An attempt has an account of its own, which is
made with its credit: one that is never paid leaves none. The guest's key is what proves whose it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.kernel import actors
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Stale, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.domain.accounts import guest_id, standing
from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.recording import Seen
from chalicelib.payments.domain.abilities import Bounds, Flow, Way
from chalicelib.payments.domain.guests import (
    GuestForm,
    GuestQuote,
    KeptForm,
    guest_bounds,
    guest_offers,
    guest_quote,
    guests_pay,
    preselected,
)
from chalicelib.payments.domain.ways import Offer
from chalicelib.payments.ports.guests import GuestForms
from chalicelib.payments.ports.processors import Processors
from chalicelib.payments.services.attempts import Attempts
from chalicelib.payments.services.guest_limits import NO_WORK, GuestLimits, Work
from chalicelib.payments.services.methods.card_notices import CardNotice, CardNotices
from chalicelib.payments.services.opening import Opening
from chalicelib.payments.services.printed_references import printed_reference
from chalicelib.payments.services.puzzles import Puzzle
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.terms import Terms
from chalicelib.platform.ports import Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices

FORGOTTEN_AFTER = timedelta(days=30)  # what was typed for an attempt that was never paid


@dataclass(frozen=True, slots=True)
class GuestWish:
    """A guest's request to pay. `key` is made by the page, at random, and nobody else knows it."""

    key: str
    form: GuestForm
    way: str
    amount_minor: int
    quote_key: str
    locale: str
    body_hash: str
    ip: str
    card_notice: str = ""
    work: Work = NO_WORK


@dataclass(frozen=True, slots=True)
class GuestTerms:
    """On what terms a guest may pay at the practice."""

    enabled: bool
    bounds: Bounds
    offers: Sequence[Offer]
    clinician: str
    card_notice: CardNotice | None


@dataclass(frozen=True, slots=True)
class GuestProgress:
    practice: Practice
    payment: Payment


@dataclass(frozen=True)
class GuestPaying:
    ledgers: Ledgers
    practices: Practices
    processors: Processors
    settling: Settling
    forms: GuestForms
    limits: GuestLimits
    card_notices: CardNotices
    keys: Keys
    clock: Clock
    public_url: str

    def terms(self, practice: Practice) -> GuestTerms:
        bounds, offered = self._bounds(practice), self._terms.offers(practice, practice.currency)
        return GuestTerms(
            guests_pay(practice, bounds, offered),
            bounds,
            guest_offers(offered),
            preselected(practice),
            self.card_notices.shown(practice),
        )

    def quote(
        self, practice_id: str, form: GuestForm, *, way: str, amount_minor: int
    ) -> tuple[GuestQuote, Puzzle | None]:
        """Exactly what would be charged, and the work that is asked of the browser first, if any. Writes
        nothing, and looks nobody up. Errors: NotFound practice_not_found; as `domain.guests.guest_quote`."""
        practice = self._practice(practice_id)
        pressed = way == Way.CARD and self.limits.pressed(practice_id)
        quote = self._quote(practice, form, way=way, amount_minor=amount_minor, pressed=pressed)
        return quote, self.limits.puzzle(practice_id) if pressed else None

    def start(self, practice_id: str, wish: GuestWish) -> GuestProgress:
        """The payment, awaiting its payer; the same one when asked again with the same key and body.

        Errors: as `quote`; Invalid idempotency_key_reused, notice_unacknowledged; Stale guest_quote_stale;
        Refused guest_work_required, too_many_payments, guest_cards_paused; ProcessorRefused; Busy.
        """
        practice = self._practice(practice_id)
        ref, payment_id = attempt_of(practice_id, wish.key)
        known = self.ledgers.payment(ref, payment_id)
        if known is not None:
            return GuestProgress(practice, _replayed(known, wish.body_hash))
        card = wish.way == Way.CARD
        pressed = card and self.limits.pressed(practice_id)
        quote = self._quote(
            practice, wish.form, way=wish.way, amount_minor=wish.amount_minor, pressed=pressed
        )
        if pressed:
            self.limits.work_done(practice_id, wish.key, wish.work)
        if quote.key != wish.quote_key:
            raise Stale("guest_quote_stale")
        noticed = self.card_notices.checked(practice, ref.account, wish.way, wish.card_notice)
        self.limits.start(practice_id, payment_id, wish.ip, card=card)
        if noticed:
            self.card_notices.keep(practice, ref.account, payment_id, wish.locale)
        payment = self._created(practice, ref, payment_id, quote, wish)
        self._keep_form(practice_id, payment, quote.form)
        return self._opened(practice, ref, payment)

    def look(self, practice_id: str, key: str) -> GuestProgress:
        """As the ledger has it. Errors: NotFound practice_not_found, payment_not_found."""
        practice, seen = self._seen(practice_id, key)
        return GuestProgress(practice, seen.existing)

    def check(self, practice_id: str, key: str, *, approved: bool = False) -> GuestProgress:
        """Ask the processor how it stands, and settle it; as the ledger has it, where that was asked seconds
        ago. `approved`: see Attempts. Errors: as `look`, and as `Attempts.checked`."""
        practice, seen = self._seen(practice_id, key)
        payment = seen.existing
        if not (payment.live and self.limits.may_ask(practice_id, payment.id, approved=approved)):
            return GuestProgress(practice, payment)
        return GuestProgress(practice, self._attempts.checked(practice, seen, approved=approved).existing)

    def cancel(self, practice_id: str, key: str) -> GuestProgress:
        """End an unpaid attempt; one that was paid after all is settled as paid. Errors: as `check`."""
        practice, seen = self._seen(practice_id, key)
        return GuestProgress(practice, self._attempts.canceled(practice, seen).existing)

    def _seen(self, practice_id: str, key: str) -> tuple[Practice, Seen]:
        practice = self._practice(practice_id)
        ref, payment_id = attempt_of(practice_id, key)
        account, payment = self.ledgers.account_and_payment(ref, payment_id)
        payment = present(payment, "payment_not_found")
        return practice, Seen(standing(account, payment), payment, practice)

    def _quote(
        self, practice: Practice, form: GuestForm, *, way: str, amount_minor: int, pressed: bool
    ) -> GuestQuote:
        offered = self._terms.offers(practice, practice.currency)
        bounds = self._bounds(practice)
        return guest_quote(
            practice, bounds, offered, form, way=way, amount_minor=amount_minor,
            redirect=pressed and self._redirects(offered, way),
        )  # fmt: skip

    def _redirects(self, offered: Sequence[Offer], way: str) -> bool:
        """Whether its processor has a page of its own."""
        offer = next((offer for offer in offered if offer.way == way), None)
        return offer is not None and Flow.REDIRECT in self.processors.abilities(offer.processor).flows

    def _bounds(self, practice: Practice) -> Bounds:
        return guest_bounds(practice, self._terms.bounds(practice, practice.currency))

    def _created(
        self, practice: Practice, ref: AccountRef, payment_id: str, quote: GuestQuote, wish: GuestWish
    ) -> Payment:
        now = instant(self.clock.now())
        return Payment(
            id=payment_id,
            account_id=ref.account,
            amount_minor=quote.amount_minor,
            currency=quote.currency,
            allocation=Allocation((), quote.amount_minor),
            state=State.CREATED,
            processor=quote.offer.processor,
            flow=quote.offer.flow.value,
            ways=(quote.offer.way.value,),
            body_hash=wish.body_hash,
            date=local_date(now, practice.timezone),
            created_at=now,
            updated_at=now,
            actor=actors.GUEST.text,
            locale=wish.locale,
            reference=printed_reference(self.keys, ref, payment_id),
            guest=wish.key,
            version=1,
        )

    def _keep_form(self, practice_id: str, payment: Payment, form: GuestForm) -> None:
        kept = KeptForm(payment.account_id, payment.id, form, payment.created_at, payment.locale)
        until = self.clock.now() + FORGOTTEN_AFTER
        self.forms.put(practice_id, kept, expires_at=int(until.timestamp()))

    def _opened(self, practice: Practice, ref: AccountRef, payment: Payment) -> GuestProgress:
        try:
            self.ledgers.note(practice.id, payment)
        except Conflict:  # the other of two clicks was faster, and is at the processor
            found = present(self.ledgers.payment(ref, payment.id), "payment_not_found")
            return GuestProgress(practice, _replayed(found, payment.body_hash))
        seen = self._opening.open(practice, Seen(standing(None, payment), payment, practice))
        return GuestProgress(practice, seen.existing)

    @property
    def _terms(self) -> Terms:
        return Terms(self.processors)

    @property
    def _opening(self) -> Opening:
        return Opening(self.processors, self.settling, self.clock, self.public_url)

    @property
    def _attempts(self) -> Attempts:
        return Attempts(self.processors, self._opening, self.settling.completing, self.clock)

    def _practice(self, practice_id: str) -> Practice:
        return present(self.practices.practice(practice_id), "practice_not_found")


def attempt_of(practice_id: str, key: str) -> tuple[AccountRef, str]:
    """The account and the payment of a guest's key, which have the same id: by it alone staff find both. It
    tells the key to no processor and no log."""
    id_ = guest_id(practice_id, key)
    return AccountRef(practice_id, id_), id_


def _replayed(known: Payment, body_hash: str) -> Payment:
    if known.body_hash != body_hash:
        raise Invalid("idempotency_key_reused", "Idempotency-Key")
    return known
