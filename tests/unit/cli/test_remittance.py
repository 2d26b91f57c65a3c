"""Issue 17: `billfold remittance`, what it says and with which status it ends."""

from dataclasses import replace

import pytest

from chalicelib.entrypoints.cli.importing.files import FileChanged, Snapshot
from chalicelib.importing.services.remittances import remittances
from tests.unit.cli.world import World
from tests.unit.importing.remittance_files import ClaimOf, Line, Payment, text

PAID = ClaimOf("A1", (Line(15000, 10000, (("CO", "45", 2000), ("PR", "3", 3000))),))
STRANGE = ClaimOf("X9", (Line(9000, 9000, code="90832"),), icn="ICN2", last="OAK", first="NO")
NEAR = ClaimOf("C1", (Line(15000, 15000, date="20261001"),), icn="ICN3")
PAYMENT = Payment((PAID, STRANGE), kept=(("WO", "OLD", 500),))


def test_it_is_rehearsed_posted_once_and_what_is_left_is_said(world: World) -> None:
    world.with_books()
    command = "remittance", "--practice", "oak", world.file("remit.835", text(PAYMENT))
    dry = world.run(*command, "--dry-run")
    assert (dry.status, world.balance("C1")) == (4, 15000)
    assert dry.out.splitlines() == [
        "remit.835: MADE UP HEALTH, payment EFT-1 of 2026-11-02 to OAK PRACTICE, 185.00 USD, claims: 2",
        "remit.835, segment 27: Provider adjustment WO OLD: 5.00 USD, of no client and not posted. Positive "
        "is kept back, negative is paid on top. [provider_adjustment]",
        "LEFT: remit.835, segment 24, claim X9, 2026-10-01 90832, charged 90.00 USD, paid 90.00 USD: "
        "No client is found by this number, name or member id. [client_unmatched]",
        "Dry run: 1 posted, 0 taken back, 0 without effect, 0 already there, 1 left. Nothing was written.",
    ]
    first, again = world.run(*command), world.run(*command, "--language", "es")
    assert (first.status, again.status, world.balance("C1")) == (4, 4, 3000)
    assert first.out.splitlines()[-1].startswith("Done: 1 posted, ")
    id_ = first.out.rpartition("This is import ")[2].rstrip(".\n")
    assert id_ in world.run("imports", "--practice", "oak").out
    assert again.out.splitlines()[-1] == (
        "Listo: 0 asentadas, 0 anuladas, 0 sin efecto, 1 ya estaban, 1 quedan."
    )
    assert world.run("verify", "--practice", "oak").status == 0


def test_programs_read_what_is_left_with_what_it_may_be_of(world: World) -> None:
    world.with_books()
    command = "remittance", "--practice", "oak", "--json", world.file("a.835", text(Payment((NEAR,))))
    events = {event["event"]: event for event in world.run(*command).events}
    left = events["left"]
    assert (left["code"], left["near"]) == ("line_unmatched", [{"client": "C1", "charge": "A1"}])
    assert (left["charged_minor"], events["done"]["posted"], events["done"]["left"]) == (15000, 0, 1)
    paid = "remittance", "--practice", "oak", world.file("b.835", text(Payment((PAID,))))
    assert world.run(*paid).status == 0


def test_a_file_that_does_not_add_up_is_refused_with_the_difference(world: World) -> None:
    world.with_books()
    good, bad = text(Payment((PAID,))), text(Payment((PAID,), "EFT-2", off_by=-125))
    files = world.file("good.835", good), world.file("bad.835", bad)
    refused = world.run("remittance", "--practice", "oak", *files)
    assert (refused.status, world.balance("C1")) == (1, 15000)
    assert "bad.835, segment 3: Payment EFT-2 does not add up: what is paid is -1.25 apart" in refused.out
    assert world.run("remittance", "--practice", "oak", str(world.folder / "absent.835")).status == 1


def test_a_claim_that_is_taken_back_and_decided_again_is_one_answer_in_the_table(world: World) -> None:
    """Its entries, and what they close and open again, go into one transaction."""
    world.with_books()
    taken = Line(-15000, -10000, (("CO", "45", -2000), ("PR", "3", -3000)))
    again = Line(15000, 13000, (("CO", "45", 2000),))
    claims = PAID, replace(PAID, lines=(taken,), status="22"), replace(PAID, lines=(again,))
    command = "remittance", "--practice", "oak", "--json", world.file("a.835", text(Payment(claims)))
    done = world.run(*command).events[-1]
    assert (done["posted"], done["taken_back"], done["left"], world.balance("C1")) == (2, 1, 0, 0)
    assert world.run(*command).events[-1]["known"] == 3
    assert world.run("verify", "--practice", "oak").status == 0
    assert "835." in world.run("entries", "--practice", "oak", "--client", "C1").out


def test_it_is_listed_undone_posted_again_and_not_undone_where_it_took_something_back(world: World) -> None:
    world.with_books()
    practice = "--practice", "oak"
    first = "remittance", *practice, world.file("first.835", text(Payment((PAID,))))
    world.run(*first)
    (id_,) = [
        e["id"] for e in world.run("imports", *practice, "--json").events if e["files"] == ["first.835"]
    ]
    undone = world.run("import", *practice, "--undo", id_)
    assert (undone.out, world.balance("C1")) == (f"Import {id_} is undone: 2 entries.\n", 15000)
    assert world.run(*first).out.splitlines()[-1].startswith("Done: 1 posted, 0 taken back, ")
    assert world.balance("C1") == 3000
    taken = Line(-15000, -10000, (("CO", "45", -2000), ("PR", "3", -3000)))
    back = Payment((replace(PAID, lines=(taken,), status="22"),), "EFT-2")
    world.run("remittance", *practice, world.file("second.835", text(back)))
    assert world.balance("C1") == 15000
    (other,) = [
        e["id"] for e in world.run("imports", *practice, "--json").events if e["files"] == ["second.835"]
    ]
    refused = world.run("import", *practice, "--undo", other)
    assert (refused.status, world.balance("C1")) == (1, 15000)
    assert refused.out.splitlines() == [
        "client C1: entry 8 took back what a remittance posted before, and that cannot be undone",
        "client C1: entry 9 took back what a remittance posted before, and that cannot be undone",
        f"Import {other} cannot be undone as a whole; nothing was written. `billfold post reverse` undoes "
        "its other entries one by one.",
    ]
    assert world.run("verify", *practice).status == 0


def test_a_file_that_changes_while_it_is_read_or_is_too_large_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_books()
    path = world.file("a.835", text(Payment((PAID,))))
    monkeypatch.setattr(remittances, "MAX_BYTES", 100)
    large = world.run("remittance", "--practice", "oak", path)
    assert (large.status, "file_too_large" in large.out) == (1, True)
    monkeypatch.undo()
    monkeypatch.setattr(Snapshot, "check", changed)
    refused = world.run("remittance", "--practice", "oak", path)
    assert (refused.status, "a.835 changed while it was read" in refused.err) == (1, True)
    assert world.balance("C1") == 15000


def changed(taken: Snapshot) -> None:
    raise FileChanged(taken.path.name)
