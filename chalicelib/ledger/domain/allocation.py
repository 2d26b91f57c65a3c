"""Which items a payment pays. Pure: the preview and the result are the same call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.entries import OpenItem


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a payment that pays one charge (minor units)."""

    charge_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """shares + credit = the payment's amount."""

    shares: tuple[Share, ...]
    credit_minor: int = 0

    @property
    def total_minor(self) -> int:
        return sum(share.amount_minor for share in self.shares) + self.credit_minor


def oldest_first(items: Iterable[OpenItem]) -> list[OpenItem]:
    return sorted(items, key=lambda item: (item.since, item.charge_id))


def allocate(
    amount_minor: int, items: Iterable[OpenItem], owed: Mapping[str, int] | None = None
) -> Allocation:
    """Oldest first, the excess to credit. `owed` caps what may be paid of an item (its payable part)."""
    if amount_minor <= 0:
        return Allocation((), amount_minor)
    left, shares = amount_minor, []
    for item in oldest_first(items):
        part = min(left, item.owed_minor if owed is None else owed.get(item.charge_id, 0))
        if part > 0:
            shares.append(Share(item.charge_id, part))
            left -= part
    return Allocation(tuple(shares), left)


def refit(wanted: Allocation, open_items: Mapping[str, OpenItem]) -> Allocation:
    """The allocation a captured payment gets now, when its items may have changed since it was quoted.

    Chosen shares stay as far as the items still owe them; what is freed pays the oldest open
    items, and only what nothing owes becomes credit (so credit > 0 means nothing is open).
    """
    kept = {s.charge_id: min(s.amount_minor, _owed(open_items, s.charge_id)) for s in wanted.shares}
    freed = wanted.total_minor - sum(kept.values())
    owed = {id_: item.owed_minor - kept.get(id_, 0) for id_, item in open_items.items()}
    extra = allocate(freed, open_items.values(), owed)
    return Allocation(_merge(kept, extra.shares), extra.credit_minor)


def first_of(shares: Iterable[Share], amount_minor: int) -> Allocation:
    """That much of the shares, the first ones first; what they do not come to is credit."""
    left, kept = amount_minor, list[Share]()
    for share in shares:
        part = min(left, share.amount_minor)
        if part:
            kept.append(Share(share.charge_id, part))
        left -= part
    return Allocation(tuple(kept), left)


def take_back(amount_minor: int, credit_minor: int, newest_first: Sequence[Share]) -> Allocation:
    """What a refund undoes: unapplied credit first, then the newest allocations.

    Error: refund_above_remainder.
    """
    from_credit = min(amount_minor, credit_minor)
    left, shares = amount_minor - from_credit, dict[str, int]()
    for share in newest_first:
        part = min(left, share.amount_minor)
        if part:
            shares[share.charge_id] = shares.get(share.charge_id, 0) + part
            left -= part
    if left:
        raise Invalid("refund_above_remainder", "amount_minor", remainder_minor=amount_minor - left)
    return Allocation(tuple(Share(*pair) for pair in shares.items()), from_credit)


def _owed(open_items: Mapping[str, OpenItem], charge_id: str) -> int:
    item = open_items.get(charge_id)
    return item.owed_minor if item else 0


def _merge(kept: Mapping[str, int], extra: Iterable[Share]) -> tuple[Share, ...]:
    total = dict(kept)
    for share in extra:
        total[share.charge_id] = total.get(share.charge_id, 0) + share.amount_minor
    return tuple(Share(charge_id, amount) for charge_id, amount in total.items() if amount)
