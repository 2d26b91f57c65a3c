"""Issue 17, every week again: what staff took back and a file gives otherwise is posted in its place."""

import pytest

from tests.unit.importing.exports import loaded, prepared, with_clients
from tests.unit.importing.test_undoing import undo
from tests.unit.importing.world import FILES, World, edited

HEADER = "Date,Type,Amount,Client\n"
PAID = "10/14/2026,Check,$30.00,Robin Vale\n"


def list_of(amount: str) -> dict[str, str]:
    return {"p.csv": HEADER + PAID.replace("30.00", amount)}


def test_a_payments_other_amount_is_refused_until_the_payment_is_taken_back_and_then_posted_once() -> None:
    world = with_clients()
    loaded(world, list_of("30.00"), "simplepractice")
    (problem,) = prepared(world, list_of("35.00"), "simplepractice").problems
    assert (problem.column, problem.code) == ("Amount", "posted_otherwise")
    world.take_back("C2", kind="payment")
    plan = loaded(world, list_of("35.00"), "simplepractice")
    assert [(c.column, c.old_minor, c.new_minor) for c in plan.corrections] == [("amount", 3000, 3500)]
    assert world.balance("C2") == -3500
    again = prepared(world, list_of("35.00"), "simplepractice")
    assert (again.empty, again.missing, again.taken_back) == (True, (), ())
    world.check_ledgers()


def test_it_is_corrected_again_the_same_way_and_beside_the_next_rows_nothing_is_asked() -> None:
    world = with_clients()
    for amount in ("30.00", "35.00", "40.00"):
        loaded(world, list_of(amount), "simplepractice")
        assert world.balance("C2") == -int(amount.replace(".", ""))
        nth = {"30.00": 0, "35.00": 1}.get(amount)
        if nth is not None:
            world.take_back("C2", kind="payment", nth=nth)
    later = {"p.csv": list_of("40.00")["p.csv"] + "10/15/2026,Check,$40.00,Robin Vale\n"}
    loaded(world, later, "simplepractice")
    assert world.balance("C2") == -8000


def test_what_was_taken_back_and_is_given_as_it_was_stays_out() -> None:
    world = with_clients()
    loaded(world, list_of("30.00"), "simplepractice")
    world.take_back("C2", kind="payment")
    plan = loaded(world, list_of("30.00"), "simplepractice")
    assert (plan.steps, len(plan.taken_back), world.balance("C2")) == (0, 1, 0)


@pytest.mark.parametrize(
    ("name", "old", "new", "client", "kinds"),
    [
        ("payments.csv", "100.00,cash", "80.00,cash", "C2", ("refund", "payment")),
        ("payments.csv", "2026-10-09,100.00,cash", "2026-10-10,100.00,check", "C2", ("refund", "payment")),
        ("refunds.csv", "10.00", "12.00", "C2", ("refund",)),
        ("adjustments.csv", "10.00,write_off", "15.00,write_off", "C3", ("write_off",)),
        ("insurance_payments.csv", "60.00,20.00,20.00", "50.00,30.00,20.00", "C1",
         ("responsibility_transfer", "contractual_adjustment", "insurance_payment")),
    ],
)  # fmt: skip
def test_rows_of_all_kinds_but_charges_are_posted_anew_and_known_then(
    name: str, old: str, new: str, client: str, kinds: tuple[str, ...]
) -> None:
    world, other = World(), World()
    world.load(FILES)
    files = edited(name, old, new)
    assert {p.code for p in world.prepare(files).problems} == {"posted_otherwise"}
    if name == "insurance_payments.csv":
        world.take_back("C1", kind="adjustment")
    for kind in kinds:
        world.take_back(client, kind=kind)
    world.load(files)
    other.load(files)
    expected = other.balance(client) + (500 if name == "insurance_payments.csv" else 0)
    assert world.balance(client) == expected
    assert world.prepare(files).empty
    world.check_ledgers()


def test_an_import_that_posted_one_anew_is_undone_and_its_files_come_in_again() -> None:
    world = with_clients()
    loaded(world, list_of("30.00"), "simplepractice")
    world.take_back("C2", kind="payment")
    plan = loaded(world, list_of("35.00"), "simplepractice")
    undo(world, plan.import_id)
    assert world.balance("C2") == 0
    loaded(world, list_of("35.00"), "simplepractice")
    assert world.balance("C2") == -3500
    assert prepared(world, list_of("35.00"), "simplepractice").empty
