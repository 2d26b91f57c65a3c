"""Issue 17: a header that ids are made of and that a file lacks would give every row of it another id."""

import pytest

from chalicelib.importing.domain.mapping.map_text import parse_map
from chalicelib.importing.domain.mapping.systems import SYSTEMS
from tests.unit.importing.exports import THERANEST, loaded, mapped, prepared, with_clients

HEADER, *LINES = THERANEST.splitlines()


def without(header: str) -> str:
    at = HEADER.split(",").index(header)
    rows = [
        line.replace('"Nunez, Ana"', "Ana Núñez").replace('"Vale, Robin"', "Robin Vale") for line in LINES
    ]
    cells = [line.split(",") for line in (HEADER, *rows)]
    return "".join(",".join([*line[:at], *line[at + 1 :]]) + "\n" for line in cells)


@pytest.mark.parametrize("renamed", ["Receipt Number", "Payment No."])
def test_a_renamed_header_of_an_id_is_refused_by_its_name(renamed: str) -> None:
    world = with_clients()
    loaded(world, {"payroll.csv": THERANEST}, "theranest")
    before = world.picture()
    (problem,) = prepared(
        world, {"payroll.csv": THERANEST.replace("Payment Number", renamed)}, "theranest"
    ).problems
    assert (problem.code, problem.details["lacking"]) == ("table_unfitting", "Payment Number")
    assert world.picture() == before


def test_a_header_that_the_map_says_may_lack_is_told() -> None:
    found = mapped(with_clients(), {"payroll.csv": without("CPT Code")}, "theranest")
    assert found.problems == ()
    told = [(t.column, t.count) for t in found.told if t.code == "ids_without_column"]
    assert told == [("CPT Code", 1)]
    whole = mapped(with_clients(), {"payroll.csv": THERANEST}, "theranest")
    assert not any(t.code == "ids_without_column" for t in whole.told)


def test_a_map_whose_ids_are_made_of_a_misspelt_header_fits_no_file() -> None:
    text = SYSTEMS["theranest"].replace('"Payment Number"', '"Payment Nr"')
    (problem,) = prepared(with_clients(), {"payroll.csv": THERANEST}, parse_map("m.toml", text)).problems
    assert (problem.code, problem.details["lacking"]) == ("table_unfitting", "Payment Nr")
