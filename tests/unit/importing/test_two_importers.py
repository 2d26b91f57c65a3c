"""Issue 11, number 3: a client has one account, however many imports make it and wherever one is killed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.services.posting import Posting
from tests.support.clock import FakeClock
from tests.support.ledgers import MemoryLedgers
from tests.unit.importing.exports import Files, loaded, mapped, prepared, with_clients
from tests.unit.importing.test_mapping import CHARGES, DR_A, days
from tests.unit.importing.world import FILES, NOW, PRACTICE, Killed, World


def _whole() -> World:
    world = World()
    world.load(FILES)
    return world


def _in_between(world: World, number: int, other: Callable[[], object]) -> None:
    """Have the other importer run whole just before this one's write of that number."""
    write, seen = world.writes.write, [0]

    def counted(do: Callable[[], None]) -> None:
        seen[0] += 1
        if seen[0] == number:
            world.writes.write = write  # type: ignore[method-assign]
            other()
            world.writes.write = counted  # type: ignore[method-assign]
        write(do)

    world.writes.write = counted  # type: ignore[method-assign]


@pytest.mark.parametrize("number", range(1, _whole().writes.count + 1))
def test_two_importers_at_once_make_one_account(number: int) -> None:
    whole, world = _whole(), World()
    plans = world.prepare(FILES), world.prepare(FILES)
    proposed = [{account.ref for account in plan.accounts} for plan in plans]
    assert not proposed[0] & proposed[1], "each has drawn ids of its own"
    _in_between(world, number, lambda: world.importer.apply(plans[1]))
    assert world.importer.apply(plans[0]) == ()
    assert world.picture() == whole.picture()
    world.check_ledgers()


