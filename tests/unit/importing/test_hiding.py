"""Issue 17: an account that one import or undoing hides stays hidden by it, whatever else is written."""

from collections.abc import Callable, Sequence

import pytest

from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.undoing import UndoPlan
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.services.import_register import UNDOING
from tests.unit.importing.test_two_importers import _in_between as in_between
from tests.unit.importing.test_undoing import loaded, undo, undoing
from tests.unit.importing.world import PRACTICE, Killed, World

CLIENTS = {"clients.csv": "client_id,name\nC1,Ana\nC2,Ben\n"}
CHARGES = {
    "charges.csv": "charge_id,client_id,date,service,clinician_id,fee\n"
    + "".join(f"A{number},C1,2026-10-01,Talk,dr-a,100\n" for number in range(80))
}
PAYMENTS = {
    "payments.csv": "payment_id,client_id,date,amount,method\n"
    "P1,C1,2026-10-02,50,cash\nP2,C1,2026-10-03,25,cash\nP3,C2,2026-10-02,30,cash\n"
}


def _started() -> tuple[World, Plan, Plan]:
    """Two imports, both checked before either began; the second has rows of another client, too."""
    world = World()
    world.load(CLIENTS)
    return world, world.prepare(CHARGES), world.prepare(PAYMENTS)


def _writes(act: Callable[[World, Plan], object]) -> int:
    world, plan, _ = _started()
    before = world.writes.count
    act(world, plan)
    return world.writes.count - before


def _shown_half(world: World, whole: Sequence[int], seen: list[int]) -> None:
    """Notes what C1's balance was, wherever it was shown after a write and was no whole import's."""
    write = world.writes.write

    def looked(do: Callable[[], None]) -> None:
        write(do)
        account = world.account("C1")
        if not account.hold and account.ledger.balance_minor not in whole:
            seen.append(account.ledger.balance_minor)

    world.writes.write = looked  # type: ignore[method-assign]


def _of(problems: Sequence[Problem]) -> list[tuple[str, int]]:
    return [(problem.code, problem.row) for problem in problems]


LEFT = [("import_unfinished", 2), ("import_unfinished", 3)]
WRITES = _writes(lambda world, plan: world.importer.apply(plan))


@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_an_import_shows_no_account_that_another_one_is_writing(number: int) -> None:
    world, one, two = _started()
    half, told = list[int](), list[tuple[Problem, ...]]()
    _shown_half(world, (0, -7500, 800000, 792500), half)
    in_between(world, number, lambda: told.append(world.importer.apply(two)))
    assert world.importer.apply(one) == ()
    assert half == []
    [problems] = told
    assert _of(problems) in ([], LEFT), "all rows of the account, or none"
    assert world.balance("C2") == -3000, "the others' rows are in"
    assert {account.hold for account in world.accounts.values()} == {""}
    assert world.load(PAYMENTS).steps == len(problems), "run again it posts what it had left"
    assert world.balance("C1") == 792500
    assert not world.imports.under_way("oak")
    world.check_ledgers()


def test_what_was_left_out_names_the_import_that_is_written() -> None:
    world, one, two = _started()
    told = list[tuple[Problem, ...]]()
    in_between(world, 3, lambda: told.append(world.importer.apply(two)))
    world.importer.apply(one)
    assert {problem.details["which"] for problem in told[0]} == {"charges.csv, 2026-11-20"}


def test_an_import_that_was_checked_before_one_that_was_broken_off_does_not_show_its_half() -> None:
    world, one, two = _started()
    world.writes.kill_at = (world.writes.count + 4, True)
    with pytest.raises(Killed):
        world.importer.apply(one)
    world.writes.kill_at = None
    broken = world.account("C1")
    assert (broken.hold, 0 < broken.ledger.balance_minor < 800000) == (one.import_id, True)
    assert _of(world.importer.apply(two)) == LEFT
    assert world.account("C1") == broken
    world.load(CHARGES)
    world.load(PAYMENTS)
    assert (world.account("C1").hold, world.balance("C1"), world.balance("C2")) == ("", 792500, -3000)


