"""Rows of the processor's books that move the practice's money and have no entry here: taxes, network costs,
reserves, fees of payouts. They are no client's: they are counted, and a person is told.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.payments.ports.movements import Movement

ROWS, SUMS = "unbooked_", "unbooked_minor_"  # and a category; and a category and a currency
# What comes again and again, each one like the last: who has decided about one has decided about all.
_ROUTINE = frozenset({"payout", "payout_reversal", "topup", "topup_reversal", "tax", "network_cost"})


def count(row: Movement, done: Counter[str]) -> None:
    done[f"{ROWS}{row.category}"] += 1
    done[f"{SUMS}{row.category} {row.currency}"] += row.amount_minor


def cause(row: Movement) -> Cause:
    subject = row.category if row.category in _ROUTINE else row.id
    facts: dict[str, str | int] = {
        "category": row.category, "row": row.id, "about": row.about,
        "amount_minor": row.amount_minor, "currency": row.currency,
    }  # fmt: skip
    return Cause(AlertName.MONEY_UNBOOKED, subject, facts)


def counted(done: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
    """Category, currency and sum (minor units, signed), of each that was counted."""
    for name, minor in sorted(done.items()):
        if name.startswith(SUMS):
            category, _, currency = name.removeprefix(SUMS).rpartition(" ")
            yield category, currency, minor
