"""Issue 17: files as people save them become tables, or are refused by name with what to do."""

import re
from pathlib import Path

import pytest

from chalicelib.importing.domain.tables.choices import NO_CHOICES, Choices
from chalicelib.importing.domain.tables.opening import tables_of
from chalicelib.importing.domain.tables.table import Table, Unreadable, column_letter
from chalicelib.words.cli.imports import IMPORTS
from chalicelib.words.cli.reading import INTERPRETED, NOTED, UNREADABLE
from chalicelib.words.codes import CODES
from chalicelib.words.errors import WORDS

ROWS = [["C-1", "Zoë Vale", "40.00"], ["C-2", "Bo", "8.50"]]
HEADER = ["client", "name", "amount"]


def _table(content: str | bytes, choices: Choices = NO_CHOICES) -> Table:
    raw = content.encode() if isinstance(content, str) else content
    (table,) = tables_of("f.csv", raw, choices)
    return table


def _cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows()]


def _text(delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(line) + end for line in [HEADER, *ROWS])


def _refused(content: str | bytes, choices: Choices = NO_CHOICES) -> tuple[str, int, str]:
    with pytest.raises(Unreadable) as caught:
        _table(content, choices)
    return caught.value.code, caught.value.row, str(caught.value.details.get("answer", ""))


# --- encodings, separators, line ends -------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (_text().encode(), []),
        (b"\xef\xbb\xbf" + _text().encode(), []),
        (_text().encode("utf-16"), ["encoding_utf16"]),
        (b"\xfe\xff" + _text().encode("utf-16-be"), ["encoding_utf16"]),
        (_text().encode("utf-16-le"), ["encoding_utf16"]),
        (_text("\t").encode("utf-16"), ["encoding_utf16", "delimiter_tab"]),
        (_text().encode("cp1252"), ["encoding_windows"]),
        (_text(";").encode(), []),
        (_text("\t").encode(), ["delimiter_tab"]),
        (_text("|").encode(), ["delimiter_bar"]),
        (("sep=;\n" + _text(";")).encode(), ["sep_line"]),
        (('"sep=\t"\r\n' + _text("\t", "\r\n")).encode(), ["sep_line"]),
        (_text(end="\r\n").encode(), []),
        (_text(end="\r").encode(), ["line_ends_cr"]),
        (_text().encode().rstrip(), ["last_line_open"]),
        (("\n" + _text() + "\n\n").encode(), ["blank_rows"]),
        (_text(end=",,\n").encode(), ["blank_columns"]),
    ],
)
def test_the_ways_a_table_is_saved_read_the_same(content: bytes, notes: list[str]) -> None:
    table = _table(content)
    assert (list(table.columns), _cells(table)) == (HEADER, [tuple(row) for row in ROWS])
    assert [note.code for note in table.notes] == notes
    assert _cells(table) == _cells(table)


def test_windows_letters_are_shown_and_have_to_be_agreed_to() -> None:
    (note,) = _table(_text().encode("cp1252")).notes
    assert note.changes
    assert note.details == {"encoding": "Windows-1252", "examples": "“Zoë”"}
    assert note.rows == (2,)


def test_commas_in_other_cells_do_not_make_the_separator() -> None:
    table = _table('client;name;amount\nC-1;Vale, Zoë;12,50\nC-2;"Bo, the ""2nd""";8,00\n')
    assert _cells(table)[0] == ("C-1", "Vale, Zoë", "12,50")
    semicolons = _table("client,codes\nC-1,F41.1;F32.9;F10.1\nC-2,F41.1;F32.9;F10.2\n")
    assert semicolons.columns == ("client", "codes")


def test_a_row_is_numbered_as_a_spreadsheet_does() -> None:
    table = _table('a,b\n1,"two\r\nlines"\n\n3,4\n')
    assert [(row.number, row.cells) for row in table.rows()] == [(2, ("1", "two\nlines")), (4, ("3", "4"))]


def test_lines_that_end_in_cr_may_hold_cells_of_several_lines() -> None:
    table = _table('a,b\r1,"two\nlines"\r3,4\r')
    assert [(row.number, row.cells) for row in table.rows()] == [(2, ("1", "two\nlines")), (3, ("3", "4"))]


