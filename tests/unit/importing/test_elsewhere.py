"""Issue 17, every week again: what was posted by hand, or in a file of our own, and an export has as well."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import Said
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import Posting
from tests.support.clock import FakeClock
from tests.unit.importing.exports import Files, codes, loaded, mapped, own_map, prepared, with_clients
from tests.unit.importing.test_mapping import CHARGES, DR_A
from tests.unit.importing.world import NOW, PRACTICE, World, sources

PAID = {
    "p.csv": "Date,Type,Amount,Client\n09/14/2026,Check,$20.00,Bo Lind\n09/15/2026,Check,$20.00,Bo Lind\n"
}
OWN = {"payments.csv": "payment_id,client_id,date,amount,method\nH1,C3,2026-09-14,20.00,check\n"}
SESSION = "Bo Lind,2026-09-14,90834,100.00,\n"
HELD = {"s.csv": f"Client,Day,Code,Fee,Status\n{SESSION}"}
CONFIRMED = Said(repeats_confirmed=True)


def by_hand() -> World:
    world = with_clients()
    posting = Posting(world.ledgers, FakeClock(NOW), "cli:desk")
    ref = AccountRef("oak", world.account("C3").id)
    posting.external_payment(
        ref, "H1", 2000, method="check", on="2026-09-14", charge_external_ids=(), notes=""
    )
    return world


def in_own_file() -> World:
    world = with_clients()
    world.load(OWN)
    return world


@pytest.mark.parametrize("there", [by_hand, in_own_file])
def test_a_payment_that_is_there_from_elsewhere_is_asked_about(there: Callable[[], World]) -> None:
    world = there()
    (problem,) = prepared(world, PAID, "simplepractice").problems
    assert (problem.row, problem.column, problem.code) == (2, "Date", "row_elsewhere")
    assert problem.details["ids"] == "“H1”"
    world.take_back("C3", kind="payment")  # it was the same
    loaded(world, PAID, "simplepractice")
    assert world.balance("C3") == -4000


def test_another_one_is_posted_once_that_is_confirmed_and_not_asked_about_again() -> None:
    world = by_hand()
    loaded(world, PAID, "simplepractice", CONFIRMED)
    assert world.balance("C3") == -6000
    plan = prepared(world, PAID, "simplepractice")
    assert (plan.problems, plan.empty) == ((), True)


def test_of_two_alike_one_is_asked_about_where_one_is_there() -> None:
    twice = {"p.csv": PAID["p.csv"].replace("09/15", "09/14")}
    assert codes(by_hand(), twice, "simplepractice") == ["row_elsewhere"]


@pytest.mark.parametrize(
    "other",
    [
        ("09/14", "09/13"),
        ("$20.00,Bo Lind\n09/15", "$21.00,Bo Lind\n09/15"),
        ("Bo Lind\n09/15", "Robin Vale\n09/15"),
    ],
)
def test_of_another_day_amount_or_client_nothing_is_asked(other: tuple[str, str]) -> None:
    assert codes(by_hand(), {"p.csv": PAID["p.csv"].replace(*other)}, "simplepractice") == []


@pytest.mark.parametrize(("code", "asked"), [("90834", True), ("", True), ("90837", False)])
def test_a_session_of_its_day_fee_and_code_is_asked_about(code: str, asked: bool) -> None:
    world = with_clients()
    header = "charge_id,client_id,date,service,clinician_id,fee,cpt\n"
    world.load({"charges.csv": f"{header}S-1,C3,2026-09-14,Session,dr-a,90.00,{code}\n"})
    world.load({"charges.csv": f"{header}S-1,C3,2026-09-14,Session,dr-a,100.00,{code}\n"})
    assert codes(world, HELD, CHARGES, DR_A) == (["row_elsewhere"] if asked else [])
    loaded(world, HELD, CHARGES, replace(DR_A, repeats_confirmed=True))
    assert codes(world, HELD, CHARGES, DR_A) == []


def test_another_file_of_the_same_command_is_elsewhere_too() -> None:
    world = with_clients()
    own = world.importer.read(PRACTICE, sources(OWN))
    found = mapped(world, PAID, "simplepractice", own=own)
    assert [problem.code for problem in found.problems] == ["row_elsewhere"]
    world.load(OWN)
    loaded(world, PAID, "simplepractice", CONFIRMED)
    assert mapped(world, PAID, "simplepractice", own=own).problems == ()


NUMBERED = own_map("""
[[tables.rows]]
kind = "payments"
payment_id = "Number"
client_id = { header = "Client", join = "client" }
date = "Date"
amount = "Amount"
method = { value = "check" }
""")


@pytest.mark.parametrize(("there", "asked"), [(by_hand, ["row_elsewhere"]), (in_own_file, [])])
def test_a_reports_own_numbers_are_held_to_what_was_posted_by_hand(
    there: Callable[[], World], asked: list[str]
) -> None:
    world = there()
    files: Files = {"p.csv": "Number,Date,Amount,Client\n501,2026-09-14,20.00,Bo Lind\n"}
    assert codes(world, files, NUMBERED) == asked
