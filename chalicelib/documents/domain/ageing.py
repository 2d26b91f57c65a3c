"""How long what is owed has been owed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.ledger.domain.entries import OpenItem


@dataclass(frozen=True, slots=True)
class Ageing:
    """Open amounts (minor units) by days since the client came to owe them: 0-30, 31-60, 61-90, more."""

    days_0_30_minor: int = 0
    days_31_60_minor: int = 0
    days_61_90_minor: int = 0
    days_over_90_minor: int = 0

    @property
    def total_minor(self) -> int:
        return sum(self.parts)

    @property
    def parts(self) -> tuple[int, int, int, int]:
        return self.days_0_30_minor, self.days_31_60_minor, self.days_61_90_minor, self.days_over_90_minor


def ageing(items: Iterable[OpenItem], as_of: date, *, later_minor: Mapping[str, int]) -> Ageing:
    """Of what is open now, what the client had come to owe by `as_of`.

    `later_minor`: by charge, what happened after `as_of` has added to it, less what it took off.
    """
    parts = [0, 0, 0, 0]
    for item in items:
        days = (as_of - date.fromisoformat(item.since)).days
        if days >= 0:
            owed_then_minor = max(item.owed_minor - later_minor.get(item.charge_id, 0), 0)
            age = 0 if days <= 30 else 1 if days <= 60 else 2 if days <= 90 else 3
            parts[age] += min(item.owed_minor, owed_then_minor)
    return Ageing(*parts)
