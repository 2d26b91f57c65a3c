"""A row against what the ledger holds under its id: new, known, changed, or at odds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    ChargeRow,
    InsurancePaymentRow,
    OpeningBalanceRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.importing.services.renumbered import answer_id, renumbered
from chalicelib.importing.services.steps import opening_id
from chalicelib.importing.services.stored import Recorded, Stored
from chalicelib.kernel.actors import Actor, Channel
from chalicelib.ledger.domain.charges import Charge, ChargeStatus
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.services.facts import FactChanges
from chalicelib.ledger.services.posting import own_id


@dataclass(frozen=True, slots=True)
class New:
    """Nothing, or not all of it, is posted yet."""


@dataclass(frozen=True, slots=True)
class Known:
    """Posted, with these values."""


@dataclass(frozen=True, slots=True)
class AmountChange:
    """Posted with another amount, which an adjustment `external_id` of `charge_id` can correct."""

    old_minor: int
    new_minor: int
    external_id: str
    charge_id: str


@dataclass(frozen=True, slots=True)
class FactsChange:
    """Posted with other facts, which a correction `external_id` of `charge_id` makes what the file says. With
    none of them it says under which id files give the charge now."""

    facts: FactChanges
    external_id: str
    charge_id: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Posted with other values that can be corrected. `taken` and `kept` name facts by the row's columns:
    what the file changed, and what staff corrected here since a file gave it.
    """

    amount: AmountChange | None = None
    facts: FactsChange | None = None
    taken: tuple["Difference", ...] = ()
    kept: tuple["Difference", ...] = ()


@dataclass(frozen=True, slots=True)
class Odd:
    """Posted with another value that no posting can change; `columns` with the stored values."""

    columns: tuple[tuple[str, object], ...]


Verdict = New | Known | Changed | Odd
Difference = tuple[str, object, object]
"""A column, what the file gives, and what is stored."""
FACTS = ("service", "clinician_id", "cpt", "diagnoses", "place_of_service", "status")


def compared(practice: str, row: Row, stored: Stored) -> Verdict:
    match row:
        case ChargeRow():
            return _charge(practice, row, stored)
        case OpeningBalanceRow():
            return _opening(row, stored)
        case PaymentRow():
            return _payment(row, stored.get(EntryKind.PAYMENT, row.payment_id))
        case RefundRow():
            return _refund(row, stored)
        case AdjustmentRow():
            return _adjustment(row, stored)
        case InsurancePaymentRow():
            return _insurance(row, stored)
    raise TypeError(type(row))


def same(verdict: Verdict) -> bool:
    """Whether nothing is to be posted; what staff corrected of it here is no difference."""
    return isinstance(verdict, Known) or (
        isinstance(verdict, Changed) and not (verdict.amount or verdict.facts)
    )


def _charge(practice: str, row: ChargeRow, stored: Stored) -> Verdict:
    charge = stored.charges.get(own_id(practice, "charge", row.charge_id))
    if charge is None:
        return New()
    odd = [
        ("date", row.date, charge.date),
        ("insurance_expected", row.insurance_minor, charge.insurer_minor),
        ("units", row.units, charge.units),
    ]
    given = [difference for difference in odd if difference[0] in row.given]
    if found := _odd(given):
        return found
    posted = _posted(charge, row.charge_id, stored)
    amount = _amount(row.charge_id, f"fee:{row.charge_id}:", posted, row.fee_minor, stored)
    taken, kept = _facts(row, charge, stored)
    correction = _correction(row, taken, stored)
    if not (amount or correction or kept):
        return Known()
    return Changed(amount, correction, taken, kept)


def fee_now(charge: Charge, charge_id: str, stored: Stored) -> int:
    """The whole fee, as files corrected it since it was posted: minor units."""
    return _now(f"fee:{charge_id}:", _posted(charge, charge_id, stored), stored)


def _posted(charge: Charge, charge_id: str, stored: Stored) -> Recorded:
    fee = charge.client_minor + charge.insurer_minor
    return Recorded(fee, charge.date, undone=_undone(charge_id, stored))


