"""`billfold post charge` and `post facts`: services at 0.00, and what was said of a charge corrected."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.services.posting import ChargeFacts, own_id
from chalicelib.ledger.services.recording import fingerprint
from tests.unit.cli.world import World

CHARGE = ("post", "charge", "--practice", "oak", "--client", "C1", "--clinician", "dr-a", "--service", "Talk")
FACTS = ("post", "facts", "--practice", "oak", "--client", "C1", "--charge", "A1")


@pytest.fixture
def books(world: World) -> World:
    world.with_books()
    return world


def charge_of(books: World, external_id: str) -> tuple[str, str, str, tuple[str, ...], str]:
    id_ = own_id("oak", "charge", external_id)
    charge = books.app.ledgers.charges(books.ref("C1"), [id_])[id_]
    return charge.service, charge.clinician_id, charge.cpt, charge.diagnoses, charge.place_of_service


def test_a_fee_is_posted_by_hand_and_one_of_nothing_too(books: World) -> None:
    posted = books.run(*CHARGE, "--fee", "40.00", "--id", "A2")
    assert (posted.status, books.balance("C1")) == (0, 19000)
    assert "Posted A2. The balance of this client is now 190.00 USD." in posted.out
    free = books.run(*CHARGE, "--fee", "0.00", "--id", "A3")
    assert (free.status, books.balance("C1")) == (0, 19000)
    assert "is in the books already" in books.run(*CHARGE, "--fee", "0", "--id", "A3").out
    listed = books.run("entries", "--practice", "oak", "--client", "C1")
    assert "service                         0.00       190.00  A3" in listed.out
    assert books.run("verify", "--practice", "oak").status == 0


def test_a_file_may_give_a_fee_of_nothing_and_comes_again_as_nothing_new(books: World) -> None:
    rows = "charge_id,client_id,date,service,clinician_id,fee\nF1,C1,2026-10-03,Package,dr-a,0.00\n"
    file = books.file("charges-free.csv", rows)
    assert books.run("import", "--practice", "oak", file).status == 0
    assert "Nothing new" in books.run("import", "--practice", "oak", file).out
    dearer = books.file("charges-free.csv", rows.replace("0.00", "90.00"))
    refused = books.run("import", "--practice", "oak", dearer)
    assert refused.status == 1
    assert "This service is free." in refused.out
    below = books.run(
        "import", "--practice", "oak", books.file("charges-free.csv", rows.replace("0.00", "-1.00"))
    )
    assert below.status == 1


def test_facts_are_corrected_and_who_when_and_why_is_listed(books: World) -> None:
    given = ("--service", "Intake", "--clinician", "dr-b", "--cpt", "90791", "--diagnoses", "F41.1 F32.9",
             "--place-of-service", "11", "--reason", "Wrong code")  # fmt: skip
    dry = books.run(*FACTS, *given, "--dry-run")
    assert (dry.status, charge_of(books, "A1")) == (0, ("Talk", "dr-a", "", (), ""))
    done = books.run(*FACTS, *given)
    assert (done.status, done.out) == (0, "Entry 2 corrects the facts of A1.\n")
    assert charge_of(books, "A1") == ("Intake", "dr-b", "90791", ("F41.1", "F32.9"), "11")
    account = books.app.ledgers.account(books.ref("C1"))
    assert account is not None
    assert [item.service for item in account.ledger.open.values()] == ["Intake"]
    (entry,) = (e for e in books.run("entries", "--practice", "oak", "--client", "C1", "--json").events
                if e.get("kind") == "facts_corrected")  # fmt: skip
    assert (entry["actor"], entry["reason"], entry["recorded_at"][:10]) == ("cli", "Wrong code", "2026-11-20")
    assert "already, as entry 2" in books.run(*FACTS, *given).out or books.run(*FACTS, *given).status == 1
    assert books.run("verify", "--practice", "oak").status == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "This is missing."),
        (("--clinician", "dr-x"), "The practice has no clinician “dr-x”."),
        (("--service", "Talk"), "Nothing would change"),
        (("--service", "x" * 81), "80"),
        (("--cpt", "9"), "9"),
    ],
)
def test_facts_that_are_none_are_refused(books: World, given: tuple[str, ...], words: str) -> None:
    for dry in ((), ("--dry-run",)):
        result = books.run(*FACTS, *given, *dry)
        assert (result.status, words in result.out + result.err) == (1, True), result.out + result.err
    assert charge_of(books, "A1") == ("Talk", "dr-a", "", (), "")


def test_a_reason_is_listed_with_its_adjustment(books: World) -> None:
    asked = ("post", "adjustment", "--practice", "oak", "--charge", "A1", "--amount", "10.00")
    assert books.run(*asked, "--reason", "Sliding scale").status == 0
    assert "(Sliding scale)" in books.run("entries", "--practice", "oak", "--client", "C1").out


def test_a_former_charge_is_exported_with_the_practice(books: World, tmp_path: Path) -> None:
    books.run(*FACTS, "--service", "Intake")
    exported = books.run("export", "--practice", "oak", "--format", "jsonl").out
    assert sum('"former-charge"' in line for line in exported.splitlines()) == 1


def test_issue_14_a_status_is_posted_imported_and_corrected(books: World) -> None:
    def status(external_id: str) -> ChargeStatus:
        id_ = own_id("oak", "charge", external_id)
        return books.app.ledgers.charges(books.ref("C1"), [id_])[id_].status

    assert books.run(*CHARGE, "--fee", "40.00", "--id", "A2", "--status", "no_show").status == 0
    columns = "charge_id,client_id,date,service,clinician_id,fee,status\n"
    rows = f"{columns}F1,C1,2026-10-03,Talk,dr-a,9.00,late_cancel\n"
    file = books.file("charges-late.csv", rows)
    assert books.run("import", "--practice", "oak", file).status == 0
    assert "Nothing new" in books.run("import", "--practice", "oak", file).out
    other = books.run(
        "import", "--practice", "oak", books.file("charges-late.csv", rows.replace("late_cancel", "held"))
    )
    assert (other.status, "late_cancel" in other.out) == (1, True)
    assert [status(id_) for id_ in ("A1", "A2", "F1")] == ["held", "no_show", "late_cancel"]
    assert books.run(*FACTS, "--status", "other").status == 0
    assert status("A1") is ChargeStatus.OTHER
    refused = books.run(*FACTS, "--status", "cancelled")
    assert (refused.status, "held, late_cancel, no_show, other" in refused.err + refused.out) == (1, True)


def test_a_fee_posted_before_there_were_statuses_is_known_again() -> None:
    """What marks a command stays as it was, where no status is said."""
    facts = ChargeFacts("A1", "2026-10-01", "Talk", "dr-a", 15000)
    said = {**asdict(facts)}
    del said["status"]
    assert facts.command == fingerprint("charge", **said)
    assert replace(facts, status=ChargeStatus.OTHER).command != facts.command
