"""`billfold superbill`: what is missing is named before anything is issued (issue 14)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.services.superbills.drafting import SuperbillWish
from chalicelib.kernel.outside import Busy
from tests.unit.cli.test_backups import EXPORT, into_an_empty_table, kept
from tests.unit.cli.test_invoices import WaitingClock
from tests.unit.cli.world import NOW, PRACTICE, Result, World

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


def test_numbers_go_on_after_the_one_that_was_set(books: World) -> None:
    """Issue 14: the command of the runbook, after a restore that has lost superbills. Only upward."""
    text = Path("docs/runbook/emergencies.md").read_text()
    command = re.search(r"billfold (superbill number --practice willow --set 23)\n", text)
    assert command is not None
    words = command[1].replace("willow", "oak").split()
    assert books.run("superbill", "number", *OAK).out == "No superbill has been issued.\n"
    there = kept()
    assert books.run(*words, "--dry-run").out.startswith("Dry run: the next superbill would have number 24.")
    assert kept() == there
    for _ in range(2):  # whoever runs it again changes nothing
        assert books.run(*words).out == "Done: the next superbill has number 24.\n"
    assert books.run("superbill", "issue", *OAK, "--client", "C1", *OCTOBER).status == 0
    assert [number for number, _ in books.app.superbills.numbers("oak")] == [24]
    refused = books.run(*words, "--json")
    assert (refused.status, refused.events[-1]["code"]) == (1, "superbill_number_given")
    refused = books.run("superbill", "number", *OAK, "--set", "1000000000", "--json")
    assert (refused.status, refused.events[-1]["code"]) == (1, "number_too_high")
    assert books.run("superbill", "number", *OAK).out == "The latest superbill has number 24.\n"


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


def issue(books: World, *more: str) -> Result:
    return books.run("superbill", "issue", *OAK, *OCTOBER, *more)


def test_who_wants_nothing_gets_one_and_what_is_missing_for_others_is_named(books: World) -> None:
    result = issue(books, "--all")
    assert result.status == 4
    assert "C2, dr-b, B1 of 2026-10-02: its procedure code" in result.out
    line = "1: C1, dr-a, 1 service from 2026-10-01 to 2026-10-31, charged 150.00 USD, paid by the client "
    assert line + "0.00 USD" in result.out
    assert result.out.endswith("Done: 1 superbill issued.\n")
    again = issue(books, "--client", "C1")
    assert (again.status, again.out.splitlines()) == (
        0, ["C1 has superbill 1 for these days already.", "Done: 0 superbills issued."],
    )  # fmt: skip


def test_a_dry_run_lists_drafts_and_writes_nothing(books: World) -> None:
    before = kept()
    result = issue(books, "--client", "C1", "--dry-run")
    assert (result.status, kept()) == (0, before)
    assert result.out.startswith("draft: C1, dr-a, 1 service")
    assert result.out.endswith("Dry run: 1 superbill would be issued. Nothing was written.\n")
    assert issue(books, "--client", "C1").status == 0
    assert issue(books, "--client", "C1", "--dry-run").out.startswith("Dry run: 0 superbills")


def test_one_is_listed_shown_replaced_and_voided(books: World) -> None:
    assert issue(books, "--client", "C1").status == 0
    shown = books.run("superbill", "show", *OAK, "1")
    assert shown.out.splitlines() == [
        "1: C1, dr-a, issued, issued 2026-11-20, services from 2026-10-01 to 2026-10-31, "
        "paid by the client 0.00 USD",
        "  2026-10-01 90834-95, place 10, units 1: 150.00 USD, paid 0.00 USD",
    ]
    assert books.run("post", "cash", *OAK, "--client", "C1", "--amount", "150").status == 0
    before = kept()
    assert books.run("superbill", "replace", *OAK, "1", "--dry-run").status == 0
    assert kept() == before
    replaced = books.run("superbill", "replace", *OAK, "1", "--notes", "paid since")
    assert replaced.out == "Done: superbill 2 replaces 1.\n"
    before = kept()
    assert books.run("superbill", "void", *OAK, "2", "--dry-run").status == 0
    assert kept() == before
    assert books.run("superbill", "void", *OAK, "2").out == "Done: superbill 2 is void.\n"
    listed = books.run("superbill", "list", *OAK, "--json").events
    assert [(event["number"], event["status"], event["replaced_by"]) for event in listed[:-1]] == [
        (1, "replaced", 2), (2, "void", 0),
    ]  # fmt: skip
    assert "Ana" not in shown.out + str(listed)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("issue", "--client", "C9", *OCTOBER), "client_not_found"),
        (("issue", "--client", "C1", "--month", "2026-09"), "superbill_empty"),
        (("show", "9"), "superbill_not_found"),
        (("replace", "9"), "superbill_not_found"),
        (("replace", "1"), "superbill_unchanged"),
        (("replace", "1", "--dry-run"), "superbill_unchanged"),
        (("void", "9"), "superbill_not_found"),
        (("void", "9", "--dry-run"), "superbill_not_found"),
        (("list", "--client", "C9"), "client_not_found"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code_and_changes_nothing(
    books: World, arguments: tuple[str, ...], code: str
) -> None:
    assert issue(books, "--client", "C1").status == 0
    before = kept()
    result = books.run("superbill", *arguments, *OAK, "--json")
    assert (result.status, result.events[-1]["code"]) == (1, code)
    assert kept() == before


def test_superbills_and_their_numbers_are_in_a_backup_and_go_on_after_it(books: World) -> None:
    assert issue(books, "--client", "C1").status == 0
    assert books.run("post", "cash", *OAK, "--client", "C1", "--amount", "150").status == 0
    assert books.run("superbill", "replace", *OAK, "1").status == 0
    exported = books.run(*EXPORT)
    assert exported.status == 0
    kinds = {json.loads(line)["kind"]["S"] for line in exported.out.splitlines()[1:-1]}
    assert {kind for kind in kinds if "superbill" in kind} == {
        "superbill", "superbill-paper", "superbill-void", "superbilled", "superbill-counter",
        "superbill-number",
    }  # fmt: skip
    before = kept()
    into_an_empty_table()
    assert books.run("restore", books.file("oak.jsonl", exported.out)).status == 0
    assert own(kept()) == own(before)
    assert books.run("superbill", "void", *OAK, "2").status == 0
    assert issue(books, "--client", "C1").out.startswith("3: C1")


def own(rows: list[Any]) -> list[str]:
    """In whichever order a row's attributes are."""
    return sorted(str(sorted(row.items())) for row in rows if "superbill" in str(row).lower())


