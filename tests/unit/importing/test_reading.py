"""Files as bytes: encodings, quoting, columns, size."""

import io
import random
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date

import pytest

from chalicelib.importing.domain.batch import batch_id, gathered
from chalicelib.importing.domain.formats import CHARGES, CLIENTS, Format, format_of
from chalicelib.importing.domain.reading import Reading, read_whole
from chalicelib.importing.domain.rows import ClientRow
from chalicelib.importing.domain.tables.own_files import read_own
from chalicelib.importing.domain.values import Terms
from chalicelib.words.cli.imports import IMPORTS
from chalicelib.words.cli.reading import UNREADABLE

TERMS = Terms("USD", date(2026, 11, 21))
CHARGE = {
    "charge_id": "A1", "client_id": "C1", "date": "2026-10-01", "service": "Talk", "clinician_id": "dr-a",
    "fee": "150.00",
}  # fmt: skip
GOOD = {
    "clients": {"client_id": "C1", "name": "Ana"},
    "opening_balances": {"client_id": "C1", "date": "2026-10-01", "amount": "5"},
    "charges": CHARGE,
    "insurance_payments": {
        "insurance_payment_id": "I1", "charge_id": "A1", "date": "2026-10-01", "paid": "5",
    },
    "payments": {
        "payment_id": "P1", "client_id": "C1", "date": "2026-10-01", "amount": "5", "method": "cash",
    },
    "adjustments": {
        "adjustment_id": "J1", "charge_id": "A1", "date": "2026-10-01", "amount": "5", "kind": "adjustment",
    },
    "refunds": {"refund_id": "R1", "payment_id": "P1", "date": "2026-10-01", "amount": "5"},
}  # fmt: skip


def _read(text: str | bytes, format_: Format = CLIENTS, terms: Terms = TERMS) -> Reading:
    raw = text.encode() if isinstance(text, str) else text
    return read_own(f"{format_.kind}.csv", format_, raw, terms, lambda _: False)[0]


def _codes(reading: Reading) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.code) for p in reading.problems]


def _one(format_: Format, cells: dict[str, str], terms: Terms = TERMS) -> Reading:
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells.values())
    return _read(f"{','.join(cells)}\r\n{','.join(quoted)}\r\n", format_, terms)


# --- the file -----------------------------------------------------------------------------------


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_the_usual_spellings_of_csv_read_the_same(bom: bytes, delimiter: str, end: str) -> None:
    lines = [
        ["Name", " client_id ", "address"],
        ['“Zoë”, the "2nd"; O\'Hara', "C1", f"1 Road{end}Town"],
        ["", "", ""],
    ]
    text = "".join(delimiter.join('"' + c.replace('"', '""') + '"' for c in line) + end for line in lines)
    (row,) = _read(bom + text.encode()).rows
    assert isinstance(row, ClientRow)
    assert (row.client_id, row.name, row.address) == ("C1", '“Zoë”, the "2nd"; O\'Hara', "1 Road\nTown")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"client_id,name\n",
        "client_id,name\nC1,Zoë\n".encode("latin-1"),
        "client_id,name\nC1,Ana\n".encode("utf-16"),
        b"client_id,name\nC1,A\0na\n",
        b"client_id,name\rC1,Ana\r",
        b'client_id,name\nC1,"Ana\n',
        b'client_id,name\nC1,"An"a\n',
        b"client_id,name\nC1," + b"a" * 200_000 + b"\n",
        b"client_id,nmae\nC1,Ana\n",
        b"client_id,name\nC1\n",
    ],
)
def test_a_file_that_is_not_strictly_so_is_read_otherwise_or_refused(raw: bytes) -> None:
    assert read_whole("clients.csv", CLIENTS, io.BytesIO(raw), TERMS) is None


def test_a_whole_file_is_read_and_another_left_at_its_first_problem() -> None:
    """Issue 17: a hundred thousand problems of a file that a spreadsheet saved were gathered for nothing."""
    lines = iter([b"client_id,name\n", b"C1,Ana\n", b"C 2,Bo\n", b"C3,Cy\n", b"C4,Di\n"])
    assert read_whole("clients.csv", CLIENTS, lines, TERMS) is None
    assert list(lines) == [b"C3,Cy\n", b"C4,Di\n"]
    good = [b"client_id,name\n", b"C1,Ana\n"]
    assert read_whole("clients.csv", CLIENTS, good, TERMS) == _read(b"".join(good))


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("client_id,nmae,name", [(1, "“nmae”", "column_unknown")]),
        ("client_id,name,name", [(1, "name", "column_twice")]),
        ("client_id", [(1, "name", "column_missing")]),
        ("email,address", [(1, "client_id", "column_missing"), (1, "name", "column_missing")]),
    ],
)
def test_columns_are_checked_by_name(header: str, found: list[tuple[int, str, str]]) -> None:
    assert _codes(_read(header + "\nC1" + ",Ana" * header.count(",") + "\n")) == found


