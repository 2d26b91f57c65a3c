"""What a rebuilt account would say otherwise than it does, for whoever has to agree to it. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from chalicelib.ledger.domain.entries import OpenItem
from chalicelib.verification.domain.accounts import Stored

GONE = "gone"
_OPEN = (
    "fee_minor",
    "insurance_minor",
    "adjustments_minor",
    "paid_minor",
    "service",
    "service_on",
    "clinician_id",
    "since",
)
_NOT_TOLD = frozenset({"version", "services"})


@dataclass(frozen=True, slots=True)
class Difference:
    """`row` is which, e.g. "charge 3f…"; `name` what of it; money is in minor units."""

    row: str
    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.row}: {self.name} {self.before} → {self.after}"


def differences(before: Stored, after: Stored, *, row: str) -> Iterator[Difference]:
    """`row` is what is wrong with the account's own row as a whole: "gone", "unreadable", or ""."""
    if row:
        yield Difference("account", "row", row, "stands")
    yield from _account(before, after)
    for kind, rows in _ROWS.items():
        yield from _each(kind, rows(before), rows(after))


def _account(before: Stored, after: Stored) -> Iterator[Difference]:
    was, now = before.account.ledger, after.account.ledger
    yield from _changed("account", "balance_minor", before.balance_minor, after.balance_minor)
    yield from _changed("account", "credit_minor", was.credit_minor, now.credit_minor)
    yield from _changed("account", "entries", was.seq, now.seq)
    yield from _changed("account", "head", was.head[:12], now.head[:12])
    named = (" ".join(sorted(of.account.disputed)) or "none" for of in (before, after))
    yield from _changed("account", "disputed", *named)
    for id_ in sorted({*was.open, *now.open}):
        yield from _open(id_, was.open.get(id_), now.open.get(id_))


def _open(charge_id: str, was: OpenItem | None, now: OpenItem | None) -> Iterator[Difference]:
    row = f"open item {charge_id}"
    if was is None or now is None:
        before, after = (str(item.owed_minor) if item else GONE for item in (was, now))
        yield Difference(row, "owed_minor", before, after)
        return
    for name in _OPEN:
        yield from _changed(row, name, getattr(was, name), getattr(now, name))


_ROWS: Mapping[str, Callable[[Stored], Mapping[str, Any]]] = {
    "in flight": lambda of: of.account.reserved,
    "payment": lambda of: {row.id: row for row in of.payments},
    "refund": lambda of: {f"{row.payment_id} {row.id}": row for row in of.refunds},
    "charge": lambda of: of.charges,
    "sequel": lambda of: {str(row.seq): row for row in of.sequels if row.shown},
    "marker": lambda of: of.markers,
}


def _each(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key in sorted({*before, *after}):
        was, now, row = before.get(key), after.get(key), f"{kind} {key}"
        if was is None or now is None:
            yield Difference(row, "row", *("stands" if there else GONE for there in (was, now)))
            continue
        for field in fields(was):
            if field.name not in _NOT_TOLD:
                yield from _changed(row, field.name, getattr(was, field.name), getattr(now, field.name))


def _changed(row: str, name: str, before: object, after: object) -> Iterator[Difference]:
    if before != after:
        yield Difference(row, name, str(before), str(after))
