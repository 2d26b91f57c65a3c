"""The import as a whole: what it posts, twice, killed anywhere, corrected."""

import contextlib

import pytest

from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.ports.imports import UnderWay
from tests.unit.importing.world import FILES, Killed, World, edited, sources


def test_everything_is_posted_to_the_right_account() -> None:
    world = World()
    world.load(FILES)
    assert [world.balance(id_) for id_ in ("C1", "C2", "C3")] == [6500, 0, 10500]
    assert all(account.hold == "" for account in world.accounts.values())
    world.check_ledgers()


def test_the_same_files_twice_change_nothing() -> None:
    world = World()
    world.load(FILES)
    before, writes = world.picture(), world.writes.count
    again = world.load(FILES)
    assert again.empty
    assert again.known == again.rows
    assert world.picture() == before
    assert world.writes.count == writes


def test_a_plan_writes_nothing() -> None:
    world = World()
    plan = world.prepare(FILES)
    assert not plan.empty
    assert world.writes.count == 0


def _writes_of_a_whole_import() -> int:
    world = World()
    world.load(FILES)
    return world.writes.count


@pytest.mark.parametrize("happens", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, _writes_of_a_whole_import() + 1))
def test_killed_at_any_write_and_run_again_it_ends_the_same(number: int, happens: bool) -> None:
    whole = World()
    whole.load(FILES)
    world = World()
    world.writes.kill_at = (number, happens)
    with pytest.raises(Killed):
        world.load(FILES)
    _nothing_half_is_seen(world, whole)
    _what_is_missing_is_noted(world, whole, number, happens)
    world.writes.kill_at = None
    world.load(FILES)
    assert world.picture() == whole.picture()
    world.check_ledgers()


def _nothing_half_is_seen(world: World, whole: World) -> None:
    """An account is hidden, or it is as it will be; a person sees accounts only when all are there."""
    finished = {id_: a.ledger for id_, a in whole.accounts.items()}
    for id_, account in world.accounts.items():
        assert account.hold or account.ledger == finished[id_]
    if world.people.person_rows:
        assert {id_: a.ledger for id_, a in world.accounts.items()} == finished


def _what_is_missing_is_noted(world: World, whole: World, number: int, happens: bool) -> None:
    """From before the first row until after the last: a killed first import is not invisible. Before it is
    noted, only the practice's secret is kept."""
    noted = [found.id for found in world.imports.under_way("oak")]
    nothing_written = number == 1 or (number == 2 and not happens)
    all_written = number == whole.writes.count and happens
    assert noted == ([] if nothing_written or all_written else [world.prepare(FILES).import_id])


@pytest.mark.parametrize("trouble", ["busy", "conflict", "lost"])
def test_trouble_at_any_commit_loses_and_doubles_nothing(trouble: str) -> None:
    whole = World()
    whole.load(FILES)
    for place in range(whole.ledgers.commits):
        world = World()
        world.ledgers.trouble = [""] * place + [trouble]
        with contextlib.suppress(Busy, NotFound):  # while opening an account: the operator runs it again
            world.load(FILES)
        world.load(FILES)
        assert world.picture() == whole.picture()


@pytest.mark.parametrize("happens", [False, True], ids=["before", "after"])
def test_a_second_import_into_known_accounts_hides_them_until_it_is_whole(happens: bool) -> None:
    more = {
        "charges.csv": "charge_id,client_id,date,service,clinician_id,fee\n"
        "A3,C1,2026-11-01,Talk,dr-a,150\nB2,C2,2026-11-01,Play,dr-b,90\n",
        "payments.csv": "payment_id,client_id,date,amount,method\nP9,C1,2026-11-02,10,cash\n",
    }
    whole = World()
    whole.load(FILES)
    start = whole.writes.count
    whole.load(more)
    for number in range(start + 1, whole.writes.count + 1):
        world = World()
        world.load(FILES)
        before = {id_: a.ledger for id_, a in world.accounts.items()}
        world.writes.kill_at = (number, happens)
        with pytest.raises(Killed):
            world.load(more)
        for id_, account in world.accounts.items():
            assert account.hold or account.ledger in (before[id_], whole.accounts[id_].ledger)
        world.writes.kill_at = None
        world.load(more)
        assert world.picture() == whole.picture()


