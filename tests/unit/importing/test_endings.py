"""Files that were cut off, that are no numbers, or that end in totals: asked about, or refused (issue 17)."""

from datetime import date

import pytest

from chalicelib.importing.domain.formats import OPENING_BALANCES
from chalicelib.importing.domain.rows import OpeningBalanceRow
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.tables.own_files import Interpreted, read_own
from chalicelib.importing.domain.tables.table import Unreadable
from chalicelib.importing.domain.values import Terms
from chalicelib.importing.services.mapping import Said
from tests.support.workbooks import Page, Written, workbook
from tests.unit.importing.exports import THERANEST, codes, mapped, own_map, prepared, with_clients

TERMS = Terms("USD", date(2026, 11, 20))


def balances(
    content: str | bytes, name: str = "opening_balances.csv"
) -> tuple[list[int], list[str], Interpreted]:
    raw = content if isinstance(content, bytes) else content.encode()
    reading, made = read_own(name, OPENING_BALANCES, raw, TERMS, lambda _: False)
    rows = [row.amount_minor for row in reading.rows if isinstance(row, OpeningBalanceRow)]
    return rows, [problem.code for problem in reading.problems], made


HEADER = "client_id,date,amount\n"


@pytest.mark.parametrize("name", ["opening_balances.csv", "opening_balances.txt"])
@pytest.mark.parametrize("end", ["12", "125", "1250", "1", "12.", "1250.0"])
def test_an_amount_with_fewer_decimals_than_all_others_was_cut_off(name: str, end: str) -> None:
    rows, problems, _ = balances(f"{HEADER}C1,2026-01-01,80.00\nC2,2026-01-01,{end}", name)
    assert (rows, problems) == ([], ["last_line_cut"])


@pytest.mark.parametrize(
    ("lines", "asks"),
    [
        ("C1,2026-01-01,80\nC2,2026-01-01,12", True),
        ("C1,2026-01-01,80.00\nC2,2026-01-01,12.50", True),
        ("C1,2026-01-01,80.00\nC2,2026-01-01,12.50\n", False),
        ('C1,2026-01-01,80.00\nC2,2026-01-01,"12.50"', False),
    ],
)
def test_a_last_line_without_an_end_has_to_be_agreed_to(lines: str, asks: bool) -> None:
    rows, problems, made = balances(HEADER + lines)
    assert (len(rows), problems, made.changes) == (2, [], asks)


def test_a_last_cell_that_is_a_text_is_told_alone() -> None:
    (table,) = tables_of("f.csv", b"date,amount,name\n2026-01-01,80.00,Ana\n2026-01-01,9.00,Bo")
    assert [(note.code, note.changes) for note in table.notes] == [("last_line_open", False)]
    (table,) = tables_of("f.csv", b"date,amount,name\n2026-01-01,80.00,Ana\n2026-01-01,9.00,")
    assert [(note.code, note.changes) for note in table.notes] == [("last_line_open", True)]


def test_an_export_that_may_be_cut_has_to_be_agreed_to_as_well() -> None:
    found = mapped(with_clients(), {"payroll.csv": THERANEST.rstrip()}, "theranest")
    assert [(one.file, one.changes) for one in found.interpreted] == [("payroll.csv", True)]
    assert "last_line_open" not in {note.code for one in found.agreed for note in one.notes}
    with pytest.raises(Unreadable) as refused:
        tables_of("payroll.csv", THERANEST.rstrip()[:-3].encode())
    assert (refused.value.code, refused.value.row, refused.value.column) == ("last_line_cut", 5, "Rate")


# --- numbers that are none ------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code"),
    [(float("nan"), "cell_error"), (float("inf"), "cell_error"), (1e30, "amount_too_large"), (80.0, "")],
)
def test_a_number_that_nobody_can_owe_is_refused_at_its_cell(value: float, code: str) -> None:
    cells: list[Written] = ["C1", "2026-01-01", value]
    _, problems, _ = balances(
        workbook({"S": Page([HEADER.strip().split(","), cells])}), "opening_balances.xlsx"
    )
    assert problems == ([code] if code else [])


@pytest.mark.parametrize(
    ("cells", "minor", "did"),
    [
        (["1 250", "12.50"], [125000, 1250], ["amount_grouped"]),
        (["1 250", "12,50"], [125000, 1250], ["amount_grouped", "amount_decimal_comma"]),
        (["\u22125.00"], [-500], ["amount_minus_spelled"]),
        (["- 5.00"], [-500], ["amount_minus_spelled"]),
        (["-5.00"], [-500], []),
    ],
)
def test_blanks_and_other_minus_signs_are_read_and_listed(
    cells: list[str], minor: list[int], did: list[str]
) -> None:
    text = HEADER + "".join(f'C{n},2026-01-01,"{cell}"\n' for n, cell in enumerate(cells))
    rows, problems, made = balances(text)
    assert (rows, problems, [one.code for one in made.cells]) == (minor, [], did)


def test_a_blank_between_thousands_proves_nothing_of_a_point() -> None:
    rows, problems, _ = balances(f"{HEADER}C1,2026-01-01,1 250\nC2,2026-01-01,1.250\n")
    assert (rows, problems) == ([], ["amounts_unproven"])


# --- comments of web pages ------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 22, 500])
def test_any_number_of_comments_before_a_table_is_looked_past(count: int) -> None:
    """Each comment doubled the time."""
    comments = b"<!---->\n" * count
    with pytest.raises(Unreadable) as refused:
        tables_of("f.csv", comments + b"<table><tr>")
    assert refused.value.code == "file_web_page"
    assert tables_of("f.csv", b"<!---->" * count + b",b\n1,2\n")


# --- totals ------------------------------------------------------------

PAID = own_map("""
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date"] }
client_id = { parts = ["First", "Last"], join = "client" }
date = "Date"
amount = "Paid"
method = { value = "check" }
""")


@pytest.mark.parametrize(
    "total", ["Sum,,,,,,$40.00", "Total for Robin,Vale,,,,,USD 40.00", "Total:,,2,,,,$4.00"]
)
def test_a_word_and_sums_are_a_total(total: str) -> None:
    text = "First,Last,Phone,Note,Mail,Date,Paid\nRobin,Vale,,,,10/14/2026,$40.00\n"
    assert codes(with_clients(), {"p.csv": f"{text}{total}\n"}, PAID) == []


@pytest.mark.parametrize("row", ["Sum,Wong,,,,10/14/2026,$60.00", "Total,Núñez,,,,,$60.00"])
def test_somebody_called_sum_is_no_total(row: str) -> None:
    text = "First,Last,Phone,Note,Mail,Date,Paid\nRobin,Vale,,,,10/14/2026,$40.00\n"
    assert codes(with_clients(), {"p.csv": f"{text}{row}\n"}, PAID) == ["total_or_row"]


def test_a_total_without_a_word_is_a_row_that_names_nobody() -> None:
    """`No client is called “”`, it said."""
    files = {"payroll.csv": THERANEST + ",,,,,,$230.00,,,,\n"}
    for said in (Said(), Said(add_clients=True)):
        problems = prepared(with_clients(), files, "theranest", said).problems
        assert {(p.row, p.column, p.code) for p in problems} == {(6, "Client", "name_absent")}
