"""Issue 17: 500 files saved and damaged in all ways; never a wrong amount, date or client that is not told.

BILLFOLD_SAVED_FILES (make soak: 40,000) and BILLFOLD_SEED draw others.
"""

import os
import random

import pytest

from chalicelib.importing.domain.reading import Reading
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.domain.tables.own_files import Interpreted, read_own
from chalicelib.importing.domain.values import Terms
from chalicelib.words.cli.imports import IMPORTS
from chalicelib.words.cli.reading import UNREADABLE
from tests.property.saved_files import KNOWN, LATEST, Saved, saved

FILES = int(os.environ.get("BILLFOLD_SAVED_FILES") or 500)
SEED = os.environ.get("BILLFOLD_SEED") or "1"
TERMS = Terms("USD", LATEST)
_ROW_FIELDS = {"amount": "amount_minor", "fee": "fee_minor"}
_LOOKED_AT = ("client_id", "charge_id", "date", "birth_date", "amount", "fee")


def _read(file: Saved) -> tuple[Reading, Interpreted]:
    return read_own(file.name, file.format, file.content, TERMS, KNOWN.__contains__)


def _wrong(file: Saved, row: Row) -> list[str]:
    """The columns in which the row is another than was meant; its key where there is no such row."""
    meant = file.truth.get(getattr(row, file.format.key))
    if meant is None:
        return [file.format.key]
    columns = [column.name for column in file.format.columns if column.name in _LOOKED_AT]
    given = [name for name in columns if name in meant and _value(row, name) != ""]
    return [name for name in given if _value(row, name) != _meant(meant, name)]


def _value(row: Row, column: str) -> object:
    return getattr(row, _ROW_FIELDS.get(column, column))


def _meant(meant: dict[str, str], column: str) -> object:
    text = meant[column]
    return int(text.replace(".", "")) if column in _ROW_FIELDS else text


def _told(interpreted: Interpreted, column: str) -> bool:
    """As what was interpreted in that column, or in the whole file."""
    of_files = {"last_line_open", "encoding_windows"}
    return column in {one.column for one in interpreted.cells} or bool(
        of_files & {note.code for note in interpreted.notes}
    )


@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "damaged"])
def test_a_saved_file_is_read_rightly_or_refused_or_told(damaged: bool) -> None:
    """Whole files: exactly what was meant, or a question. Damaged ones: nothing wrong that is not told."""
    read = 0
    for number in range(FILES if damaged else FILES // 2):
        seed = f"{SEED}.{damaged}.{number}"
        file = saved(random.Random(seed), damaged=damaged)
        reading, interpreted = _read(file)
        for problem in reading.problems:
            assert problem.code in IMPORTS or problem.code in UNREADABLE, seed
            assert problem.row or problem.column or problem.code in UNREADABLE or "file" in problem.code, seed
        if reading.problems:
            continue
        read += 1
        for row in reading.rows:
            for column in _wrong(file, row):
                assert damaged, (seed, column, row)
                assert _told(interpreted, column), (seed, column, row)
        assert damaged or len(reading.rows) == len(file.truth), seed
    print(f"seed {SEED}: {read} read")
    assert read > FILES // 20
