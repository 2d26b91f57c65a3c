"""Clients and the people who may see them, as imports leave them."""

import pytest

from chalicelib.kernel.outside import Busy
from chalicelib.practice.domain.practices import Coverage, Grant, Person, RelationToInsured
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
    assert world.person("ana@example.test") is None
    new = world.person("ana.n@example.test")
    assert new is not None
    assert len(new.grants) == 1


def _ana(world: World) -> Person:
    world.load(FILES)
    found = world.person("ana@example.test")
    assert found is not None
    return found


def test_a_person_whose_address_changes_stays_one_and_who_signed_in_before_is_signed_out() -> None:
    world = World()
    ana = _ana(world)
    world.load(edited("clients.csv", "ana@example.test", "ana.n@example.test"))
    moved = world.person("ana.n@example.test")
    assert moved is not None
    assert (moved.id, moved.grants) == (ana.id, ana.grants)
    assert moved.since > ana.since
    assert world.people.found_by == {
        **{h: id_ for h, id_ in world.people.found_by.items() if id_ != ana.id}, moved.address_hash: ana.id
    }  # fmt: skip
    assert moved.address_hash != ana.address_hash


def test_what_the_former_reader_saved_to_pay_with_is_let_go_and_nobody_elses_is() -> None:
    """Issue 15: a guarantor's card is nobody else's; another address may be another guarantor's."""
    world = World()
    ana = _ana(world)
    world.load(edited("clients.csv", "C3,Kid Two,,parent@example.test", "C3,Kid Two,,other@example.test"))
    assert world.let_go == []
    world.load(edited("clients.csv", "ana@example.test", "ana.n@example.test"))
    moved = world.person("ana.n@example.test")
    assert moved is not None
    assert (world.let_go, ana.payer_id) == ([("oak", ana.id)], ana.id)
    assert moved.payer_id not in ("", ana.payer_id)
    world.load(edited("clients.csv", "ana@example.test", "ana.m@example.test"))
    assert world.let_go[1:] == [("oak", moved.payer_id)]


def test_an_address_that_changes_hands_is_another_persons() -> None:
    """In one file: Ana has a new address, and her former one is a new client's."""
    world = World()
    ana = _ana(world)
    clients = FILES["clients.csv"].replace("ana@example.test", "ana.n@example.test")
    world.load({"clients.csv": clients + "C4,Ben,ana@example.test,,,\n"})
    moved, ben = world.person("ana.n@example.test"), world.person("ana@example.test")
    assert moved is not None
    assert ben is not None
    assert (moved.id, [g.name for g in moved.grants]) == (ana.id, ["Ana Núñez"])
    assert ben.id != ana.id
    assert [g.name for g in ben.grants] == ["Ben"]
    assert world.people.found_by[ana.address_hash] == ben.id


def test_a_grant_goes_to_whoever_has_the_new_address_already() -> None:
    world = World()
    ana = _ana(world)
    parent = world.person("parent@example.test")
    assert parent is not None
    world.load(edited("clients.csv", "ana@example.test", "parent@example.test"))
    both = world.person("parent@example.test")
    assert both is not None
    assert (both.id, len(both.grants)) == (parent.id, 3)
    assert world.people.person_rows[ana.id].grants == ()


def test_a_person_who_still_sees_others_by_the_old_address_stays_there() -> None:
    """One child's guarantor changes, not the other's: two people from then on."""
    world = World()
    world.load(FILES)
    parent = world.person("parent@example.test")
    assert parent is not None
    world.load(edited("clients.csv", "C3,Kid Two,,parent@example.test", "C3,Kid Two,,other@example.test"))
    stays, other = world.person("parent@example.test"), world.person("other@example.test")
    assert stays is not None
    assert other is not None
    assert (stays.id, [g.name for g in stays.grants]) == (parent.id, ["Kid One"])
    assert [g.name for g in other.grants] == ["Kid Two"]
    assert other.id != parent.id


def test_an_address_that_somebody_took_meanwhile_ends_the_import_before_the_client_changes() -> None:
    """Run again, the grant goes from one person to the other: nobody keeps what they are to see no more."""
    world = World()
    ana = _ana(world)
    changed = edited("clients.csv", "ana@example.test", "ana.n@example.test")
    plan = world.prepare(changed)
    world.load({"clients.csv": "client_id,name,email\nC9,Cy,ana.n@example.test\n"})
    with pytest.raises(Busy):
        world.importer.apply(plan)
    assert world.importer.apply(world.prepare(changed, shared_emails=True)) == ()
    assert world.people.person_rows[ana.id].grants == ()
    taker = world.person("ana.n@example.test")
    assert taker is not None
    assert sorted(g.name for g in taker.grants) == ["Ana Núñez", "Cy"]


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