# --- what is no table -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"a,b\n", "file_without_rows"),
        (b"<html><body><table><tr><td>a</td></tr></table></body></html>", "file_web_page"),
        (b'\xef\xbb\xbf\n<!DOCTYPE html PUBLIC "x">\n<html>', "file_web_page"),
        (b'<?xml version="1.0"?>\n<W xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "file_web_page"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "file_web_page"),
        ("<table><tr><td>é</td></tr></table>".encode("cp1252"), "file_web_page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_old_excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
            "file_encrypted",
        ),
        (b"%PDF-1.7\n", "file_pdf"),
        (b"{\\rtf1 a}", "file_rtf"),
        (b"\x1f\x8b\x08", "file_archive"),
        (b"a,b\n1,\0\n", "file_not_text"),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", "file_not_text"),
        (b"a,b\n1,\x81\n", "file_not_utf8"),
        ("a,b\nZoë,1\n".encode() + "Inés,2\n".encode("cp1252"), "encodings_mixed"),
        (b'a,b\n1,"2\n', "quotes_broken"),
        (b'a,b\n1,"2"x\n', "quotes_broken"),
        (b"a,b\n1,2\r3,4\n", "line_ends"),
        (b"sep=:\na:b\n", "delimiter_unknown"),
        (b",,\n" + b"a," * 300 + b"\n" + b"1," * 300 + b"\n", "columns_too_many"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named(content: bytes, code: str) -> None:
    assert _refused(content)[0] == code


# --- where the table is -----------------------------------------------------------------------------


def test_titles_above_are_asked_about_and_answered() -> None:
    text = "Payments of March 2026,,\n,,\n" + _text()
    assert _refused(text) == ("titles_above", 1, "--header 3")
    assert _cells(_table(text, Choices(header=3))) == [tuple(row) for row in ROWS]


def test_a_second_row_of_names_is_asked_about() -> None:
    text = "who,,money\nclient,name,amount,\nC-1,Zoë,40.00\nC-2,Bo,8.00\n".replace("amount,", "amount")
    assert _refused(text) == ("header_twice", 2, "--header 2")
    assert _table(text, Choices(header=2)).columns == ("client", "name", "amount")
    assert _cells(_table(_text())) == [tuple(row) for row in ROWS]


def test_totals_are_left_out_and_told() -> None:
    text = _text() + "Total,,48.50\nGrand total:,,48.50\nclient,name,amount\nC-3,Totals Inc,1.00\n"
    table = _table(text)
    assert [cells[0] for cells in _cells(table)] == ["C-1", "C-2", "C-3"]
    told = [(note.code, note.count, note.rows, note.changes) for note in table.notes]
    assert told == [("totals_left_out", 2, (4, 5), True), ("header_repeated", 1, (6,), True)]


def test_rows_that_do_not_fit_are_named_and_left_out() -> None:
    table = _table(
        _text() + "C-3,Ana\nC-4,Bo,1.00,2\nC-5,Cy,#REF!\nC-6,Di,#####\nC-7,#1 Fan,2.00\nclient,,amount\n"
    )
    assert [(p.row, p.column, p.code) for p in table.problems] == [
        (4, "", "cells_miscounted"), (5, "", "cells_miscounted"), (6, "amount", "cell_error"),
        (7, "amount", "cell_error"),
        (9, "", "header_inside"),
    ]  # fmt: skip
    assert [cells[0] for cells in _cells(table)] == ["C-1", "C-2", "C-7"]


def test_a_column_without_a_name_but_with_cells_is_refused() -> None:
    assert _refused("a,,c\n1,,3\n4,5,6\n")[0] == "column_unnamed"
    assert _table("a,,c\n1,,3\n4,,6\n").columns == ("a", "c")
    assert [column_letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# --- words ----------------------------------------------------------------------------------------------


def test_every_code_of_reading_has_words_and_every_word_a_code() -> None:
    folder = Path(__file__).parents[3] / "chalicelib" / "importing" / "domain" / "tables"
    text = "\n".join(path.read_text() for path in folder.glob("*.py"))
    quoted = set(re.findall(r'"([a-z]+(?:_[a-z0-9]+)+)"', text))
    ours = set(UNREADABLE) | set(NOTED) | set(INTERPRETED)
    beginnings = ("file", "date", "amount", "cell", "column", "code", "encoding", "header", "place", "sheet")
    coded = {code for code in quoted if code.split("_")[0].removesuffix("s") in beginnings}
    assert coded <= set(IMPORTS) | ours | {"date_of_birth"}
    assert ours <= quoted
    assert not set(UNREADABLE) & (set(IMPORTS) | set(WORDS) | set(CODES))
    for words in (UNREADABLE, NOTED, INTERPRETED):
        for english, spanish in words.values():
            assert english != spanish
            assert re.findall(r"{\w+}", english) == re.findall(r"{\w+}", spanish)
