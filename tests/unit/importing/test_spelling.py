"""Issue 17: cells as people write them, decided for a column as a whole; nothing is guessed silently."""

from collections.abc import Sequence
from datetime import date

import pytest

from chalicelib.importing.domain.meanings import Meaning
from chalicelib.importing.domain.problems import BadValue
from chalicelib.importing.domain.tables.choices import NO_CHOICES, Choices, DateOrder, DecimalSign
from chalicelib.importing.domain.tables.spelling import ReadingTerms
from chalicelib.importing.domain.tables.study import Study, study
from chalicelib.importing.domain.tables.table import Cell, Kind, Row, Table, Typed

TERMS = ReadingTerms("USD", date(2026, 11, 21), lambda code: code in {"F411", "F329", "F4310"})
MDY, DMY = Choices(dates=DateOrder.MONTH_FIRST), Choices(dates=DateOrder.DAY_FIRST)
POINT, COMMA = Choices(decimals=DecimalSign.POINT), Choices(decimals=DecimalSign.COMMA)


def _study(
    meaning: Meaning, cells: Sequence[Cell], choices: Choices = NO_CHOICES, *, since_1904: bool = False
) -> Study:
    rows = [Row(number, (cell,)) for number, cell in enumerate(cells, start=2)]
    table = Table("f.csv", "", ("it",), (0,), 1, lambda: iter(rows), since_1904=since_1904)
    return study(table, {0: meaning}, TERMS, choices)


def _read(
    meaning: Meaning, cells: Sequence[Cell], choices: Choices = NO_CHOICES, *, since_1904: bool = False
) -> list[str]:
    """As the own format spells them; "!code" where one is refused, or the code for the whole column."""
    found = _study(meaning, cells, choices, since_1904=since_1904)
    if found.problems:
        return [f"!{problem.code}" for problem in found.problems]
    return [_text(found, cell) for cell in cells]


def _text(found: Study, cell: Cell) -> str:
    try:
        text = found.text(0, cell)
        assert type(text) is str  # what is stored knows nothing of workbooks
        return text
    except BadValue as bad:
        return f"!{bad.code}"


def _did(meaning: Meaning, cells: Sequence[Cell], choices: Choices = NO_CHOICES) -> dict[str, int]:
    return {one.code: one.count for one in _study(meaning, cells, choices).interpretations}


# --- amounts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (["$1,250.00", "(25.00)", "25.00-", "-$3.10"], ["1250.00", "-25.00", "-25.00", "-3.10"]),
        (["($25.00)", "$(25.00)", "25.00 USD", "US$ 7.00"], ["-25.00", "-25.00", "25.00", "7.00"]),
        (["112.5", "80", "12.25", ""], ["112.50", "80.00", "12.25", ""]),
        (["112.5", "80.00"], ["!amount_decimals", "80.00"]),  # one of them lost its end
        (["120.0", "112.5"], ["120.00", "112.50"]),
        (["1,250", "8.50"], ["1250.00", "8.50"]),  # the other proves the point
        (["1.250", "8,50"], ["1250.00", "8.50"]),
        (["1,250"], ["!amounts_unproven"]),
        (["1.250", "80"], ["!amounts_unproven"]),
        (["12,50", "8.50"], ["!amounts_contradict"]),
        (["1.250,00", "1 250,00"], ["1250.00", "1250.00"]),
        (["1,250,000", "5"], ["1250000.00", "5.00"]),
        (["1,25,000", "8.50"], ["!amount_format", "8.50"]),
        (["12.500", "8.50"], ["!amount_decimals", "8.50"]),
        (["€5.00", "5.00 CAD", "1e3", "12.", ".50", "5-Feb"], ["!amount_format"] * 6),
        (["((5.00))", "-5.00-", "--5.00", "(5.00", "$$5.00"], ["!amount_format"] * 5),
        (["\u22125.00", "5.00\u00a0$"], ["-5.00", "5.00"]),
        ([Typed("112.5", Kind.NUMBER), Typed("80", Kind.NUMBER)], ["112.50", "80.00"]),
        ([Typed("0.30000000000000004", Kind.NUMBER)], ["0.30"]),
        ([Typed("112.555", Kind.NUMBER)], ["!amount_decimals"]),
        ([Typed("-25", Kind.NUMBER), Typed("2026-02-05", Kind.DATE)], ["-25.00", "!amount_format"]),
    ],
)  # fmt: skip
def test_amounts(cells: list[Cell], texts: list[str]) -> None:
    assert _read(Meaning.AMOUNT, cells) == texts