def test_the_pay_links_that_a_former_guarantor_holds_end_and_no_others() -> None:
    """Issue 16: they would tell what is owed from now on to who knows the child's birth date."""
    world = World()
    world.load(FILES)
    before = {client.name: client.link_generation for client in world.people.clients("oak")}
    world.load(
        {"clients.csv": "client_id,name,guarantor_email,guarantor_name\nC2,Kid One,aunt@example.test,Aunt\n"}
    )
    after = {client.name: client.link_generation for client in world.people.clients("oak")}
    assert set(before.values()) == {1}
    assert after == {**before, "Kid One": 2}


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
        new = world.person("ana.n@example.test")
        assert new is not None
        assert world.person("ana@example.test") is None
        assert [person.id for person in world.people.person_rows.values()].count(new.id) == 1
        assert set(world.people.found_by.values()) == set(world.people.person_rows)


def test_columns_a_later_file_does_not_have_are_kept() -> None:
    world = World()
    world.load(FILES)
    plan = world.load({"clients.csv": "client_id,name\nC2,Kid One\nC1,Ana Núñez\n"})
    assert plan.empty


def test_issue_14_what_documents_name_of_a_client_is_kept_and_listed_when_it_changes() -> None:
    world = World()
    world.load(FILES)
    columns = (
        "client_id,name,email,legal_name,preferred_name,member_id,insured,relation_to_insured,coverage,"
        "paper\n"
    )
    row = "C1,Ana Núñez,ana@example.test,Ana Maria Neri,Annie,W-1,Bo Neri,spouse,out_of_network,yes\n"
    plan = world.load({"clients.csv": columns + row})
    assert {name: new for u in plan.directory.updates for name, _, new in u.changes} == {
        "legal_name": "Ana Maria Neri", "preferred_name": "Annie", "member_id": "W-1", "insured": "Bo Neri",
        "relation_to_insured": "spouse", "coverage": "out_of_network", "paper": True,
    }  # fmt: skip
    account = world.account("C1").id
    stored = next(client for client in world.people.clients("oak") if client.id == account)
    assert (stored.coverage, stored.relation_to_insured) == (
        Coverage.OUT_OF_NETWORK,
        RelationToInsured.SPOUSE,
    )
    ana = world.person("ana@example.test")
    assert ana is not None
    assert [grant.paper for grant in ana.grants if grant.account_id == account] == [True]
    again = world.load({"clients.csv": columns + row})
    assert again.directory.known == 1
    emptied = world.load({"clients.csv": columns + row.replace("Bo Neri,spouse,out_of_network,yes", ",,,")})
    assert {name for u in emptied.directory.updates for name, _, _ in u.changes} == {
        "insured", "relation_to_insured", "coverage", "paper",
    }  # fmt: skip


def test_account_ids_give_nothing_away_and_are_drawn_anew_in_every_deployment() -> None:
    worlds = World(), World(chance=FakeChance("another"))
    for world in worlds:
        world.load(FILES)
    one, other = ({world.account(id_).id for id_ in ("C1", "C2", "C3")} for world in worlds)
    assert not one & other
    assert not any("C1" in id_ for id_ in one | other)


# --- one address of two clients, in the practice's own file -------------------------------------------------

PEOPLE = "client_id,name,email,guarantor_email,guarantor_name\n"


def people(*lines: str) -> dict[str, str]:
    return {
        "clients.csv": PEOPLE
        + "".join(f"{line},,\n" if line.count(",") == 2 else f"{line}\n" for line in lines)
    }


def asked(world: World, *lines: str) -> list[tuple[int, str, object]]:
    return [(p.row, p.code, p.details.get("other")) for p in world.prepare(people(*lines)).problems]


def test_one_address_of_two_clients_is_asked_about_once_and_not_each_week() -> None:
    world, family = World(), ("C1,Ana,ana@example.test", "C2,Bo,Ana@example.test")
    assert asked(world, *family) == [(3, "email_of_two", "“C1”")]
    world.importer.apply(world.prepare(people(*family), shared_emails=True))
    assert asked(world, *family) == []
    assert asked(world, family[0].replace("Ana,", "Ana N.,"), family[1]) == []
    assert asked(world, "C3,Cy,ana@example.test") == [(2, "email_of_two", "“C1”")]


def test_an_address_that_another_client_has_in_the_books_is_asked_about_and_one_that_moves_is_not() -> None:
    world = World()
    world.load(people("C1,Ana,ana@example.test", "C2,Bo,bo@example.test"))
    assert asked(world, "C2,Bo,ana@example.test") == [(2, "email_of_two", "“C1”")]
    assert asked(world, "C1,Ana,bo@example.test", "C2,Bo,ana@example.test") == []
    assert asked(world, "C1,Ana,", "C2,Bo,ana@example.test") == []


def test_a_parent_who_reads_the_childs_bills_is_no_question() -> None:
    world = World()
    assert asked(world, "C1,Ana,ana@example.test", "C2,Kid,,ana@example.test,Ana") == []
    assert asked(world, "C1,Ana,", "C2,Kid,") == []
