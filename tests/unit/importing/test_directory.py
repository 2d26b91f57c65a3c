"""Clients and the people who may see them, as imports leave them."""

import pytest

from chalicelib.practice.domain.practices import Grant
from tests.support.chance import FakeChance
from tests.unit.importing.world import FILES, Killed, World, edited


def test_people_get_the_grants_that_follow_from_the_clients() -> None:
    world = World()
    world.load(FILES)
    kids = [world.account(id_).id for id_ in ("C2", "C3")]
    parent, ana = world.person("parent@example.test"), world.person("ana@example.test")
    assert parent is not None
    assert parent.grants == (
        Grant(kids[0], "Kid One", "guarantor", superbills=True),
        Grant(kids[1], "Kid Two", "guarantor", superbills=False),
    )
    assert ana is not None
    assert [g.relation for g in ana.grants] == ["self"]


def test_a_new_address_takes_the_grant_along() -> None:
    world = World()
    world.load(FILES)
    plan = world.load(edited("clients.csv", "ana@example.test", "ana.n@example.test"))
    assert [change for u in plan.directory.updates for change in u.changes] == [
        ("email", "ana@example.test", "ana.n@example.test")
    ]
    old, new = world.person("ana@example.test"), world.person("ana.n@example.test")
    assert old is not None
    assert old.grants == ()
    assert new is not None
    assert len(new.grants) == 1


def test_a_former_guarantor_loses_only_that_child() -> None:
    world = World()
    world.load(FILES)
    world.load(
        {"clients.csv": "client_id,name,guarantor_email,guarantor_name\nC2,Kid One,aunt@example.test,Aunt\n"}
    )
    parent, aunt = world.person("parent@example.test"), world.person("aunt@example.test")
    assert parent is not None
    assert [g.name for g in parent.grants] == ["Kid Two"]
    assert aunt is not None
    assert [g.name for g in aunt.grants] == ["Kid One"]


@pytest.mark.parametrize("happens", [False, True])
def test_a_killed_change_of_address_still_takes_the_old_grant_away(happens: bool) -> None:
    changed = edited("clients.csv", "ana@example.test", "ana.n@example.test")
    for write in (1, 2, 3):
        world = World()
        world.load(FILES)
        world.writes.kill_at = (world.writes.count + write, happens)
        with pytest.raises(Killed):
            world.load(changed)
        world.writes.kill_at = None
        world.load(changed)
        old = world.person("ana@example.test")
        assert old is not None
        assert old.grants == ()


def test_columns_a_later_file_does_not_have_are_kept() -> None:
    world = World()
    world.load(FILES)
    plan = world.load({"clients.csv": "client_id,name\nC2,Kid One\nC1,Ana Núñez\n"})
    assert plan.empty


def test_account_ids_give_nothing_away_and_are_drawn_anew_in_every_deployment() -> None:
    worlds = World(), World(chance=FakeChance("another"))
    for world in worlds:
        world.load(FILES)
    one, other = ({world.account(id_).id for id_ in ("C1", "C2", "C3")} for world in worlds)
    assert not one & other
    assert not any("C1" in id_ for id_ in one | other)