def _facts(
    row: ChargeRow, charge: Charge, stored: Stored
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """What the file says otherwise; and of that, what it says as it did before staff corrected it here."""
    pairs = ((name, getattr(row, name), getattr(charge, name)) for name in FACTS if name in row.given)
    differing = [(name, given, held) for name, given, held in pairs if given != held]
    last = _last_given(charge, stored) if differing else {}
    kept = tuple(each for each in differing if each[1] == last[each[0]])
    return tuple(each for each in differing if each not in kept), kept


def is_corrected(charge: Charge, stored: Stored) -> bool:
    """Whether it says something else than it was posted with. One more read where it may."""
    if not charge.facts_seq:
        return False
    first = stored.former(charge.id)[0]
    return any(getattr(charge, name) != getattr(first, name) for name in FACTS)


def _last_given(charge: Charge, stored: Stored) -> Mapping[str, object]:
    """Each fact as a file gave it last: what staff corrected stays theirs when a file corrects another."""
    if not charge.facts_seq:
        return {name: getattr(charge, name) for name in FACTS}
    by = {entry.seq: entry.actor for entry in stored.entries if entry.draft.kind is EntryKind.FACTS_CORRECTED}
    first, *later = (*stored.former(charge.id), charge)
    given, before = {name: getattr(first, name) for name in FACTS}, first
    for version in later:
        if _of_file(by[version.facts_seq]):
            now = ((name, getattr(version, name)) for name in FACTS)
            given.update({name: value for name, value in now if value != getattr(before, name)})
        before = version
    return given


def _of_file(actor: str) -> bool:
    return Actor.parse(actor).channel is Channel.IMPORT


def _correction(row: ChargeRow, taken: Sequence[Difference], stored: Stored) -> FactsChange | None:
    known_as = row.renumbered if row.renumbered and row.renumbered not in renumbered(stored) else ""
    if not (taken or known_as):
        return None
    values: Mapping[str, Any] = {name: given for name, given, _ in taken}
    if "status" in values:
        values = {**values, "status": ChargeStatus(values["status"])}
    prefix = f"facts:{row.charge_id}:"
    number = 1 + sum(1 for _ in stored.numbered(prefix, EntryKind.FACTS_CORRECTED))
    external_id = answer_id(known_as, stored) if known_as else f"{prefix}{number}"
    return FactsChange(FactChanges(**values), external_id, row.charge_id)


def _undone(charge_id: str, stored: Stored) -> bool:
    return any(stored.undone(kind, charge_id) for kind in (EntryKind.CHARGE, EntryKind.SERVICE))


def _opening(row: OpeningBalanceRow, stored: Stored) -> Verdict:
    id_ = opening_id(row.client_id)
    found = stored.get(EntryKind.OPENING_BALANCE, id_)
    if found is None:
        return New() if row.amount_minor else Known()
    if odd := _odd([("date", row.date, found.on)]):
        return odd
    amount = _amount(id_, f"{id_}:", found, row.amount_minor, stored)
    if amount and (found.amount_minor < 0 or row.amount_minor < 0):
        return Odd((("amount", amount.old_minor),))  # credit is no charge that could be adjusted
    return Changed(amount) if amount else Known()


def _payment(row: PaymentRow, found: Recorded | None) -> Verdict:
    if found is None:
        return New()
    odd = [
        ("date", row.date, found.on),
        ("amount", row.amount_minor, found.amount_minor),
        ("method", row.method, found.method),
    ]
    return _odd(odd) or Known()


def _refund(row: RefundRow, stored: Stored) -> Verdict:
    found = stored.get(EntryKind.REFUND, row.refund_id)
    if found is None:
        return New()
    odd = [
        ("payment_id", row.payment_id, stored.payment_name(found.payment_id)),
        ("date", row.date, found.on),
        ("amount", row.amount_minor, found.amount_minor),
    ]
    return _odd(odd) or Known()


def _adjustment(row: AdjustmentRow, stored: Stored) -> Verdict:
    kinds = {"adjustment": EntryKind.ADJUSTMENT, "write_off": EntryKind.WRITE_OFF}
    for name, kind in kinds.items():
        found = stored.get(kind, row.adjustment_id)
        if found is not None:
            return _odd([("kind", row.kind, name), *_about(row, row.amount_minor, found, stored)]) or Known()
    return New()


def _insurance(row: InsurancePaymentRow, stored: Stored) -> Verdict:
    """Posted in up to three entries. With some of them missing it was killed between them, and is new."""
    parts = (
        ("paid", EntryKind.INSURANCE_PAYMENT, row.paid_minor),
        ("contractual_adjustment", EntryKind.CONTRACTUAL_ADJUSTMENT, row.contractual_minor),
        ("patient_responsibility", EntryKind.RESPONSIBILITY_TRANSFER, row.patient_minor),
    )
    found = {name: stored.get(kind, row.insurance_payment_id) for name, kind, _ in parts}
    if not any(found.values()):
        return New()
    differences: list[Difference] = []
    for name, _, amount in parts:
        part = found[name]
        if part is not None:
            named = (d if d[0] != "amount" else (name, *d[1:]) for d in _about(row, amount, part, stored))
            differences += named
        elif amount and not (stored.account and stored.account.hold):
            differences.append((name, amount, 0))
    unfinished = any(amount and found[name] is None for name, _, amount in parts)
    return _odd(differences) or (New() if unfinished else Known())


def _about(
    row: AdjustmentRow | InsurancePaymentRow, amount_minor: int, found: Recorded, stored: Stored
) -> Iterator[Difference]:
    yield "charge_id", row.charge_id, stored.charges[found.charge_id].external_id
    yield "date", row.date, found.on
    yield "amount", amount_minor, found.amount_minor


def _odd(differences: list[Difference]) -> Odd | None:
    odd = tuple((column, stored) for column, given, stored in differences if given != stored)
    return Odd(odd) if odd else None


def _amount(
    charge_id: str, prefix: str, posted: Recorded, wanted_minor: int, stored: Stored
) -> AmountChange | None:
    """The posted amount with the corrections made to it since, against the wanted one; None where it is that.

    A correction that staff took back is none. But before a charge itself is taken back its corrections are:
    such a charge stays as files last gave it, or the same files would want it corrected for ever.
    """
    now = _now(prefix, posted, stored)
    if now == wanted_minor:
        return None
    number = 1 + sum(1 for _ in stored.numbered(prefix))
    return AmountChange(now, wanted_minor, f"{prefix}{number}", charge_id)


def _now(prefix: str, posted: Recorded, stored: Stored) -> int:
    standing = (c for c in stored.numbered(prefix) if posted.undone or not c.undone)
    return posted.amount_minor - sum(correction.amount_minor for correction in standing)
