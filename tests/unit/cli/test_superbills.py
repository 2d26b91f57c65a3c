"""`billfold superbill`: what is missing is named before anything is issued (issue 14)."""

import pytest

from tests.unit.cli.world import PRACTICE, World

OAK = ("--practice", "oak")
OCTOBER = ("--month", "2026-10")
DETAILS = {
    "address": "1 Test Road\nSpringfield", "phone": "+1 555 0100", "tax_id": "12-3456789",
    "clinicians": [
        {"id": "dr-a", "name": "Dr. A", "npi": "1234567893", "license": "P-1", "license_state": "NY"},
        {"id": "dr-b", "name": "Dr. B"},
    ],
}  # fmt: skip
CLIENTS = """\
client_id,name,email,address,birth_date
C1,Ana Núñez,ana@example.test,5 Oak Lane,1990-04-02
C2,Bo,bo@example.test,,
"""
CHARGES = """\
charge_id,client_id,date,service,clinician_id,fee,cpt,diagnoses,place_of_service
A1,C1,2026-10-01,Talk,dr-a,150,90834-95,F41.1,10
B1,C2,2026-10-02,Talk,dr-b,90,,F43.10,11
"""


@pytest.fixture
def books(world: World) -> World:
    world.with_practice(**DETAILS)
    files = [world.file("clients.csv", CLIENTS), world.file("charges.csv", CHARGES)]
    assert world.run("import", "--practice", "oak", *files).status == 0
    return world


def test_what_is_missing_is_named_by_client_clinician_and_service(books: World) -> None:
    result = books.run("superbill", "missing", *OAK, "--all", *OCTOBER)
    assert result.status == 4
    assert result.out.splitlines() == [
        "C2, dr-b: the clinician's NPI",
        "C2, dr-b: the clinician's license and its state",
        "C2, dr-b: the client's birth date",
        "C2, dr-b: the client's address",
        "C2, dr-b, B1 of 2026-10-02: its procedure code",
        "Missing: 5 things. Nothing is missing for 1 superbill.",
    ]


def test_nothing_is_missing_where_all_is_there(books: World) -> None:
    result = books.run("superbill", "missing", *OAK, "--client", "C1", *OCTOBER, "--json")
    assert result.status == 0
    assert [(event["missing"], event["complete"]) for event in result.events] == [(0, 1)]


def test_no_name_and_no_diagnosis_is_printed(books: World) -> None:
    result = books.run("superbill", "missing", *OAK, "--all", *OCTOBER)
    assert not {"F43.10", "Bo,", "Ana"} & set(result.out.replace(",", " ,").split())


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 2),
        (("--from", "2026-10-01"), 2),
        ((*OCTOBER, "--from", "2026-10-01", "--to", "2026-10-02"), 2),
        (("--month", "2026-13"), 1),
        (("--from", "2026-10-40", "--to", "2026-10-41"), 1),
        (("--from", "2026-10-02", "--to", "2026-10-01"), 1),
        ((*OCTOBER, "--clinician", "zoe"), 1),
        (("--month", "2026-12"), 1),
    ],
)
def test_days_that_are_none_are_refused(books: World, arguments: tuple[str, ...], status: int) -> None:
    assert books.run("superbill", "missing", *OAK, "--client", "C1", *arguments).status == status


def test_a_client_nobody_knows_is_refused(books: World) -> None:
    assert books.run("superbill", "missing", *OAK, "--client", "C9", *OCTOBER).status == 1


def test_the_setting_is_in_the_practice_s_file(world: World) -> None:
    world.with_practice(superbill_diagnosis_words=False)
    practice = world.app.practices.practice(PRACTICE["id"])  # type: ignore[arg-type]
    assert practice is not None
    assert not practice.superbill_diagnosis_words