def test_the_person_says_what_a_comma_means_where_nothing_proves_it() -> None:
    assert _read(Meaning.AMOUNT, ["1,250"], POINT) == ["1250.00"]
    assert _read(Meaning.AMOUNT, ["1.250"], COMMA) == ["1250.00"]
    assert _read(Meaning.AMOUNT, ["1.250"], POINT) == ["!amount_decimals"]


def test_what_was_made_of_amounts_is_counted_with_examples() -> None:
    cells = ["$1,250.00", "$8.00", "$8.00", "(25.00)", "3.00"]
    assert _did(Meaning.AMOUNT, cells) == {
        "amount_currency_sign": 3, "amount_grouped": 1, "amount_parentheses": 1,
    }  # fmt: skip
    first = _study(Meaning.AMOUNT, cells).interpretations[0]
    assert (first.column, first.first_row) == ("it", 2)
    assert first.examples == (("“$1,250.00”", "“1250.00”"), ("“$8.00”", "“8.00”"))
    assert _did(Meaning.AMOUNT, ["12.50", "120", "-3.00"]) == {}


# --- dates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "choices", "texts"),
    [
        (["2/13/2026", "3/2/2026"], NO_CHOICES, ["2026-02-13", "2026-03-02"]),
        (["13/2/2026", "3/2/2026"], NO_CHOICES, ["2026-02-13", "2026-02-03"]),
        (["3/2/2026", "3/3/2026"], NO_CHOICES, ["!dates_unproven"]),
        (["3/2/2026"], MDY, ["2026-03-02"]),
        (["3/2/2026"], DMY, ["2026-02-03"]),
        (["2/13/2026", "3/2/2026"], DMY, ["!date_absent", "2026-02-03"]),
        (["3/3/2026", "4.4.2026"], NO_CHOICES, ["2026-03-03", "2026-04-04"]),  # either way the same
        (["2/13/2026", "13/2/2026"], NO_CHOICES, ["!dates_contradict"]),
        (["2/13/2026", "3.2.2026"], NO_CHOICES, ["!dates_unproven"]),  # one way of writing proves no other
        (["2026-02-03", "2026/2/3", "2026-02-03 00:00:00"], NO_CHOICES, ["2026-02-03"] * 3),
        (["2/13/2026 3:15 PM", "2/3/2026 15:15"], NO_CHOICES, ["2026-02-13", "2026-02-03"]),
        (["2026-02-03T00:00:00Z", "2026-02-03T23:30:00Z"], NO_CHOICES, ["2026-02-03", "!date_zone"]),
        (["2026-02-03T23:30:00-05:00"], NO_CHOICES, ["2026-02-03"]),
        (["20260203", "Feb 3, 2026", "3-Feb-26", "3 febrero 2026"], NO_CHOICES, ["2026-02-03"] * 4),
        (["2/13/26", "2/3/26", "2/3/34"], NO_CHOICES, ["2026-02-13", "2026-02-03", "!date_century"]),
        (["26/02/13", "26/02/03"], NO_CHOICES, ["!dates_unproven"]),  # the year may come first
        (["02-13-26", "02-03-26"], NO_CHOICES, ["!dates_unproven"]),
        (["46056", "46057.5"], NO_CHOICES, ["2026-02-03", "2026-02-04"]),
        (["46056", "2/13/2026"], NO_CHOICES, ["!dates_mixed"]),  # a spreadsheet understood half of them
        ([Typed("2026-02-03", Kind.DATE), "13/02/2026"], NO_CHOICES, ["!dates_mixed"]),
        ([Typed("2026-02-03 15:00:00", Kind.MOMENT), "2026-02-03"], NO_CHOICES, ["2026-02-03"] * 2),
        (["2/30/2026", "2/13/2026", "soon", "5-Feb"], NO_CHOICES,
         ["!date_absent", "2026-02-13", "!date_unreadable", "!date_unreadable"]),
    ],
)  # fmt: skip
def test_dates(cells: list[Cell], choices: Choices, texts: list[str]) -> None:
    assert _read(Meaning.DATE, cells, choices) == texts


