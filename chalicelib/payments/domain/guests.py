"""What a guest types who pays a bill without an account, and exactly what they would be charged. Pure.

Nothing here asks who the client is: the answer for a known and an unknown name is the same.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.check_digits import holds_card_number
from chalicelib.kernel.emails import normalised
from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.money import EXPONENTS, positive
from chalicelib.payments.domain.abilities import Bounds, Flow, Way
from chalicelib.payments.domain.ways import Offer
from chalicelib.practice.domain.practices import Clinician, Practice

WAYS = frozenset({Way.CARD, Way.PAYPAL})
_PHONE_DIGITS = range(7, 16)  # E.164 allows 15
_PHONE = re.compile(r"[0-9+()./\- ]*(?:(?:x|ext\.?) ?[0-9]{1,6})?", re.IGNORECASE)
_ALWAYS, _BY_CARD = ("clinician_id", "client", "email"), ("name", "phone")
_FIELD = {"clinician_id": "clinician"}


@dataclass(frozen=True, slots=True)
class GuestForm:
    """What the guest typed, for the practice alone: no processor and no log has any of it. `number` is one
    that stands on the bill."""

    clinician_id: str
    client: str
    email: str
    name: str = ""
    phone: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The form beside the guest's payment, in whose account it has its place. `created_at`: UTC RFC 3339."""

    account_id: str
    payment_id: str
    form: GuestForm
    created_at: str
    locale: str = "en"

    def ref(self, practice: str) -> AccountRef:
        """Where its payment is, in that practice."""
        return AccountRef(practice, self.account_id)


@dataclass(frozen=True, slots=True)
class GuestQuote:
    """`key` names this answer; it changes with anything that the guest was told. `form`: as it is kept."""

    key: str
    form: GuestForm
    amount_minor: int
    currency: str
    offer: Offer
    clinician: Clinician


def guest_offers(offered: Sequence[Offer]) -> tuple[Offer, ...]:
    """Where PayPal alone is offered, its page takes the cards, too, of those who have no account there."""
    found = tuple(offer for offer in offered if offer.way in WAYS)
    if {offer.way for offer in found} == {Way.PAYPAL}:
        return (*found, *(replace(offer, way=Way.CARD) for offer in found))
    return found


def guest_bounds(practice: Practice, bounds: Bounds) -> Bounds:
    """What a guest may pay: a form that anybody may fill in takes no amounts that only test a card."""
    own_minor = practice.guest_minimum_minor or _five(practice.currency)
    least_minor = max(bounds.least_minor, min(own_minor, bounds.limit_minor))
    up = -least_minor % bounds.step_minor
    return replace(bounds, least_minor=least_minor + up) if bounds.taken else bounds


def preselected(practice: Practice) -> str:
    """The clinician of a practice that has just one, "" of others."""
    return practice.clinicians[0].id if len(practice.clinicians) == 1 else ""


def guests_pay(practice: Practice, bounds: Bounds, offered: Sequence[Offer]) -> bool:
    """Whether a guest can pay anybody there."""
    anybody = any(clinician.payments_enabled for clinician in practice.clinicians)
    return practice.payments_enabled and bounds.taken and anybody and bool(guest_offers(offered))


def guest_quote(
    practice: Practice,
    bounds: Bounds,
    offered: Sequence[Offer],
    form: GuestForm,
    *,
    way: str,
    amount_minor: object,
    redirect: bool = False,
) -> GuestQuote:
    """`bounds` as of `guest_bounds`; `redirect`: only at the processor's own page.

    Errors: Refused payments_disabled, clinician_payments_disabled; NotFound clinician_not_found; Invalid
    way_unavailable, field_missing, field_invalid, email_invalid, guest_card_number, and as `Bounds.check`.
    """
    if not guests_pay(practice, bounds, offered):
        raise Refused("payments_disabled")
    offer = next((offer for offer in guest_offers(offered) if offer.way == way), None)
    if offer is None:
        raise Invalid("way_unavailable", "way")
    kept = _checked(form, offer.way)
    clinician = present(practice.clinician(kept.clinician_id), "clinician_not_found", "clinician")
    if not clinician.payments_enabled:
        raise Refused("clinician_payments_disabled", "clinician")
    amount = _amount(amount_minor, bounds)
    offer = replace(offer, flow=Flow.REDIRECT) if redirect else offer
    return GuestQuote(_key(practice, kept, amount, offer), kept, amount, practice.currency, offer, clinician)


def _checked(form: GuestForm, way: Way) -> GuestForm:
    kept = GuestForm(
        **{field.name: _one_line(getattr(form, field.name), field.name) for field in fields(form)}
    )
    for name in (*_ALWAYS, *(_BY_CARD if way is Way.CARD else ())):
        if not getattr(kept, name):
            raise Invalid("field_missing", _FIELD.get(name, name))
    for name in ("name", "client", "number"):
        if holds_card_number(getattr(kept, name)):
            raise Invalid("guest_card_number", name)
    _check_phone(kept.phone)
    return replace(kept, email=normalised(kept.email))


def _one_line(text: str, name: str) -> str:
    """Without space around, and one between words. Error: field_invalid."""
    plain = " ".join(text.split())
    if not plain.isprintable():
        raise Invalid("field_invalid", _FIELD.get(name, name))
    return plain


def _check_phone(phone: str) -> None:
    """What is written like an extension is one; more digits than a telephone has may be a card's."""
    digits = sum(each.isdecimal() for each in phone)
    if digits >= 16 or (phone[:1] != "+" and holds_card_number(phone)):
        raise Invalid("guest_card_number", "phone")
    if phone and not (_PHONE.fullmatch(phone) and digits in _PHONE_DIGITS):
        raise Invalid("field_invalid", "phone")


def _amount(amount_minor: object, bounds: Bounds) -> int:
    amount = positive(amount_minor)
    bounds.check(amount)
    if amount % bounds.step_minor:
        raise Invalid("amount_step", "amount_minor", step_minor=bounds.step_minor)
    return amount


def _five(currency: str) -> int:
    """Five dollars, euros or pounds; of yen, which have no cents, five hundred."""
    return int(5 * 10 ** max(EXPONENTS[currency], 2))


def _key(practice: Practice, form: GuestForm, amount_minor: int, offer: Offer) -> str:
    clinician = practice.clinician(form.clinician_id)
    told = [
        practice.id, *(getattr(form, field.name) for field in fields(form)), amount_minor, practice.currency,
        offer.way, offer.processor, offer.flow, clinician.name if clinician else "",
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()[:32]
