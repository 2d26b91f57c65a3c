"""Issue 11, number 3: a client has one account, however many imports make it and wherever one is killed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.services.posting import Posting
from tests.support.clock import FakeClock
from tests.support.ledgers import MemoryLedgers
from tests.unit.importing.world import FILES, NOW, Killed, World


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