def test_a_broken_off_import_must_be_finished_or_taken_over() -> None:
    world = World()
    world.writes.kill_at = (6, True)
    with pytest.raises(Killed):
        world.load(FILES)
    world.writes.kill_at = None
    other = edited("charges.csv", "Talk,dr-a,150.00,\n", "Talk,dr-a,140.00,\n")
    problems = world.prepare(other).problems
    assert {p.code for p in problems} == {"import_unfinished"}
    [begun] = [found.begun_at[:10] for found in world.imports.under_way("oak")]
    [which] = {str(p.details["which"]) for p in problems}
    assert {*which.split(", ")} == {*FILES, begun}
    world.load(other, take_over=True)
    assert all(account.hold == "" for account in world.accounts.values())


def test_a_taken_over_import_is_forgotten_once_it_hides_nothing_more() -> None:
    world = World()
    world.writes.kill_at = (7, True)  # noted, and some of its accounts are hidden
    with pytest.raises(Killed):
        world.load(FILES)
    world.writes.kill_at = None
    broken_off = world.imports.under_way("oak")[0]
    one = {"clients.csv": "client_id,name,email\nC1,Ana Núñez,ana@example.test\n"}
    world.load(one, take_over=True)
    assert world.imports.under_way("oak") == [broken_off]  # the others are hidden still
    world.load(edited("charges.csv", "Talk,dr-a,150.00,\n", "Talk,dr-a,140.00,\n"), take_over=True)
    assert world.imports.under_way("oak") == []


def test_an_import_whose_last_write_alone_is_missing_is_ended_by_its_files() -> None:
    world = World()
    world.writes.kill_at = (_writes_of_a_whole_import(), False)
    with pytest.raises(Killed):
        world.load(FILES)
    world.writes.kill_at = None
    assert world.prepare(FILES).held == ()
    assert not world.prepare(FILES).empty
    world.load(FILES)
    assert world.prepare(FILES).empty
    assert world.imports.under_way("oak") == []


def test_an_import_run_again_keeps_the_instant_it_first_began() -> None:
    world = World()
    world.imports.begin(
        "oak", UnderWay(world.prepare(FILES).import_id, "import", "2026", 1, 1), due_at="2026"
    )
    world.writes.kill_at = (3, True)
    with pytest.raises(Killed):
        world.load(FILES)
    assert [found.begun_at for found in world.imports.under_way("oak")] == ["2026"]


def test_later_files_may_name_what_earlier_ones_brought() -> None:
    world = World()
    world.load(FILES)
    world.load({
        "payments.csv": "payment_id,client_id,date,amount,method,charge_ids\nP7,C1,2026-11-01,65,card,A1\n",
        "refunds.csv": "refund_id,payment_id,date,amount\nR7,P1,2026-11-02,20.00\n",
        "adjustments.csv": "adjustment_id,charge_id,date,amount,kind\n"
        "J7,opening:C3,2026-11-02,25,write_off\n",
    })  # fmt: skip
    assert [world.balance("C1"), world.balance("C3")] == [2000, 8000]


def test_a_payment_in_advance_pays_the_charge_it_names() -> None:
    world = World()
    world.load({
        "clients.csv": "client_id,name\nC1,Ana\n",
        "charges.csv": "charge_id,client_id,date,service,clinician_id,fee\n"
        "A1,C1,2026-10-01,Talk,dr-a,50\nA2,C1,2026-11-05,Talk,dr-a,50\n",
        "payments.csv": "payment_id,client_id,date,amount,method,charge_ids\nP1,C1,2026-10-20,50,cash,A2\n",
    })  # fmt: skip
    (open_item,) = world.account("C1").ledger.open.values()
    assert open_item.since == "2026-10-01"


def test_the_ledgers_refusals_are_found_before_the_first_write() -> None:
    world = World()
    plan = world.prepare({
        **FILES,
        "refunds.csv": "refund_id,payment_id,date,amount\nR1,P2,2026-10-15,100.01\n",
        "adjustments.csv": "adjustment_id,charge_id,date,amount,kind\n"
        "J1,D1,2026-10-21,90.01,write_off\nJ2,A2,2026-10-21,200,adjustment\n",
    })  # fmt: skip
    assert [(p.file, p.row, p.column, p.code) for p in plan.problems] == [
        ("adjustments.csv", 2, "amount", "write_off_above_owed"),
        ("adjustments.csv", 3, "amount", "adjustment_above_fee"),
        ("refunds.csv", 2, "amount", "refund_above_remainder"),
    ]
    with pytest.raises(ValueError, match="problems"):
        world.importer.apply(plan)
    assert world.writes.count == 0


def test_an_unknown_practice_is_refused() -> None:
    with pytest.raises(NotFound, match="practice_not_found"):
        World().importer.prepare("elm", sources(FILES))