def test_a_workbook_of_1904_counts_from_there() -> None:
    assert _read(Meaning.DATE, [Typed("44594", Kind.NUMBER)], since_1904=True) == ["2026-02-03"]


def test_no_birth_is_dated_by_two_digits_that_may_be_of_either_century() -> None:
    assert _read(Meaning.BIRTH_DATE, ["2/13/24", "2/13/34"]) == ["!date_century", "1934-02-13"]


def test_what_was_made_of_dates_is_told() -> None:
    assert _did(Meaning.DATE, ["2/13/2026", "2/3/26"]) == {"date_month_first": 2, "date_two_digits": 1}
    assert _did(Meaning.DATE, ["46056", "46056"]) == {"date_serial": 2}
    assert _did(Meaning.DATE, ["2026-02-03"]) == {}


# --- codes and words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meaning", "cell", "text", "did"),
    [
        (Meaning.DIAGNOSES, "F411", "F41.1", "code_dotted"),
        (Meaning.DIAGNOSES, "f411; F32.9", "F41.1 F32.9", "code_dotted codes_separated"),
        (Meaning.DIAGNOSES, "F41.1,F32.9", "F41.1 F32.9", "codes_separated"),
        (Meaning.DIAGNOSES, "F412", "!diagnosis_without_point", ""),
        (Meaning.DIAGNOSES, "F41.1 F99", "F41.1 F99", ""),
        (Meaning.PLACE, "2", "02", "place_zero"),
        (Meaning.PLACE, Typed("2", Kind.NUMBER), "02", "place_zero"),
        (Meaning.PLACE, "11 - Office", "11", "place_words"),
        (Meaning.PLACE, "0", "0", ""),
        (Meaning.PLACE, "11-12", "11-12", ""),
        (Meaning.METHOD, "Credit Card", "card", "method_words"),
        (Meaning.METHOD, "Credit/Debit Card", "card", "method_words"),
        (Meaning.METHOD, "Check", "check", ""),
        (Meaning.METHOD, "ACH", "other", "method_words"),
        (Meaning.METHOD, "HSA", "card", "method_words"),
        (Meaning.METHOD, "Insurance", "Insurance", ""),
        (Meaning.METHOD, "chec\u212a", "chec\u212a", ""),
        (Meaning.PROCEDURE, "90837 95", "90837-95", "procedure_spelled"),
        (Meaning.PROCEDURE, "90837, 95 GT", "90837-95-GT", "procedure_spelled"),
        (Meaning.PROCEDURE, "90837", "90837", ""),
        (Meaning.PROCEDURE, "90837 90785", "90837 90785", ""),
        (Meaning.UNITS, "1.00", "1", "units_whole"),
        (Meaning.UNITS, "1.5", "1.5", ""),
        (Meaning.YES_NO, "Y", "yes", "yes_no_words"),
        (Meaning.YES_NO, Typed("TRUE", Kind.BOOLEAN), "TRUE", ""),
        (Meaning.ID, Typed("1234", Kind.NUMBER), "1234", ""),
        (Meaning.ID, Typed("1234567890123456800", Kind.NUMBER), "!number_cut", ""),
        (Meaning.ID, Typed("2026-03-01", Kind.DATE), "!id_converted", ""),
        (Meaning.ID, Typed("1.1", Kind.NUMBER), "!id_converted", ""),
        (Meaning.ID, "2026-03-01", "2026-03-01", ""),
        (Meaning.TEXT, Typed("1234567890123456800", Kind.NUMBER), "!number_cut", ""),
        (Meaning.TEXT, Typed("1234", Kind.NUMBER), "1234", ""),
        (Meaning.TEXT, "1234567890123456789", "1234567890123456789", ""),
    ],
)
def test_codes_and_words(meaning: Meaning, cell: Cell, text: str, did: str) -> None:
    assert _read(meaning, [cell]) == [text]
    assert set(_did(meaning, [cell])) == set(did.split())
