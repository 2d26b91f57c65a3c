"""The demo's files with their dates shifted, so that the latest session was yesterday."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from chalicelib.importing.services.importer import Source

FOLDER = Path(__file__).resolve().parent
KINDS = (
    "clients", "opening_balances", "charges", "insurance_payments", "payments", "adjustments", "refunds",
)  # fmt: skip


def sources(
    shift: timedelta, folder: Path = FOLDER, *, since: date = date.min, before: date = date.max
) -> list[Source]:
    """All rows, or those dated from `since` to before `before`; clients, who bear no date, with the first.

    A file that would have no rows is left out.
    """
    kinds = [kind for kind in KINDS if kind != "clients" or since == date.min]
    files = ((kind, list(_shifted(folder / f"{kind}.csv", shift, since, before))) for kind in kinds)
    return [Source(f"{kind}.csv", b"".join(lines)) for kind, lines in files if len(lines) > 1]


def session_dates(folder: Path = FOLDER) -> dict[str, date]:
    """Every charge's date as the files have it, by its id."""
    return {row["charge_id"]: date.fromisoformat(row["date"]) for row in _rows(folder / "charges.csv")}


def _shifted(path: Path, shift: timedelta, since: date, before: date) -> Iterator[bytes]:
    for number, row in enumerate(_rows(path)):
        if number == 0:
            yield _line(row)
        if "date" in row:
            day = date.fromisoformat(row["date"]) + shift
            if not since <= day < before:
                continue
            row = {**row, "date": day.isoformat()}
        yield _line(row.values())


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _line(cells: Iterable[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue().encode()
