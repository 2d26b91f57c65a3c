"""Add a method without paying: our row with the payer's consent first, then one call to the processor, where
its payer fills in what we never see. What became of it, Following finds out.

Crash after any step: the row has the wish, and asking again under its key is the same set-up.
"""

from dataclasses import dataclass, replace

from chalicelib.identity.services.limits import Counters
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorMissing
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.domain.payer_changes import begun, check_label, with_addition
from chalicelib.payments.domain.saved_methods import Addition, AdditionState, Payer
from chalicelib.payments.ports.payers import Consent
from chalicelib.payments.ports.processors import Embedded, Embeds, Fields, Opened, Redirect
from chalicelib.payments.ports.saving import SetUp
from chalicelib.payments.services.methods.card_notices import CardNotices
from chalicelib.payments.services.methods.consenting import check_version
from chalicelib.payments.services.methods.following import Following
from chalicelib.payments.services.methods.set_up_limits import SetUpLimits
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices


@dataclass(frozen=True, slots=True)
class AdditionWish:
    """`id` is the Idempotency-Key, `payer_id` as whom they save; `consent` the version of the text that was
    shown, `card_notice` that of what stands beside card forms and they say they have read. `network`: the IP
    address of who asks."""

    id: str
    payer_id: str
    way: Way
    make_default: bool
    label: str
    consent: str
    locale: str
    body_hash: str
    card_notice: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Adding:
    """An addition as it stands. `next`: where its payer goes on, None where they have nothing to do."""

    addition: Addition
    next: Redirect | Fields | None


@dataclass(frozen=True)
class Additions:
    following: Following
    practices: Practices
    counters: Counters
    public_url: str

    def begin(self, practice_id: str, wish: AdditionWish) -> Adding:
        """The same one when asked again with the same key and body.

        Errors: Stale consent_stale; Invalid way_unavailable, idempotency_key_reused, label_card_number,
        notice_unacknowledged; Refused saving_disabled, too_many_methods, too_many_set_ups;
        ProcessorTimeout, ProcessorRefused, Busy.
        """
        rows, practice = self.following.rows, self._practice(practice_id)
        payer = rows.of(practice, wish.payer_id)
        if known := _same(payer, wish):
            return self._shown(practice, payer, self._opened(practice, payer, known, wish.locale))
        rows.processor_of(practice)
        if wish.way not in rows.ways(practice):
            raise Invalid("way_unavailable", "way")
        check_version(wish.consent)
        check_label(wish.label)
        notices = CardNotices(rows.payers, rows.clock)
        noticed = notices.checked(practice, wish.payer_id, wish.way, wish.card_notice)
        SetUpLimits(self.counters).begin(practice_id, wish.id, payer_id=wish.payer_id, network=wish.network)
        if noticed:
            notices.keep(practice, wish.payer_id, wish.id, wish.locale)
        payer = rows.enrolled(practice.id, payer)
        now = instant(rows.clock.now())
        addition = Addition(wish.id, wish.way.value, now, wish.body_hash, wish.make_default, wish.label)
        consent = Consent(wish.payer_id, wish.id, wish.consent, wish.locale, now)

        def decide(held: Payer) -> Payer:
            return held if _same(held, wish) else begun(held, addition)

        payer = rows.change(practice.id, payer, decide, consent=consent)
        return self._shown(practice, payer, self._opened(practice, payer, addition, wish.locale))

    def check(self, practice_id: str, payer_id: str, addition_id: str) -> Adding:
        """As the processor has it now. Errors: NotFound set_up_not_found; ProcessorTimeout …"""
        practice = self._practice(practice_id)
        payer = present(self.following.bring(practice_id, payer_id), "set_up_not_found")
        return self._shown(practice, payer, _set_up(payer, addition_id))

    def cancel(self, practice_id: str, payer_id: str, addition_id: str) -> Adding:
        """End it, unless it is saved by now. Errors: as `check`."""
        payer = present(self.following.rows.payers.payer(practice_id, payer_id), "set_up_not_found")
        addition = _set_up(payer, addition_id)
        if addition.session_id and addition.state is AdditionState.OPEN:
            self.following.rows.saves(practice_id, payer.processor).end(addition.session_id)
        return self.check(practice_id, payer_id, addition_id)

    def open_of(self, practice_id: str, payer: Payer) -> list[Adding]:
        """The set-ups that their payer may go on with, the newest first."""
        practice = self._practice(practice_id)
        waiting = (
            a for a in payer.additions if a.state is AdditionState.OPEN and not a.payment_id and a.session_id
        )
        newest = sorted(waiting, key=lambda each: each.begun_at, reverse=True)
        return [self._shown(practice, payer, addition) for addition in newest]

    def _opened(self, practice: Practice, payer: Payer, addition: Addition, locale: str) -> Addition:
        """With where its payer fills it in. Errors: ProcessorTimeout, ProcessorRefused, Busy."""
        if addition.session_id or addition.state is not AdditionState.OPEN:
            return addition
        rows = self.following.rows
        payer = rows.enrolled(practice.id, payer)
        try:
            opened = self._asked(practice, payer, addition, locale)
        except ProcessorMissing:  # their customer was deleted there: they get another
            payer = self.following.bring(practice.id, payer.id) or payer
            payer = rows.enrolled(practice.id, payer)
            opened = self._asked(practice, payer, addition, locale)

        def decide(held: Payer) -> Payer:
            current = held.addition(addition.id)
            return with_addition(held, _led_on(current, opened)) if current else held

        after = rows.change(practice.id, payer, decide)
        return after.addition(addition.id) or addition

    def _asked(self, practice: Practice, payer: Payer, addition: Addition, locale: str) -> Opened:
        rows = self.following.rows
        page = f"{self.public_url}/{practice.id}/payment-methods?set-up={addition.id}"
        return rows.saves(practice.id, payer.processor).begin(
            SetUp(
                addition.id, payer.customer_id, addition.way, practice.flow, locale, page,
                f"{page}&canceled=1", addition.begun_at, practice.deposits,
            )
        )  # fmt: skip

    def _shown(self, practice: Practice, payer: Payer, addition: Addition) -> Adding:
        if addition.state is not AdditionState.OPEN:
            return Adding(addition, None)
        if addition.next_url:
            return Adding(addition, Redirect(addition.next_url))
        processor = self.following.rows.saves(practice.id, payer.processor)
        if addition.client_secret and isinstance(processor, Embeds):
            return Adding(addition, processor.fields(addition.client_secret))
        return Adding(addition, None)

    def _practice(self, practice_id: str) -> Practice:
        return present(self.practices.practice(practice_id), "practice_not_found")


def _same(payer: Payer, wish: AdditionWish) -> Addition | None:
    """What the same key began before. Error: Invalid idempotency_key_reused."""
    known = payer.addition(wish.id)
    if known is not None and known.body_hash != wish.body_hash:
        raise Invalid("idempotency_key_reused", "Idempotency-Key")
    return known


def _set_up(payer: Payer, addition_id: str) -> Addition:
    """Error: NotFound set_up_not_found."""
    found = payer.addition(addition_id)
    return present(None if found is None or found.payment_id else found, "set_up_not_found")


def _led_on(addition: Addition, opened: Opened) -> Addition:
    match opened.next:
        case Redirect(url):
            return replace(addition, session_id=opened.session_id, next_url=url)
        case Embedded(secret):
            return replace(addition, session_id=opened.session_id, client_secret=secret)