@pytest.mark.parametrize("happens", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_kill_at_lookup_account_or_first_entry_leaves_one_account(number: int, happens: bool) -> None:
    """The lookup row is written with the account, so that neither ever stands without the other."""
    world = World()
    world.writes.kill_at = (number, happens)
    with pytest.raises(Killed):
        world.load(FILES)
    found = {id_ for (_, _), id_ in world.ledgers.found_by.items()}
    assert found == {id_ for _, id_ in world.ledgers.accounts}
    kept = dict(world.ledgers.found_by)
    world.writes.kill_at = None
    world.load(FILES)
    assert world.ledgers.found_by.items() >= kept.items(), "the account made first is the one that stays"
    assert world.picture() == _whole().picture()


def test_an_account_is_not_made_under_an_id_that_stands_for_another() -> None:
    ledgers = MemoryLedgers()
    post = Posting(ledgers, FakeClock(NOW))
    assert post.open_account(AccountRef("oak", "first"), "USD", external_id="C1")
    with pytest.raises(Refused) as refused:
        post.open_account(AccountRef("oak", "second"), "USD", external_id="C1")
    assert refused.value.code == "external_id_taken"
    assert [id_ for _, id_ in ledgers.accounts] == ["first"]


@pytest.mark.parametrize("trouble", ["busy", "conflict", "lost"])
def test_an_account_whose_making_was_not_heard_of_is_made_once(trouble: str) -> None:
    ledgers = MemoryLedgers()
    ledgers.trouble = [trouble]
    post = Posting(ledgers, FakeClock(NOW))
    post.open_account(AccountRef("oak", "first"), "USD", external_id="C1")
    assert not post.open_account(AccountRef("oak", "first"), "USD", external_id="C1")
    assert ledgers.found_by == {("oak", "C1"): "first"}


def test_practices_do_not_find_each_others_clients() -> None:
    ledgers = MemoryLedgers()
    post = Posting(ledgers, FakeClock(NOW))
    post.open_account(AccountRef("oak", "first"), "USD", external_id="C1")
    assert post.open_account(AccountRef("birch", "second"), "USD", external_id="C1")


def test_an_account_that_another_import_made_since_the_plan_is_adopted_with_its_client_and_grants() -> None:
    world = World()
    plan = world.prepare(FILES)
    world.load({"clients.csv": "client_id,name,email\nC1,Ana Núñez,ana@example.test\n"})
    made = world.account("C1").id
    assert world.importer.apply(plan) == ()
    assert world.account("C1").id == made
    ana = world.person("ana@example.test")
    assert ana is not None
    assert [grant.account_id for grant in ana.grants] == [made]
    assert {client.external_id for client in world.people.client_rows.values()} == {"C1", "C2", "C3"}
    assert len(world.people.client_rows) == 3


def test_11_what_somebody_changed_of_a_client_since_the_plan_is_told_and_stays() -> None:
    world = World()
    world.load(FILES)
    renamed = {"clients.csv": "client_id,name,email\nC1,Ana N.,ana@example.test\n"}
    plan = world.prepare(renamed)
    ana = next(client for client in world.people.client_rows.values() if client.external_id == "C1")
    world.people.save_client("oak", replace(ana, address="3 Example Street"), before=ana)
    (problem,) = world.importer.apply(plan)
    assert (problem.file, problem.row, problem.code) == ("clients.csv", 2, "record_stale")
    assert problem.details == {"changed": "address"}
    assert world.people.client_rows[ana.id] == replace(ana, address="3 Example Street")
    world.load(renamed)
    assert world.people.client_rows[ana.id].name == "Ana N."
    assert world.people.client_rows[ana.id].address == "3 Example Street"


def test_11_grants_that_another_import_gave_since_the_plan_stay() -> None:
    world = World()
    plan = world.prepare({"clients.csv": "client_id,name,email\nC8,Kai,parent@example.test\n"})
    world.load({"clients.csv": "client_id,name,email\nC9,Noor,parent@example.test\n"})
    assert world.importer.apply(plan) == ()
    parent = world.person("parent@example.test")
    assert parent is not None
    assert sorted(grant.name for grant in parent.grants) == ["Kai", "Noor"]


# --- exports of another system that two people import at once ----------------------------------------------


ONE = ("100.00",)
SAME_SESSION = [
    (days(*ONE), days("100.00", "130.00")),  # a second session of the day, in one of the two
    (days("100.00", "130.00"), days(*ONE)),
    (days(*ONE), {"s.csv": days(*ONE)["sessions.csv"].replace("90837", "90834")}),  # another code
    (days(*ONE), {"s.csv": days(*ONE)["sessions.csv"].replace("10-13", "10-14")}),  # another day
]


def _planned(world: World, files: Files) -> Plan:
    plan = prepared(world, files, CHARGES, DR_A)
    assert plan.problems == ()
    return plan


@pytest.mark.parametrize("pair", SAME_SESSION)
def test_of_two_exports_at_once_the_rows_that_may_be_the_others_are_left_out_and_told(
    pair: tuple[Files, Files],
) -> None:
    world = with_clients()
    first, second = (_planned(world, files) for files in pair)
    assert world.importer.apply(first) == ()
    owed = world.balance("C2")
    left = world.importer.apply(second)
    new = [problem.code for problem in left]
    assert (set(new), world.balance("C2")) == ({"posted_meanwhile"}, owed)
    again = {problem.code for problem in prepared(world, pair[1], CHARGES, DR_A).problems}
    assert again <= {"repeats_changed", "row_replaced", "row_moved"}, "as of any week"
    assert again or pair == SAME_SESSION[3], "a list of the next day alone asks nothing"
    assert world.account("C2").hold == ""
    world.check_ledgers()


@pytest.mark.parametrize("pair", SAME_SESSION)
def test_nor_is_a_session_posted_twice_wherever_the_other_import_comes(pair: tuple[Files, Files]) -> None:
    for number in range(1, 12):
        world = with_clients()
        first, second = (_planned(world, files) for files in pair)
        told = list[Problem]()
        _in_between(world, number, lambda: told.extend(world.importer.apply(first)))  # noqa: B023
        told += world.importer.apply(second)
        assert {problem.code for problem in told} <= {"posted_meanwhile", "import_unfinished"}
        assert world.balance("C2") in (10000, 23000), number
        world.check_ledgers()


def test_an_export_that_comes_while_another_is_checked_is_held_against_it_too() -> None:
    world = with_clients()
    found = mapped(world, days("100.00", "130.00"), CHARGES, DR_A)
    loaded(world, days(*ONE), CHARGES, DR_A)
    plan = world.importer.plan(PRACTICE, found.batch, found.problems)
    assert {problem.code for problem in world.importer.apply(plan)} == {"posted_meanwhile"}
    assert world.balance("C2") == 10000


def test_the_same_export_twice_at_once_and_other_kinds_of_rows_need_no_second_run() -> None:
    world = with_clients()
    plans = [_planned(world, days(*ONE)) for _ in range(2)]
    paid = {"p.csv": "Date,Type,Amount,Client\n10/14/2026,Cash,$25.00,Robin Vale\n"}
    plans.append(prepared(world, paid, "simplepractice"))
    own = "charge_id,client_id,date,service,clinician_id,fee\nS1,C2,2026-10-20,Talk,dr-a,50.00\n"
    plans.append(world.prepare({"charges.csv": own}))
    assert [world.importer.apply(plan) for plan in plans] == [()] * 4
    assert world.balance("C2") == 10000 - 2500 + 5000


def test_an_import_that_was_killed_and_run_again_leaves_nothing_of_its_own_out() -> None:
    whole = with_clients()
    begin = whole.writes.count
    files = days("100.00", "130.00")
    loaded(whole, files, CHARGES, DR_A)
    for number in range(begin + 1, whole.writes.count + 1):
        world = with_clients()
        world.writes.kill_at = (number, True)
        with pytest.raises(Killed):
            loaded(world, files, CHARGES, DR_A)
        world.writes.kill_at = None
        loaded(world, files, CHARGES, DR_A)
        assert world.balance("C2") == 23000