def test_only_what_was_hidden_at_the_check_is_taken_over() -> None:
    """By then a third has taken it over: of that one nobody knew."""
    world, one, _ = _started()
    world.writes.kill_at = (world.writes.count + 4, True)
    with pytest.raises(Killed):
        world.importer.apply(one)
    world.writes.kill_at = None
    two, three = (world.prepare(files, take_over=True) for files in (PAYMENTS, {
        "payments.csv": "payment_id,client_id,date,amount,method\nP9,C1,2026-10-02,10,cash\n"
    }))  # fmt: skip
    told = list[tuple[Problem, ...]]()
    in_between(world, 4, lambda: told.append(world.importer.apply(two)))
    assert world.importer.apply(three) == ()
    assert _of(told[0]) == LEFT
    assert world.account("C1").hold == ""


def _undone_writes() -> int:
    world = World()
    world.load(CLIENTS)
    id_ = world.load(CHARGES).import_id
    before = world.writes.count
    undo(world, id_)
    return world.writes.count - before


def _undone(world: World, plan: UndoPlan) -> bool:
    """False where it was refused."""
    try:
        assert undoing(world).apply(plan) == ()
    except Refused as refused:
        if refused.code != "import_in_use":
            raise
        return False
    return True


@pytest.mark.parametrize("number", range(1, _undone_writes() + 1))
def test_an_undoing_is_whole_or_not_begun_whenever_another_import_is_written(number: int) -> None:
    world, _, two = _started()
    id_ = world.load(CHARGES).import_id
    plan, half, told = undoing(world).plan(PRACTICE, id_), list[int](), list[tuple[Problem, ...]]()
    _shown_half(world, (0, -7500, 800000, 792500), half)
    in_between(world, number, lambda: told.append(world.importer.apply(two)))
    undone = _undone(world, plan)
    assert half == []
    assert _of(told[0]) in ([], [("undoing_unfinished", 2), ("undoing_unfinished", 3)])
    assert {account.hold for account in world.accounts.values()} == {""}
    assert world.load(PAYMENTS).steps == len(told[0])
    assert world.balance("C1") == (-7500 if undone else 792500)
    assert bool(next(one for one in world.imports.known("oak") if one.id == id_).undone_at) is undone


@pytest.mark.parametrize("client", ["C1", "C2", "C3"])
def test_an_undoing_that_meets_an_account_hidden_since_its_check_changes_nothing(client: str) -> None:
    world, id_ = loaded()
    plan = undoing(world).plan(PRACTICE, id_)
    header = "payment_id,client_id,date,amount,method\n"
    other = world.prepare({"payments.csv": f"{header}P9,{client},2026-11-02,5,cash\n"})
    world.writes.kill_at = (world.writes.count + 2, True)  # it has hidden the account
    with pytest.raises(Killed):
        world.importer.apply(other)
    world.writes.kill_at = None
    entries, hidden = dict(world.ledgers.rows), world.account(client)
    assert hidden.hold == other.import_id
    with pytest.raises(Refused, match="import_in_use"):
        undoing(world).apply(plan)
    assert world.ledgers.rows == entries
    assert world.account(client) == hidden
    assert {name for name, account in world.accounts.items() if account.hold} == {client}
    assert [one.id for one in world.imports.under_way("oak")] == [other.import_id]


def test_one_that_was_broken_off_waits_for_an_import_that_hides_an_account_and_ends_then() -> None:
    world, id_ = loaded()
    world.writes.kill_at = (world.writes.count + 2, True)
    with pytest.raises(Killed):
        undo(world, id_)
    world.writes.kill_at = None
    [begun] = (name for name, account in world.accounts.items() if account.hold)
    client = next(name for name in world.accounts if name != begun)
    again = undoing(world).plan(PRACTICE, id_)
    header = "charge_id,client_id,date,service,clinician_id,fee\n"
    other = {"charges.csv": f"{header}Z9,{client},2026-11-01,Play,dr-b,70\n"}
    world.writes.kill_at = (world.writes.count + 2, True)
    with pytest.raises(Killed):
        world.load(other)
    world.writes.kill_at = None
    entries, hidden = dict(world.ledgers.rows), world.account(client)
    with pytest.raises(Busy):
        undoing(world).apply(again)
    assert (world.ledgers.rows, world.account(client)) == (entries, hidden)
    assert world.account(begun).hold == UNDOING + id_
    resting = undoing(world).plan(PRACTICE, id_).resting
    assert [(one.what, one.name) for one in resting] == [("import", hidden.hold)]
    world.load(other)
    undo(world, id_)
    assert {name: world.balance(name) for name in world.accounts if world.balance(name)} == {client: 7000}
    assert {account.hold for account in world.accounts.values()} == {""}
    assert not world.imports.under_way("oak")