def test_all_that_is_wrong_is_listed() -> None:
    reading = _read(
        "charge_id,client_id,date,service,clinician_id,fee\n"
        "A1,C1,2026-02-30,Talk,dr-a,12.5x\nA 2,,2026-10-01,,dr-a,-1\nA3,C1,2026-10-01,Talk,dr-a\n"
        "A4,C1,2026-10-01,Talk,dr-a,10\n",
        CHARGES,
    )
    assert sorted(_codes(reading)) == [
        (2, "date", "date_absent"), (2, "fee", "amount_format"),
        (3, "charge_id", "id_format"), (3, "client_id", "cell_empty"), (3, "fee", "fee_negative"),
        (3, "service", "cell_empty"), (4, "", "cells_miscounted"),
    ]  # fmt: skip
    assert [row.number for row in reading.rows] == [5]
    assert reading.suspects == {"A1", "A 2"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("charges.csv", "charges"), ("Charges-2026.CSV", "charges"), ("payments-a-b.csv", "payments"),
        ("insurance_payments.csv", "insurance_payments"), ("charges.xlsx", None), ("mycharges.csv", None),
        ("charges2.csv", None),
    ],
)  # fmt: skip
def test_a_files_name_says_what_it_holds(name: str, kind: str | None) -> None:
    found = format_of(name)
    assert (found.kind if found else None) == kind


# --- all together -------------------------------------------------------------------------------


def test_the_import_is_named_by_its_rows_alone() -> None:
    one = _read("client_id,name\nC1,Ana\nC2,Bo\n").rows
    other = _read('"name";"client_id"\r\n"Bo";"C2"\r\n"Ana";"C1"\r\n').rows
    third = _read("client_id,name\nC1,Ana\nC2,Boo\n").rows
    ids = [batch_id("oak", gathered(rows)) for rows in (one, other, third)]
    assert ids[0] == ids[1] != ids[2]


def test_a_column_that_the_file_has_not_leaves_what_an_empty_cell_would_empty() -> None:
    """So two files that differ by it are two imports."""
    texts = (
        "client_id,name,email\nC1,Ana,\nC2,Bo,\n", "email,client_id,name\n,C1,Ana\n,C2,Bo\n",
        "client_id,name\nC1,Ana\nC2,Bo\n", "client_id,name\nC1,Ana\n",
    )  # fmt: skip
    with_email, turned, without, first = (_read(text).rows for text in texts)
    second = _read("client_id,name,email\nC2,Bo,\n").rows
    ids = [batch_id("oak", gathered(r)) for r in (with_email, turned, without, [*first, *second])]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_ten_thousand_rows_take_little_time_and_memory() -> None:
    seed = 20261121
    print(f"seed {seed}")
    chance = random.Random(seed)
    header = b"charge_id,client_id,date,service,clinician_id,fee\n"

    def lines() -> Iterator[bytes]:
        yield header
        for number in range(10_000):
            fee = f"{chance.randrange(1, 500)}.{chance.randrange(100):02d}"
            yield f"A{number},C{number % 300},2026-10-{number % 28 + 1:02d},Talk,dr-a,{fee}\n".encode()

    began = time.process_time()
    tracemalloc.start()
    reading = read_whole("charges.csv", CHARGES, lines(), TERMS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reading is not None
    assert len(reading.rows) == 10_000
    assert time.process_time() - began < 10
    assert peak < 30_000_000


def test_broken_files_never_raise() -> None:
    seed = 20261122
    print(f"seed {seed}")
    chance = random.Random(seed)
    alphabet = [
        b",",
        b";",
        b'"',
        b"\n",
        b"\r",
        b"\0",
        b"A1",
        b"\xff",
        "é".encode(),
        b"=",
        b"-1",
        b"client_id",
        b"name",
    ]
    for _ in range(2_000):
        raw = b"".join(chance.choice(alphabet) for _ in range(chance.randrange(30)))
        for text in (raw, b"client_id,name\n" + raw):
            reading = _read(text)
            assert reading.rows or reading.problems
            assert all(p.code in {**IMPORTS, **UNREADABLE} for p in reading.problems)
