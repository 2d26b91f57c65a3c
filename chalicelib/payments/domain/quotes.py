"""What may be paid now, and exactly what a payment would pay. Pure; payments are made from the same call."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.money import positive
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.allocation import Allocation, Share, allocate, oldest_first
from chalicelib.ledger.domain.entries import OpenItem, Service
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.practice.domain.practices import Practice


class Reason(StrEnum):
    """Why an open item, or part of it, cannot be paid online now."""

    PAYMENTS_DISABLED = "payments_disabled"
    CLINICIAN_PAYMENTS_DISABLED = "clinician_payments_disabled"
    IN_FLIGHT = "in_flight"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class Payable:
    """An open item and what may be paid of it now; `reason` when that is less than owed."""

    item: OpenItem
    payable_minor: int
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What the payer chose. `kind` is balance, services, service, amount or invoice; absent parts are empty.
    `reference` is the id of the document whose services are paid."""

    kind: str
    charge_ids: tuple[str, ...] = ()
    amount_minor: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What the payment pays of one charge, and what stays owed of it (minor units)."""

    charge_id: str
    service: Service
    amount_minor: int
    left_minor: int


@dataclass(frozen=True, slots=True)
class Quote:
    """`key` names this answer; it changes with anything the payer was told. Amounts in minor units.

    All of it is of one account as it was read once: whoever shows a quote reads nothing more of the account.
    """

    key: str
    amount_minor: int
    currency: str
    allocation: Allocation
    lines: tuple[Line, ...]
    left_out: tuple[Payable, ...]
    owed_after_minor: int


def payables(practice: Practice, account: Account) -> list[Payable]:
    """Every open item, oldest first."""
    return [_payable(practice, account, item) for item in oldest_first(account.ledger.open.values())]


def quote(practice: Practice, account: Account, scope: Scope, bounds: Bounds) -> Quote:
    """Exactly what would be charged. Errors carry the code of the first rule that the choice breaks."""
    if not practice.payments_enabled or not bounds.taken:
        raise Refused("payments_disabled")
    rows = payables(practice, account)
    allocation, rest = _stepped(scope, rows, _RULES[scope.kind](scope, rows, bounds), bounds)
    _not_edited(scope, allocation.total_minor)
    bounds.check(allocation.total_minor)
    _leaves_no_scrap(scope, rows, allocation.total_minor, bounds)
    left_out = tuple(row for row in _asked(scope, rows) if row.reason)
    owed_after = account.ledger.balance_minor - allocation.total_minor
    return Quote(
        _key(account, allocation, owed_after),
        allocation.total_minor,
        account.ledger.currency,
        allocation,
        tuple(_line(account.ledger.open[share.charge_id], share) for share in allocation.shares),
        left_out + rest,
        owed_after,
    )


def offered(rows: Sequence[Payable], bounds: Bounds) -> tuple[int, list[Payable]]:
    """What of the balance can be paid now (minor units), and what is left out of it."""
    payable_minor = sum(row.payable_minor for row in rows)
    stepped_minor = bounds.stepped(payable_minor)
    return stepped_minor, [*(row for row in rows if row.reason), *_cut(rows, payable_minor, stepped_minor)]


def _asked(scope: Scope, rows: Sequence[Payable]) -> Sequence[Payable]:
    """Of what the payer is told why it is left out; a service that is chosen is paid or refused."""
    if scope.kind in ("balance", "amount"):
        return rows
    return [row for row in rows if row.item.charge_id in scope.charge_ids] if scope.kind == "invoice" else ()


def _stepped(
    scope: Scope, rows: Sequence[Payable], wanted: Allocation, bounds: Bounds
) -> tuple[Allocation, tuple[Payable, ...]]:
    """What was typed must be a multiple of the step. What was chosen is rounded down; the rest is named."""
    total_minor = wanted.total_minor
    down_minor = bounds.stepped(total_minor)
    if down_minor == total_minor:
        return wanted, ()
    if scope.kind in ("service", "amount"):
        raise Invalid("amount_step", "amount_minor", step_minor=bounds.step_minor)
    owed = {share.charge_id: share.amount_minor for share in wanted.shares}
    chosen = [row for row in rows if row.item.charge_id in owed]
    return allocate(down_minor, [row.item for row in chosen], owed), _cut(chosen, total_minor, down_minor)


def _cut(rows: Sequence[Payable], payable_minor: int, stepped_minor: int) -> tuple[Payable, ...]:
    """Of which items the rest is that rounding leaves: the newest."""
    rest_minor, cut = payable_minor - stepped_minor, list[Payable]()
    for row in reversed(rows):
        part = min(rest_minor, row.payable_minor)
        if part:
            cut.append(Payable(row.item, row.item.owed_minor - part, Reason.ROUNDING))
        rest_minor -= part
    return tuple(cut)


def _not_edited(scope: Scope, total_minor: int) -> None:
    if scope.kind == "services" and scope.amount_minor not in (None, total_minor):
        raise Invalid("amount_not_editable", "amount_minor", amount_minor=total_minor)


def _leaves_no_scrap(scope: Scope, rows: Sequence[Payable], amount_minor: int, bounds: Bounds) -> None:
    """Of a service, or of all, no rest may stay that is too little to be paid by itself: nobody could."""
    if scope.kind in ("service", "amount"):
        of = [row for row in rows if scope.kind == "amount" or row.item.charge_id in scope.charge_ids]
        bounds.check_rest(amount_minor, sum(row.payable_minor for row in of))


def _line(item: OpenItem, share: Share) -> Line:
    return Line(item.charge_id, item.called, share.amount_minor, item.owed_minor - share.amount_minor)


def _payable(practice: Practice, account: Account, item: OpenItem) -> Payable:
    if not practice.payments_enabled:
        return Payable(item, 0, Reason.PAYMENTS_DISABLED)
    clinician = practice.clinician(item.clinician_id)
    if clinician is not None and not clinician.payments_enabled:
        return Payable(item, 0, Reason.CLINICIAN_PAYMENTS_DISABLED)
    available = account.available_minor(item)
    return Payable(item, available, Reason.IN_FLIGHT if available < item.owed_minor else None)


def _balance(_: Scope, rows: Sequence[Payable], __: Bounds) -> Allocation:
    payable = {row.item.charge_id: row.payable_minor for row in rows}
    if not any(payable.values()):
        in_flight = any(row.reason is Reason.IN_FLIGHT for row in rows)
        raise Refused("item_in_flight" if in_flight else "nothing_to_pay")
    return allocate(sum(payable.values()), [row.item for row in rows], payable)


def _invoice(scope: Scope, rows: Sequence[Payable], bounds: Bounds) -> Allocation:
    """What can be paid now of what its services still owe."""
    chosen = _asked(scope, rows)
    if chosen and all(row.reason is Reason.CLINICIAN_PAYMENTS_DISABLED for row in chosen):
        raise Refused("clinician_payments_disabled")
    return _balance(scope, chosen, bounds)


def _amount(scope: Scope, rows: Sequence[Payable], bounds: Bounds) -> Allocation:
    payable = {row.item.charge_id: row.payable_minor for row in rows}
    allocation = allocate(positive(scope.amount_minor), [row.item for row in rows], payable)
    if allocation.credit_minor and any(row.reason for row in rows):
        # Credit would at once pay what may not be paid online, and the preview would not be the result.
        raise bounds.too_much("amount_above_payable", sum(payable.values()))
    return allocation


def _services(scope: Scope, rows: Sequence[Payable], _: Bounds) -> Allocation:
    if len(set(scope.charge_ids)) != len(scope.charge_ids):
        raise Invalid("field_invalid", "charge_ids")
    by_id = {row.item.charge_id: row for row in rows}
    chosen = [_chosen(by_id, charge_id) for charge_id in scope.charge_ids]
    return Allocation(tuple(Share(row.item.charge_id, row.payable_minor) for row in chosen))


def _service(scope: Scope, rows: Sequence[Payable], bounds: Bounds) -> Allocation:
    row = _chosen({row.item.charge_id: row for row in rows}, scope.charge_ids[0])
    amount = positive(scope.amount_minor)
    if amount > row.payable_minor:
        raise bounds.too_much("amount_above_owed", row.payable_minor)
    return Allocation((Share(row.item.charge_id, amount),))


_RULES = {"balance": _balance, "services": _services, "service": _service, "amount": _amount,
          "invoice": _invoice}  # fmt: skip


def _chosen(by_id: Mapping[str, Payable], charge_id: str) -> Payable:
    row = present(by_id.get(charge_id), "charge_not_payable", "charge_ids")
    if row.reason is Reason.CLINICIAN_PAYMENTS_DISABLED:
        raise Refused("clinician_payments_disabled", "charge_ids")
    if row.payable_minor == 0:
        raise Refused("item_in_flight", "charge_ids")
    return row


def _key(account: Account, allocation: Allocation, owed_after_minor: int) -> str:
    told = [account.id, [[s.charge_id, s.amount_minor] for s in allocation.shares], allocation.credit_minor]
    text = json.dumps([*told, owed_after_minor], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
