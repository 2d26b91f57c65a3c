"""A receipt that says what was paid for: what administrators of health accounts and insurers ask for. Pure.

It names services and clinicians, so only whoever may see the account is given it; the receipt that is mailed
stays without them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.domain.readers import Payer, Reader
from chalicelib.ledger.domain.allocation import Share
from chalicelib.ledger.domain.charges import Charge, ChargeStatus
from chalicelib.ledger.domain.entries import Entry, Part, Service
from chalicelib.ledger.domain.entries import client as client_book
from chalicelib.ledger.domain.insurance import NOTHING, Answered, answered
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment
from chalicelib.practice.domain.notices import Place
from chalicelib.practice.domain.practices import Client, Person, Practice


@dataclass(frozen=True, slots=True)
class PaidService:
    """One service of a payment (minor units). `fee_minor` is the whole fee, 0 where it is not known;
    `insurance_minor` what insurers have paid of it, less what is owed back to them; `paid_minor` what this
    payment pays, less what has become credit since, as where an insurer paid more than was expected. `name`
    is "" for a balance brought along, and in the language `name_locale`. `eligible`: not a fee for an
    appointment that was not held."""

    on: str
    name: str
    name_locale: str
    clinician: str
    fee_minor: int
    insurance_minor: int
    paid_minor: int
    eligible: bool = True


@dataclass(frozen=True, slots=True)
class ItemisedReceiptData:
    """Amounts minor, days practice-local. `refunded_minor` and `taken_minor` (by banks, in disputes) are as
    of `stand_on`. `tax_ids` are EINs with whose they are, the practice's first. `client` and `payer` are
    called as its reader may read."""

    letterhead: Letterhead
    tax_ids: tuple[tuple[str, str], ...]
    client: str
    payer: Payer
    services: tuple[PaidService, ...]
    credit_minor: int
    amount_minor: int
    refunded_minor: int
    taken_minor: int
    currency: str
    date: str
    stand_on: str
    method: Method
    reference: str
    locale: str


def itemised(
    practice: Practice,
    client: Client,
    payer: Person | None,
    payment: Payment,
    charges: Mapping[str, Charge],
    entries: Sequence[Entry],
    *,
    reader: Reader,
    stand_on: str,
) -> ItemisedReceiptData:
    """`charges` are those that the payment pays; `entries`, all since the first of them was posted."""
    insured, locale = answered(entries), reading_locale(client, payment)
    services = [
        _service(practice, locale, payment, share.charge_id, kept_minor, charges, insured)
        for share in payment.allocation.shares
        if (kept_minor := share_kept_minor(payment, share, entries))
    ]
    clinicians = {charge.clinician_id for charge in charges.values()}
    return ItemisedReceiptData(
        letterhead=Letterhead.of(practice, Place.ITEMISED_RECEIPT, locale),
        tax_ids=tax_ids(practice, clinicians),
        client=reader.client_name(client),
        payer=reader.payer(client, payment, payer),
        services=tuple(sorted(services, key=lambda service: service.on)),
        credit_minor=payment.allocation.total_minor - sum(service.paid_minor for service in services),
        amount_minor=payment.amount_minor,
        refunded_minor=payment.refunded_minor,
        taken_minor=payment.lost_minor + payment.disputed_minor,
        currency=payment.currency,
        date=payment.date,
        stand_on=stand_on,
        method=payment.method or Method(payment.processor),
        reference=payment.reference or payment.id,
        locale=locale,
    )


def reading_locale(client: Client, payment: Payment) -> str:
    """The language that the payer read when they paid; of what the practice entered, the client's."""
    return payment.locale if payment.person_id else client.locale


def first_seq(charges: Iterable[Charge], last_seq: int) -> int:
    """The number of the entry that posted the first of the charges; one after the last, of none."""
    return min((charge.seq for charge in charges if charge.seq), default=last_seq + 1)


def _service(
    practice: Practice,
    locale: str,
    payment: Payment,
    charge_id: str,
    paid_minor: int,
    charges: Mapping[str, Charge],
    insured: Mapping[str, Answered],
) -> PaidService:
    charge = charges.get(charge_id)
    known = payment.services.get(charge_id, Service("", payment.date))
    name, name_locale = practice.service_in(charge.service if charge else known.name, locale)
    clinician = practice.clinician(charge.clinician_id) if charge else None
    return PaidService(
        on=charge.date if charge else known.on,
        name=name,
        name_locale=name_locale,
        clinician=clinician.name_and_credentials if clinician else "",
        fee_minor=charge.client_minor + charge.insurer_minor if charge else 0,
        insurance_minor=insured.get(charge_id, NOTHING).paid_minor,
        paid_minor=paid_minor,
        eligible=charge is None or charge.status is ChargeStatus.HELD,
    )


def share_kept_minor(payment: Payment, share: Share, entries: Iterable[Entry]) -> int:
    """What of the share pays its charge still: of what became credit again, the money that came last is the
    first. What was given back or is disputed is no part of that; the receipt says it by itself."""
    book, earlier = client_book(Part.PAID, share.charge_id), {payment.id}
    later_minor = freed_minor = 0
    for entry in entries:
        payment_id = entry.draft.payment_id
        minor = sum(posting.debit_minor for posting in entry.draft.postings if posting.book == book)
        if not payment_id:
            freed_minor += minor
        elif entry.seq <= payment.entry_seq:
            earlier.add(payment_id)
        elif payment_id not in earlier:
            later_minor -= minor
    left_minor = share.amount_minor + later_minor - max(0, freed_minor)
    return max(0, min(share.amount_minor, left_minor))


def tax_ids(practice: Practice, clinician_ids: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """A group of independent clinicians has one each; who reads the receipt sees whose care it was."""
    found = (practice.clinician(id_) for id_ in sorted(clinician_ids))
    own = [(c.name, c.tax_id) for c in found if c and c.tax_id]
    return (("", practice.tax_id), *own) if practice.tax_id else tuple(own)
