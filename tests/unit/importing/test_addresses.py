"""Issue 17, every week again: an address that its owner changed here is listed, and not overwritten."""

import hashlib
from dataclasses import replace

import pytest

from chalicelib.importing.domain.mapping.made_ids import ADDRESS, MadeIds
from chalicelib.importing.services.planning import Plan
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.services.address_hashes import address_hash
from tests.unit.importing.exports import loaded, own_map, prepared
from tests.unit.importing.test_made_ids import OtherKeys
from tests.unit.importing.world import FILES, Killed, World, edited, sources

OWN = "ana@example.test"


def clients(email: str = OWN, **more: str) -> dict[str, str]:
    header = ",".join(["client_id", "name", "email", *more])
    return {"clients.csv": f"{header}\n" + ",".join(["C1", "Ana Núñez", email, *more.values()]) + "\n"}


def ana(world: World) -> Client:
    return world.people.client_rows[world.account("C1").id]


def others() -> dict[str, str]:
    return {"clients.csv": "client_id,name,email\nC2,Bo Lind,bo@example.test\n"}


def changed_here(world: World, **values: str) -> None:
    """By whoever may: a page of Billfold's, staff, a program. The person goes along to the new address."""
    before, email = ana(world), values.get("email")
    world.people.save_client("oak", replace(before, **values), before=before)  # type: ignore[arg-type]
    if email:
        person = world.person(before.email)
        assert person is not None
        hashed = address_hash(world.keys, "oak", email)
        after = replace(person, email=email, filed_under=(hashed,))
        world.people.save_person("oak", after, before=person, leaving=person.filed_under)


def kept(plan: Plan) -> list[tuple[str, str, str]]:
    return [(one.column, one.old, one.new) for one in plan.directory.kept]


def restored(world: World, files: dict[str, str]) -> Plan:
    plan = world.importer.prepare("oak", sources(files), restore_addresses=True)
    assert plan.problems == ()
    assert world.importer.apply(plan) == ()
    return plan


@pytest.mark.parametrize("column", ["email", "address"])
def test_what_was_changed_here_stays_and_is_listed_each_time(column: str) -> None:
    world, files = World(), clients(address="3 Elm Row")
    world.load(files)
    old, new = getattr(ana(world), column), {"email": "new@example.test", "address": "9 Oak Road"}[column]
    changed_here(world, **{column: new})
    before, writes = world.picture(), world.writes.count
    for _ in range(2):
        plan = world.load(files)
        assert (kept(plan), plan.empty, plan.directory.known) == ([(column, new, old)], True, 1)
    assert (world.picture(), world.writes.count) == (before, writes)


def test_the_file_may_change_too_and_still_overwrites_nothing_and_all_else_comes_in() -> None:
    world = World()
    world.load(clients())
    changed_here(world, email="new@example.test")
    plan = world.load(clients("third@example.test", birth_date="1990-02-03"))
    assert kept(plan) == [("email", "new@example.test", "third@example.test")]
    assert (ana(world).email, ana(world).birth_date) == ("new@example.test", "1990-02-03")
    assert [name for update in plan.directory.updates for name, *_ in update.changes] == ["birth_date"]
    assert world.person("third@example.test") is None


def test_once_the_file_says_the_same_its_later_changes_come_in() -> None:
    world = World()
    world.load(clients())
    changed_here(world, email="new@example.test")
    agreeing = world.load(clients("new@example.test"))
    assert (kept(agreeing), agreeing.directory.updates) == ([], ())
    assert world.load(clients("new@example.test")).empty
    later = world.load(clients("later@example.test"))
    assert (kept(later), ana(world).email) == ([], "later@example.test")


def test_it_is_overwritten_on_purpose_once_and_followed_from_then_on() -> None:
    world = World()
    world.load(clients())
    changed_here(world, email="new@example.test")
    plan = restored(world, clients())
    assert [change for u in plan.directory.updates for change in u.changes] == [
        ("email", "new@example.test", OWN)
    ]
    assert (kept(plan), ana(world).email, world.load(clients()).empty) == ([], OWN, True)
    assert (world.person("new@example.test"), world.person(OWN) is not None) == (None, True)
    world.load(clients("later@example.test"))
    assert ana(world).email == "later@example.test"


def test_an_empty_cell_does_not_take_away_what_was_changed_here() -> None:
    world = World()
    world.load(clients())
    changed_here(world, email="new@example.test")
    assert kept(world.load(clients(""))) == [("email", "new@example.test", "")]
    assert ana(world).email == "new@example.test"


def test_another_guarantor_here_has_neither_the_former_ones_name_nor_what_that_one_may_see() -> None:
    world = World()
    world.load(FILES)
    account = world.account("C2").id
    before = world.people.client_rows[account]
    aunt = replace(
        before, guarantor_email="aunt@example.test", guarantor_name="Aunt", guarantor_superbills=False
    )
    world.people.save_client("oak", aunt, before=before)
    plan = world.load(FILES)
    assert kept(plan) == [("guarantor_email", "aunt@example.test", "parent@example.test")]
    after = world.people.client_rows[account]
    assert (after.guarantor_name, after.guarantor_superbills, after.link_generation) == ("Aunt", False, 1)
    renamed = world.load(edited("clients.csv", "Pat Parent,yes", "Pat P. Parent,yes"))
    assert (renamed.directory.updates, world.people.client_rows[account]) == ((), after)


