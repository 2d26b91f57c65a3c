"""Issue 14, superbills: ICD-10-CM "billable on the date of service", from a table that ships."""

import hashlib
import lzma
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.practice.domain.diagnosis_codes import (
    BILLABLE,
    CATEGORY,
    CodeFault,
    CodeTable,
    DiagnosisCodes,
    Listed,
    dotted,
    table_text,
)
from chalicelib.practice.store.diagnosis_codes import TABLE, shipped

codes = st.from_regex(r"[A-C][0-9][0-9A-Z]{1,5}", fullmatch=True)
words = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_characters="\x7f\x85\xa0"), max_size=120
)
releases = st.dictionaries(
    st.dates().map(str),
    st.dictionaries(codes, st.builds(Listed, st.booleans(), words), max_size=30),
    min_size=1,
    max_size=4,
)


@cache
def known() -> DiagnosisCodes:
    return DiagnosisCodes((shipped(),))


@given(releases)
def test_a_table_says_what_went_into_it(made: dict[str, dict[str, Listed]]) -> None:
    table = CodeTable(table_text(made))
    assert table.releases == tuple(sorted(made))
    for day, release in made.items():
        assert {c for c in set().union(*made.values()) if table.mark(c, day) != "-"} == set(release)
        assert all((table.mark(c, day) == BILLABLE) is listed.billable for c, listed in release.items())
    newest = {c: listed.words for day in sorted(made) for c, listed in made[day].items()}
    assert {c: table.words(c) for c in newest} == newest


@given(releases, codes, st.dates().map(str))
def test_what_the_release_in_force_has_as_billable_has_no_fault(
    made: dict[str, dict[str, Listed]], code: str, day: str
) -> None:
    """Issue 14: whatever other releases there are, before, after, or in a table of its own."""
    tables = tuple(CodeTable(table_text({valid: release})) for valid, release in made.items())
    for apart in (DiagnosisCodes(tables), DiagnosisCodes((CodeTable(table_text(made)),))):
        in_force = max((valid for valid in made if valid <= day), default=min(made))
        for c, listed in {code: Listed(False, ""), **made[in_force]}.items():
            if listed.billable:
                assert apart.fault(c, day) is None
        assert (apart.fault(code, day) is CodeFault.UNKNOWN) is all(
            code not in release for release in made.values()
        )


def _three() -> DiagnosisCodes:
    """Of April 2024, October 2024 and October 2025: what came in April 2025 is not known."""
    old, split, gone, new = (
        Listed(True, "old"),
        Listed(False, "old"),
        Listed(True, "gone"),
        Listed(True, "new"),
    )
    return DiagnosisCodes(
        (
            CodeTable(table_text({"2024-04-01": {"F50": split, "F502": old, "F99": gone}})),
            CodeTable(table_text({"2024-10-01": {"F50": split, "F502": split, "F5020": new, "F99": gone}})),
            CodeTable(table_text({"2025-10-01": {"F50": split, "F502": split, "F5020": new, "F5029": new}})),
        )
    )


@pytest.mark.parametrize(
    ("code", "day", "fault"),
    [
        ("F50.2", "2020-01-01", None),  # before the first release: as in that one
        ("F50.20", "2020-01-01", CodeFault.OUT_OF_DATE),
        ("F50.2", "2024-09-30", None),
        ("F50.2", "2024-10-01", CodeFault.CATEGORY),  # the releases follow one another: the day is exact
        ("F50.20", "2024-09-30", CodeFault.OUT_OF_DATE),
        ("F50.20", "2024-10-01", None),
        ("F50.29", "2025-03-31", CodeFault.OUT_OF_DATE),  # no release came until then
        ("F50.29", "2025-04-01", None),  # one came that is not known, and it may have had the code
        ("F99", "2025-09-30", None),
        ("F99", "2025-10-01", CodeFault.OUT_OF_DATE),
        ("F50.29", "2031-01-01", None),  # after the last release: as in that one
        ("F50", "2024-10-01", CodeFault.CATEGORY),
        ("F502", "2024-10-01", CodeFault.CATEGORY),  # without its point
        ("F51", "2024-10-01", CodeFault.UNKNOWN),
        ("", "2024-10-01", CodeFault.UNKNOWN),
    ],
)
def test_a_code_is_billable_by_the_release_of_its_day(code: str, day: str, fault: CodeFault | None) -> None:
    assert _three().fault(code, day) is fault


def test_words_are_those_of_the_newest_release_that_has_the_code() -> None:
    assert [_three().words(code) for code in ("F50.20", "F502", "F99", "F51")] == ["new", "old", "gone", ""]


def test_a_text_that_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError):
        CodeTable("code,words\nF50,Eating disorders\n")


def test_the_shipped_table_is_the_one_that_was_built() -> None:
    """Held by what it says, for xz may pack it otherwise tomorrow; NOTICE.md has the number, too."""
    text = lzma.decompress(TABLE.read_bytes())
    pinned = "8d104428218472c724d79036b747eb0457d4c370ac40bc6c3d8349fb8670c0f1"
    assert hashlib.sha256(text).hexdigest() == pinned
    assert pinned in (TABLE.parent / "NOTICE.md").read_text()
    assert TABLE.stat().st_size < 300_000


def test_the_shipped_releases_have_as_many_codes_as_cms_counts() -> None:
    """Issue 14: 72,621 billable codes of January 2021, 74,260 of April 2025, 74,706 of April 2026."""
    table = shipped()
    assert table.releases == ("2021-01-01", "2025-04-01", "2026-04-01")
    marks = [marks for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for _, (marks, _) in table._unpacked(letter)]
    assert [sum(m[n] == BILLABLE for m in marks) for n in range(3)] == [72_621, 74_260, 74_706]
    assert [sum(m[n] == CATEGORY for m in marks) for n in range(3)] == [22_737, 23_324, 23_460]


@pytest.mark.parametrize(
    ("code", "days", "fault"),
    [
        ("F32.A", "2021-01-15", CodeFault.OUT_OF_DATE),
        ("F32.A", "2021-10-01 2024-07-01 2025-04-01 2026-11-30", None),
        ("F43.8", "2021-01-15 2022-10-01 2025-03-31", None),
        ("F43.8", "2025-04-01 2026-11-30", CodeFault.CATEGORY),
        ("F50.2", "2021-01-15 2024-09-30", None),
        ("F50.2", "2025-04-01 2026-11-30", CodeFault.CATEGORY),
        ("F50.20", "2025-04-01", None),
        ("F41.1", "2019-01-01 2021-01-15 2024-07-01 2026-11-30", None),
        ("Z63.0", "2021-01-15 2026-11-30", None),
        ("F41", "2026-11-30", CodeFault.CATEGORY),
        ("F41.99", "2026-11-30", CodeFault.UNKNOWN),
    ],
)
def test_codes_that_therapists_use(code: str, days: str, fault: CodeFault | None) -> None:
    assert {known().fault(code, day) for day in days.split()} == {fault}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("F41.1", "Generalized anxiety disorder"),
        ("F32.A", "Depression, unspecified"),
        ("Z63.0", "Problems in relationship with spouse or partner"),
        ("S52.309B", "Unspecified fracture of shaft of unspecified radius, initial encounter for open "
         "fracture type I or II"),
    ],
)  # fmt: skip
def test_the_shipped_table_has_the_codes_words(code: str, said: str) -> None:
    assert known().words(code) == said


def test_a_code_is_written_with_its_point() -> None:
    assert [dotted(code) for code in ("F41", "F411", "F41.1", "S52309B")] == [
        "F41",
        "F41.1",
        "F41.1",
        "S52.309B",
    ]