def test_a_superbill_issued_while_a_backup_is_made_stops_it(books: World) -> None:
    """What is written together is in the file whole, or nothing is."""
    backing_up, ref = books.app.backing_up, books.ref("C1")
    lines = backing_up.export("oak")
    next(lines)
    practice = books.app.practices.practice("oak")
    client = books.app.people.client("oak", ref.account)
    assert practice is not None
    assert client is not None
    books.app.superbill_issuing.issue(practice, client, SuperbillWish(Stretch("2026-10-01", "2026-10-31")))
    with pytest.raises(Busy):
        list(lines)


def test_superbills_that_no_mail_tells_of_are_written_to_be_posted(books: World, tmp_path: Path) -> None:
    """Issue 14: paper or paperless per client; as invoices are."""
    assert books.run("superbill", "issue", *OAK, "--client", "C1", *OCTOBER).status == 0
    folder, books.app.clock = tmp_path / "post", WaitingClock(NOW)
    assert books.run("superbill", "paper", *OAK, str(folder)).out.startswith("0 superbills to post")
    (folder / "list.csv").unlink()
    text = "client_id,name,email,address,paper\nC1,Ana Núñez,ana@example.test,5 Oak Lane,yes\n"
    assert books.run("import", *OAK, books.file("clients.csv", text)).status == 0
    missing = books.run("superbill", "paper", *OAK, str(folder))
    assert (missing.status, list(folder.iterdir())) == (1, [])
    assert "C1: the PDF of superbill 1 is not there" in missing.out
    books.app.superbill_filing.render(books.ref("C1"), 1)
    assert books.run("superbill", "paper", *OAK, str(folder)).status == 0
    listed = (folder / "list.csv").read_text("utf-8-sig").splitlines()[1:]
    assert listed == ['"001-C1.pdf","C1","Ana Núñez","5 Oak Lane","paper, as the client file says"']
    assert (folder / "001-C1.pdf").read_bytes().startswith(b"%PDF-")
