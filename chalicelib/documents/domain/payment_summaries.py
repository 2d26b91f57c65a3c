"""What was paid in a stretch of time, net of what was given back: for taxes and health accounts. Pure.

It goes by the days on which payments were made. What was given back of one is taken from it, whenever that
was; so the sum is that of the itemised receipts of the same payments, each less what became of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.itemised_receipts import share_kept_minor, tax_ids
from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.domain.readers import Payer, Reader
from chalicelib.ledger.domain.charges import Charge, ChargeStatus
from chalicelib.ledger.domain.entries import Entry, holder
from chalicelib.ledger.domain.insurance import INSURANCE
from chalicelib.ledger.domain.lookback import owed_again
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.practice.domain.notices import Place
from chalicelib.practice.domain.practices import Client, Person, Practice


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One payment (minor units): what came, and what was given back or taken by a bank since."""

    date: str
    method: Method
    reference: str
    payer: Payer
    amount_minor: int
    returned_minor: int

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.returned_minor


@dataclass(frozen=True, slots=True)
class CarePaid:
    """What was paid for one clinician's services (net, minor units), given from `first` to `last`."""

    clinician: str
    paid_minor: int
    first: str
    last: str

    def and_another(self, minor: int, on: str) -> "CarePaid":
        paid_minor = self.paid_minor + minor
        return CarePaid(self.clinician, paid_minor, min(self.first, on), max(self.last, on))


@dataclass(frozen=True, slots=True)
class PaymentSummaryData:
    """Amounts minor and net. `care` is by clinician's name, for what was held; `missed_minor` for
    appointments that were not, and other fees; `brought_minor` for a balance brought along, of which nothing
    else is known; `credit_minor` for no service when it was paid. Together they are the sum of the lines.
    `insurance_minor`: what insurers paid in the same days, which is in none of it.
    """

    letterhead: Letterhead
    tax_ids: tuple[tuple[str, str], ...]
    client: str
    first: str
    last: str
    lines: tuple[SummaryLine, ...]
    care: tuple[CarePaid, ...]
    missed_minor: int
    brought_minor: int
    credit_minor: int
    insurance_minor: int
    currency: str
    made_on: str
    locale: str

    @property
    def total_minor(self) -> int:
        return sum(line.net_minor for line in self.lines)


def within(payments: Iterable[Payment], first: str, last: str) -> list[Payment]:
    """Those whose money came, made from `first` to `last`, by their days."""
    came = (paid for paid in payments if paid.state is State.SUCCEEDED and first <= paid.date <= last)
    return sorted(came, key=lambda paid: (paid.date, paid.entry_seq, paid.id))


def summary(
    practice: Practice,
    client: Client,
    people: Mapping[str, Person],
    payments: Sequence[Payment],
    charges: Mapping[str, Charge],
    entries: Sequence[Entry],
    *,
    reader: Reader,
    first: str,
    last: str,
    currency: str,
    made_on: str,
) -> PaymentSummaryData:
    """`payments` are those `within`; `charges` those that they pay; `entries` all of the account's."""
    parts = _Parts(practice, charges)
    for paid in payments:
        parts.add(paid, entries)
    return PaymentSummaryData(
        letterhead=Letterhead.of(practice, Place.PAYMENT_SUMMARY, client.locale),
        tax_ids=tax_ids(practice, {charge.clinician_id for charge in charges.values()}),
        client=reader.client_name(client),
        first=first,
        last=last,
        lines=tuple(_line(paid, reader.payer(client, paid, people.get(paid.person_id))) for paid in payments),
        care=tuple(parts.care[name] for name in sorted(parts.care)),
        missed_minor=parts.missed_minor,
        brought_minor=parts.brought_minor,
        credit_minor=parts.credit_minor,
        insurance_minor=_insurance(entries, first, last),
        currency=currency,
        made_on=made_on,
        locale=client.locale,
    )


class _Parts:
    """What the payments paid for, net."""

    def __init__(self, practice: Practice, charges: Mapping[str, Charge]) -> None:
        self._practice, self._charges = practice, charges
        self.care: dict[str, CarePaid] = {}
        self.missed_minor = self.brought_minor = self.credit_minor = 0

    def add(self, paid: Payment, entries: Sequence[Entry]) -> None:
        left = net_shares(paid, entries)
        self.credit_minor += max(paid.kept_minor, 0) - sum(left.values())
        for charge_id, minor in left.items():
            self._count(self._charges.get(charge_id), minor)

    def _count(self, charge: Charge | None, minor: int) -> None:
        clinician = self._practice.clinician(charge.clinician_id) if charge else None
        if charge is None or not charge.clinician_id:
            self.brought_minor += minor
        elif charge.status is not ChargeStatus.HELD:
            self.missed_minor += minor
        else:
            name = clinician.name_and_credentials if clinician else charge.clinician_id
            known = self.care.get(name, CarePaid(name, 0, charge.date, charge.date))
            self.care[name] = known.and_another(minor, charge.date)


def net_shares(paid: Payment, entries: Sequence[Entry]) -> dict[str, int]:
    """What of the payment still pays each charge: never more together than what is kept of it.

    What an insurer or a correction freed of it is credit. A client's money is one, so that what was given
    back may have opened a charge that another payment had paid. Then the latest of this one's own are
    counted as given back.
    """
    left = {share.charge_id: share_kept_minor(paid, share, entries) for share in paid.allocation.shares}
    for share in owed_again(entries, paid.id):
        if share.charge_id in left:
            left[share.charge_id] -= min(share.amount_minor, left[share.charge_id])
    beyond = sum(left.values()) - max(paid.kept_minor, 0)
    for charge_id in reversed(list(left)):
        taken = min(max(beyond, 0), left[charge_id])
        left[charge_id] -= taken
        beyond -= taken
    return {charge_id: minor for charge_id, minor in left.items() if minor}


def _line(paid: Payment, payer: Payer) -> SummaryLine:
    return SummaryLine(
        date=paid.date,
        method=paid.method or Method(paid.processor),
        reference=paid.reference or paid.id,
        payer=payer,
        amount_minor=paid.amount_minor,
        returned_minor=paid.amount_minor - max(paid.kept_minor, 0),
    )


def _insurance(entries: Iterable[Entry], first: str, last: str) -> int:
    """By the days on which it came, less what was taken back in the same days."""
    own = (entry.draft for entry in entries if first <= entry.draft.occurred_on <= last)
    return sum(p.debit_minor for draft in own for p in draft.postings if holder(p.book) == INSURANCE)
