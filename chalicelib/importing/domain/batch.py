"""All rows of one import together: each kind apart, and what must hold between them."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter

from chalicelib.importing.domain.formats import FORMATS, Format, of_row
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import (
    PLACE,
    AdjustmentRow,
    ChargeRow,
    ClientRow,
    InsurancePaymentRow,
    OpeningBalanceRow,
    PaymentRow,
    RefundRow,
    Row,
)


@dataclass(frozen=True, slots=True)
class Batch:
    """`suspects` are ids (kind, id) that the files have in rows that could not be read.

    `ids_key`: under which ids of the rows were made, where the practice does not keep it yet. `named`: the
    files' names, where rows say which sheet they were in as well: a sheet may be called like a client.
    `seen`: how many entries each client had (0: no account) when rows with made ids were held to the books,
    by the practice's own ids.
    """

    clients: tuple[ClientRow, ...] = ()
    opening_balances: tuple[OpeningBalanceRow, ...] = ()
    charges: tuple[ChargeRow, ...] = ()
    insurance_payments: tuple[InsurancePaymentRow, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    adjustments: tuple[AdjustmentRow, ...] = ()
    refunds: tuple[RefundRow, ...] = ()
    suspects: frozenset[tuple[str, str]] = frozenset()
    ids_key: str = field(default="", repr=False)
    named: tuple[str, ...] = ()
    seen: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> Iterator[Row]:
        for format_ in FORMATS:
            yield from getattr(self, format_.kind)

    @property
    def files(self) -> tuple[str, ...]:
        """The names of those the rows were in, each once."""
        return self.named or tuple(dict.fromkeys(row.file for row in self.rows if row.file))

    def __len__(self) -> int:
        return sum(len(getattr(self, format_.kind)) for format_ in FORMATS)


def gathered(rows: Iterable[Row], suspects: Iterable[tuple[str, str]] = (), *, ids_key: str = "") -> Batch:
    kinds: dict[str, list[Row]] = {format_.kind: [] for format_ in FORMATS}
    for row in rows:
        kinds[of_row(row).kind].append(row)
    found = {kind: tuple(rows) for kind, rows in kinds.items()}
    return Batch(**found, suspects=frozenset(suspects), ids_key=ids_key)  # type: ignore[arg-type]


def batch_id(practice: str, batch: Batch) -> str:
    """The same for the same rows of the same columns, however the files are named, ordered or quoted. What a
    file has no column for stays, where an empty cell would empty it."""
    digest = hashlib.sha256(practice.encode())
    for _, of_kind in sorted((format_.row.__name__, format_.kind) for format_ in FORMATS):
        rows: dict[frozenset[str], list[Row]] = {}
        for row in getattr(batch, of_kind):
            rows.setdefault(row.given, []).append(row)
        for given in sorted(rows, key=sorted):
            digest.update(repr(sorted(given)).encode())
            for line in sorted(map(_line, rows[given])):  # all kinds' at once would fill the memory
                digest.update(line.encode())
    return digest.hexdigest()[:16]


def _line(row: Row) -> str:
    return repr((type(row).__name__, *_SAID[type(row)](row)))


def repeated(batch: Batch) -> Iterator[Problem]:
    """Ids that a second row has, in one file or over several of the same kind."""
    for format_ in FORMATS:
        first: dict[str, Row] = {}
        for row in getattr(batch, format_.kind):
            id_ = key_of(format_, row)
            if id_ in first:
                details = {"value": shown(id_), "first_file": first[id_].file, "first_row": first[id_].number}
                yield row.problem(format_.key, "id_repeated", **details)
            first.setdefault(id_, row)


def key_of(format_: Format, row: Row) -> str:
    return str(getattr(row, format_.key))


def misdated(batch: Batch) -> Iterator[Problem]:
    """What cannot come before the charge or payment it is about."""
    charged = {row.charge_id: row.date for row in batch.charges}
    paid = {row.payment_id: row.date for row in batch.payments}
    about: list[AdjustmentRow | InsurancePaymentRow] = [*batch.adjustments, *batch.insurance_payments]
    for row in about:
        since = charged.get(row.charge_id, "")
        if row.date < since:
            yield row.problem("date", "date_before_charge", date=since)
    for refund in batch.refunds:
        since = paid.get(refund.payment_id, "")
        if refund.date < since:
            yield refund.problem("date", "date_before_payment", date=since)


def summary(batch: Batch) -> dict[str, int]:
    """How many rows of each kind there are; kinds without any are left out."""
    counted = Counter({format_.kind: len(getattr(batch, format_.kind)) for format_ in FORMATS})
    return {kind: count for kind, count in counted.items() if count}


_SAID = {
    format_.row: attrgetter(
        *(f.name for f in fields(format_.row) if f.name not in PLACE | {"source", "renumbered"})
    )
    for format_ in FORMATS
    if isinstance(format_.row, type)
}
"""What a row of each class says, wherever it stands: a tuple."""
