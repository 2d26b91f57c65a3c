"""Issue 17: workbooks become tables; what cannot be seen in them is named, and no bomb is opened."""

import io
import random
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest

from chalicelib.importing.domain.tables import parts, shared_texts
from chalicelib.importing.domain.tables.choices import NO_CHOICES, Choices
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.tables.table import Kind, Table, Unreadable, kind_of
from tests.support.workbooks import MAIN, Broken, Formula, Page, Written, packed, workbook

HEADER = ["client", "date", "fee"]
MORNING = datetime(2026, 2, 3, 9, 30)  # noqa: DTZ001 - spreadsheets know no zones
ROWS: list[list[Written]] = [
    ["C-1", date(2026, 2, 3), 112.5],
    ["C-2", MORNING, 80],
    ["C-3", date(2026, 12, 31), "$1,250.00"],
]
PAGE = Page([HEADER, *ROWS])
MANY = random.Random(17).randbytes(2_000)


def _table(content: bytes, choices: Choices = NO_CHOICES) -> Table:
    (table,) = tables_of("f.xlsx", content, choices)
    return table


def _cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows()]


def _refused(content: bytes, choices: Choices = NO_CHOICES) -> tuple[str, int]:
    with pytest.raises(Unreadable) as caught:
        tables_of("f.xlsx", content, choices)
    return caught.value.code, caught.value.row


def _notes(table: Table) -> list[tuple[str, int, tuple[int, ...], bool]]:
    return [(note.code, note.count, note.rows, note.changes) for note in table.notes]


@pytest.mark.parametrize("since_1904", [False, True])
def test_dates_are_dates_and_numbers_are_exact(since_1904: bool) -> None:
    table = _table(workbook({"Recent": PAGE}, since_1904=since_1904))
    assert (table.sheet, table.columns, table.since_1904) == ("Recent", ("client", "date", "fee"), since_1904)
    assert _cells(table) == [
        ("C-1", "2026-02-03", "112.5"),
        ("C-2", "2026-02-03 09:30:00", "80"),
        ("C-3", "2026-12-31", "$1,250.00"),
    ]
    kinds = [kind_of(cell) for row in table.rows() for cell in row.cells[1:]]
    assert kinds == [Kind.DATE, Kind.NUMBER, Kind.MOMENT, Kind.NUMBER, Kind.DATE, None]


def test_yes_and_one_are_two_values_and_a_day_that_stands_there_twice_is_one() -> None:
    rows: list[list[Written]] = [[True, 1, date(2026, 2, 3)], [1, True, date(2026, 2, 3)]]
    first, second = _cells(_table(workbook({"S": Page([list("abc"), *rows])})))
    assert (first[:2], second[:2]) == (("TRUE", "1"), ("1", "TRUE"))
    assert first[2] is second[2]


def test_what_spreadsheets_put_into_cells() -> None:
    cells: list[Written] = [True, 0.1 + 0.2, 12345678901234567890, "  two  ", None, 1e-7]
    table = _table(workbook({"S": Page([list("abcdef"), cells])}))
    assert _cells(table) == [("TRUE", "0.30000000000000004", "12345678901234567000", "two", "", "0.0000001")]


def test_rows_and_columns_are_those_that_the_spreadsheet_shows() -> None:
    page = Page([[], [None, *HEADER], [], [None, *ROWS[0]]])
    table = _table(workbook({"S": page}))
    assert (table.header_row, [row.number for row in table.rows()]) == (2, [4])


def test_formulas_give_what_was_saved_with_them_or_are_refused_by_name() -> None:
    rows: list[list[Written]] = [
        ["C-1", date(2026, 2, 3), Formula("A1*2", 225)],
        ["C-2", date(2026, 2, 3), Formula("A1*2")],
        ["C-3", Formula('""', ""), 1],
        ["C-4", date(2026, 2, 3), Broken()],
        ["Total", None, Formula("SUM(C2:C5)")],
    ]
    table = _table(workbook({"S": Page([HEADER, *rows])}))
    assert [cells[0] for cells in _cells(table)] == ["C-1", "C-3"]
    assert [(p.row, p.column, p.code) for p in table.problems] == [
        (5, "fee", "cell_without_value"), (3, "fee", "formula_without_value"),
    ]  # fmt: skip
    assert _notes(table) == [("totals_left_out", 1, (6,), True), ("formulas_valued", 2, (2, 4), True)]


def test_what_is_hidden_is_named() -> None:
    page = Page(PAGE.rows, hidden_rows=[3], hidden_columns=[3])
    table = _table(workbook({"Recent": page, "Old": Page(PAGE.rows, hidden=True)}))
    assert len(_cells(table)) == 3
    assert _notes(table) == [
        ("sheets_hidden", 1, (), False), ("rows_hidden", 1, (3,), True), ("columns_hidden", 1, (), True),
    ]  # fmt: skip
    assert table.notes[0].details == {"sheets": "“Old”"}


@pytest.mark.parametrize("between", [False, True], ids=["before the table", "inside it"])
def test_a_hidden_column_is_named_by_its_place_in_the_sheet_beside_blank_ones(between: bool) -> None:
    rows = [[row[0], None, *row[1:]] if between else [None, *row] for row in PAGE.rows]
    table = _table(workbook({"S": Page(rows, hidden_columns=[2, 4])}))
    hidden = [note for note in table.notes if note.code == "columns_hidden"]
    assert [(note.count, note.details, note.changes) for note in hidden] == [
        (1, {"columns": "D"}, True) if between else (2, {"columns": "B, D"}, True)
    ]
    assert _cells(table)[0] == ("C-1", "2026-02-03", "112.5")