def test_two_clients_who_swap_their_addresses_in_the_file_swap_them() -> None:
    world = World()
    header = "client_id,name,email\n"
    world.load({"clients.csv": f"{header}C1,Ana Núñez,a@example.test\nC2,Bo,b@example.test\n"})
    swapped = {"clients.csv": f"{header}C1,Ana Núñez,b@example.test\nC2,Bo,a@example.test\n"}
    plan = world.load(swapped)
    assert (kept(plan), len(plan.directory.updates)) == ([], 2)
    found = {email: world.person(email) for email in ("a@example.test", "b@example.test")}
    seen = {email: [grant.name for grant in person.grants] for email, person in found.items() if person}
    assert seen == {"a@example.test": ["Bo"], "b@example.test": ["Ana Núñez"]}
    assert world.load(swapped).empty


EXPORT = own_map("""
[[tables.rows]]
kind = "clients"
client_id = { header = "Client", join = "client" }
name = "Client"
email = "Email"
""")


def export(email: str) -> dict[str, str]:
    return {"people.csv": f"Client,Email\nAna Núñez,{email}\n"}


def test_each_source_is_held_against_what_it_gave_itself() -> None:
    """The practice's own file is how it changes an address here; the other system's report goes on saying the
    old one."""
    world = World()
    world.load(clients())
    loaded(world, export(OWN), EXPORT)
    world.load(clients("new@example.test"))
    assert ana(world).email == "new@example.test"
    weekly = loaded(world, export(OWN), EXPORT)
    assert (kept(weekly), weekly.empty) == ([("email", "new@example.test", OWN)], True)
    assert prepared(world, export("new@example.test"), EXPORT).directory.kept == ()
    assert world.load(clients("new@example.test")).empty


def test_the_first_file_of_another_source_does_not_bring_the_former_address_back() -> None:
    world = World()
    world.load({"clients.csv": "client_id,name\nC1,Ana Núñez\n"})
    loaded(world, export(OWN), EXPORT)
    changed_here(world, email="safe@example.test")
    for _ in range(2):
        first = world.load(clients())
        assert (kept(first), first.directory.updates) == ([("email", "safe@example.test", OWN)], ())
        assert (ana(world).email, world.person(OWN)) == ("safe@example.test", None)
    assert restored(world, clients()).directory.updates
    assert ana(world).email == OWN


def test_the_first_file_of_another_source_brings_an_address_that_none_gave() -> None:
    world = World()
    world.load({"clients.csv": "client_id,name\nC1,Ana Núñez\n"})
    loaded(world, export(OWN), EXPORT)
    changed_here(world, email="safe@example.test")
    assert kept(world.load(clients("later@example.test"))) == []
    assert ana(world).email == "later@example.test"


def test_a_client_of_whom_nothing_is_noted_yet_is_as_before_and_noted_once() -> None:
    """As after an update of Billfold."""
    world = World()
    world.load(clients())
    before = ana(world)
    world.people.save_client("oak", replace(before, addresses_given={}), before=before)
    plan = world.load(clients())
    assert (plan.directory.updates, len(plan.directory.remembered), plan.directory.known) == ((), 1, 1)
    assert world.load(clients()).empty
    before = ana(world)
    world.people.save_client("oak", replace(before, addresses_given={}), before=before)
    world.load(clients("later@example.test"))
    assert ana(world).email == "later@example.test"


def test_no_address_is_kept_in_plain_for_it() -> None:
    world = World()
    world.load(clients(address="3 Elm Row"))
    assert set(ana(world).addresses_given) == {":email", ":address"}
    assert not any("@" in text or "Elm" in text for text in ana(world).addresses_given.values())


def test_a_former_address_cannot_be_found_by_trying_without_the_practices_secret() -> None:
    world = World()
    plan = world.prepare(clients())
    assert (world.writes.count, world.imports.ids_keys) == (0, {})
    assert world.importer.apply(plan) == ()
    (given,) = ana(world).addresses_given.values()
    key = world.imports.ids_keys["oak"]
    tried = [hashlib.sha256(OWN.encode()).hexdigest(), MadeIds("").made(ADDRESS, OWN, length=40)]
    assert not any(digest.startswith(given) for digest in tried)
    assert MadeIds(key).made(ADDRESS, OWN, length=40).startswith(given)


def test_what_was_changed_here_stays_under_another_key_of_lookups() -> None:
    """As after a restore into another deployment: the secret is one of the practice's rows."""
    world = World()
    world.load(clients())
    changed_here(world, email="new@example.test")
    world.keys = OtherKeys()
    plan = world.prepare(clients())
    assert (kept(plan), plan.ids_key) == ([("email", "new@example.test", OWN)], "")


def test_of_two_first_imports_of_clients_both_have_one_key() -> None:
    world = World()
    plans = [world.prepare(clients()), world.prepare(others())]
    assert [world.importer.apply(plan) for plan in plans] == [(), ()]
    assert {plan.ids_key for plan in plans} == set(world.imports.ids_keys.values())
    assert world.load(clients()).empty


@pytest.mark.parametrize("happens", [False, True], ids=["before", "after"])
def test_killed_at_any_write_it_ends_the_same_and_takes_no_change_for_the_owners(happens: bool) -> None:
    def begun() -> World:
        world = World()
        world.load(FILES)
        return world

    files = edited("clients.csv", OWN, "later@example.test")
    whole = begun()
    start = whole.writes.count
    whole.load(files)
    for number in range(start + 1, whole.writes.count + 1):
        world = begun()
        world.writes.kill_at = (number, happens)
        with pytest.raises(Killed):
            world.load(files)
        world.writes.kill_at = None
        plan = world.load(files)
        assert (kept(plan), world.picture()) == ([], whole.picture())
