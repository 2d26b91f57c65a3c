"""What a payment is charged to, where its payer chose a saved method; for whom what is paid with is kept."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.domain.payer_changes import begun
from chalicelib.payments.domain.saved_methods import Addition, MethodState, Payer
from chalicelib.payments.ports.payers import Consent
from chalicelib.payments.services.methods.card_notices import CardNotices
from chalicelib.payments.services.methods.consenting import check_version
from chalicelib.payments.services.methods.payer_rows import PayerRows
from chalicelib.practice.domain.practices import Practice


@dataclass(frozen=True, slots=True)
class ChosenMethod:
    """`id` is ours; `charged` and `payer` are the processor's names of it and of whose it is. `security_code`
    stands for the card's code, typed anew. Of a new one that is kept for the payer `id` and `charged` are "",
    and `way` says nothing."""

    id: str
    way: Way
    processor: str
    charged: str
    payer: str
    security_code: str = ""


@dataclass(frozen=True)
class PayingWith:
    rows: PayerRows

    @property
    def card_notices(self) -> CardNotices:
        return CardNotices(self.rows.payers, self.rows.clock)

    def chosen(
        self, practice: Practice, payer_id: str, method_id: str, *, security_code: str
    ) -> ChosenMethod:
        """Errors: NotFound method_not_found, for another person's and absent ones alike; Refused
        method_not_ready, method_expired, saving_disabled; Invalid cvc_missing."""
        self.rows.processor_of(practice)  # what was saved before it was switched off stays in the list
        payer = self.rows.of(practice, payer_id)
        method = payer.method(method_id)
        if method.state is not MethodState.READY:
            raise Refused("method_not_ready", "method")
        today = local_date(instant(self.rows.clock.now()), practice.timezone)
        if method.expired(date.fromisoformat(today)):
            raise Refused("method_expired", "method")
        card = method.look.kind == Way.CARD
        if card and practice.security_code_again and not security_code:
            raise Invalid("cvc_missing", "cvc_token")
        code = security_code if card and practice.security_code_again else ""
        way = Way(method.look.kind)
        return ChosenMethod(method.id, way, payer.processor, method.processor_id, payer.customer_id, code)

    def doubt(self, practice: str, payer_id: str) -> None:
        """One of theirs was refused, and may be gone: who opens the list next has the processor asked."""
        with suppress(Busy):  # the refusal is what they have to hear
            payer = self.rows.payers.payer(practice, payer_id)
            if payer is not None:
                self.rows.change(practice, payer, lambda held: replace(held, checked_at=""))

    def kept_for(
        self,
        practice: Practice,
        ref: AccountRef,
        payment_id: str,
        *,
        payer_id: str,
        consent: str,
        locale: str,
    ) -> ChosenMethod:
        """The payer for whom the payment's method is kept, once their wish and consent are. Safe to repeat.

        Errors: Stale consent_stale; Refused saving_disabled, too_many_methods; ProcessorTimeout,
        ProcessorRefused, Busy.
        """
        self.rows.processor_of(practice)
        check_version(consent)
        payer = self.rows.enrolled(practice.id, self.rows.of(practice, payer_id))
        id_, now = f"{ref.account}.{payment_id}", instant(self.rows.clock.now())
        wish = Addition(id_, "", now, account_id=ref.account, payment_id=payment_id)
        given = Consent(payer_id, id_, consent, locale, now, payment_id)

        def decide(held: Payer) -> Payer:
            return held if held.addition(id_) else begun(held, wish)

        payer = self.rows.change(practice.id, payer, decide, consent=given)
        return ChosenMethod("", Way.CARD, payer.processor, "", payer.customer_id)