def test_a_workbook_without_a_sheet_is_empty() -> None:
    assert _refused(workbook({})) == ("file_empty", 0)


def test_several_sheets_are_several_tables_and_one_can_be_named() -> None:
    content = workbook({"A": PAGE, "Empty": Page([]), "B": PAGE, "Old": Page(PAGE.rows, hidden=True)})
    assert [table.sheet for table in tables_of("f.xlsx", content)] == ["A", "B"]
    assert _table(content, Choices(sheet="Old")).sheet == "Old"
    assert _refused(content, Choices(sheet="C")) == ("sheet_absent", 0)
    assert _refused(workbook({"S": Page([])})) == ("file_empty", 0)


def test_merged_cells_among_the_rows_are_refused_and_above_them_are_titles() -> None:
    assert _refused(workbook({"S": Page(PAGE.rows, merged=["A2:A3"])})) == ("cells_merged", 2)
    assert _refused(workbook({"S": Page([["March"], *PAGE.rows], merged=["A1:C1"])})) == ("titles_above", 1)
    titled = workbook({"S": Page([["March"], *PAGE.rows], merged=["A1:C1"])})
    assert len(_cells(_table(titled, Choices(header=2)))) == 3


# --- what is no workbook ------------------------------------------------------------------------------


def test_other_archives_are_named() -> None:
    assert _refused(packed({"a.csv": b"a,b\n1,2\n"}))[0] == "file_archive"
    assert (
        _refused(packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}))[0]
        == "file_open_document"
    )
    assert _refused(packed({"xl/workbook.bin": b"x"}))[0] == "file_binary_workbook"
    assert _refused(workbook({"S": PAGE})[:900])[0] == "file_broken"


def test_a_damaged_workbook_is_refused_wherever_the_damage_is() -> None:
    whole = workbook({"S": PAGE})
    for place in range(0, len(whole), 37):
        damaged = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        try:
            tables = tables_of("f.xlsx", damaged)
        except Unreadable:
            continue
        assert [_cells(table) for table in tables] == [_cells(_table(whole))]


def _declared(content: bytes, size: int) -> bytes:
    """The same archive, whose directory says that each part unpacks to that size."""
    made = bytearray(content)
    place = made.find(b"PK\x01\x02")
    while place >= 0:
        made[place + 24 : place + 28] = size.to_bytes(4, "little")
        place = made.find(b"PK\x01\x02", place + 4)
    return bytes(made)


@pytest.mark.parametrize("declared", [None, 1_000, 2_000_000_000])
def test_no_bomb_is_unpacked(declared: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded by what it declares, and by what it holds where it declares less."""
    bomb = workbook({"S": PAGE}, more={"xl/sharedStrings.xml": bytes(20_000_000)})
    assert len(bomb) < 40_000
    monkeypatch.setattr(parts, "MAX_UNPACKED", 10_000_000)
    tracemalloc.start()
    code, _ = _refused(_declared(bomb, declared) if declared else bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code in ("file_bomb", "file_broken")
    assert peak < 2_000_000


def test_a_text_that_many_cells_share_is_counted_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = f"<sst><si><t>client</t></si><si><r><t>{'a' * 900}</t></r><r><t>b</t></r></si></sst>".encode()
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{int(n > 1)}</v></c></row>' for n in range(1, 101))
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'.encode()
    shared = {"xl/sharedStrings.xml": texts.replace(b"<sst>", f'<sst xmlns="{MAIN}">'.encode())}
    whole = workbook({"S": PAGE}, more={"xl/worksheets/sheet1.xml": sheet, **shared})
    assert _cells(_table(whole))[-1] == ("a" * 900 + "b",)
    monkeypatch.setattr(shared_texts, "MAX_TEXT", 99 * 901 + len("client"))
    assert len(_cells(_table(whole))) == 99
    monkeypatch.setattr(shared_texts, "MAX_TEXT", 99 * 901 + len("client") - 1)
    assert _refused(whole)[0] == "file_bomb"


def test_other_bombs_are_refused_too() -> None:
    whole = workbook({"S": PAGE})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'r="C4"', b'r="XFD1048576"')
    assert _refused(workbook({"S": PAGE}, more={"xl/worksheets/sheet1.xml": far}))[0] == "sheet_too_large"
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet
    assert _refused(workbook({"S": PAGE}, more={"xl/worksheets/sheet1.xml": doctype}))[0] == "file_bomb"
    many = packed({f"p{n}": b"" for n in range(2_001)})
    assert _refused(many)[0] == "file_bomb"


def test_parts_that_lie_over_one_another_are_a_bomb() -> None:
    """A part whose bytes are all of the next one, with its header: each byte would be unpacked twice."""
    inner = packed({"b.xml": MANY})
    with zipfile.ZipFile(io.BytesIO(inner)) as archive:
        (within,) = archive.infolist()
        record = inner[: archive.start_dir]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.xml", record)
        within.header_offset = archive.start_dir - len(record)
        archive.filelist.append(within)
    with zipfile.ZipFile(made) as archive:
        assert [archive.read(info) for info in archive.infolist()] == [record, MANY]
    with pytest.raises(Unreadable) as refused:
        parts.parts_of(made.getvalue())
    assert refused.value.code == "file_bomb"
