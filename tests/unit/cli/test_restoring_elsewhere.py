"""Issue 11, number 3: restored where another key is in force, a practice keeps clients, people and stops."""

import pytest

from chalicelib.mail.domain.setbacks import MailStop, Setback
from chalicelib.platform.ports import Keys
from chalicelib.practice.services.address_hashes import address_hash, person_at
from tests.unit.cli.test_backups import into_an_empty_table, rows
from tests.unit.cli.world import CHARGES, CLIENTS, World
from tests.unit.identity.fakes import FakeKeys

ANA, AT = "ana@example.test", "2026-11-01T15:00:00.000Z"


class OtherKeys(FakeKeys):
    def lookup_hash(self, purpose: str, text: str) -> str:
        return super().lookup_hash(f"another {purpose}", text)


def under(world: World, keys: Keys) -> None:
    """As another process, of a deployment with that key."""
    world.app.keys = keys
    world.app.__dict__.pop("backing_up", None)


@pytest.fixture
def exported(world: World) -> str:
    under(world, FakeKeys())
    world.with_books()
    hashed = address_hash(world.app.keys, "oak", ANA)
    world.app.people.stop_mail("oak", hashed, MailStop(Setback.BOUNCE, AT), sent_at=AT)
    result = world.run("export", "--practice", "oak", "--format", "jsonl")
    assert result.status == 0
    return result.out


def test_issue_11_3_nothing_is_doubled_or_lost_under_another_key(world: World, exported: str) -> None:
    ana = person_at(world.app.people, world.app.keys, "oak", ANA)
    assert ana is not None
    accounts = world.app.people.accounts_of("oak", ["C1", "C2"])
    into_an_empty_table()
    under(world, OtherKeys())
    assert world.run("restore", world.file("oak.jsonl", exported)).status == 0
    assert world.app.backing_up.refiling.refile("oak") == 0, "nothing is left to file"
    hashed = address_hash(world.app.keys, "oak", ANA)
    moved = person_at(world.app.people, world.app.keys, "oak", ANA)
    assert moved is not None
    assert (moved.id, moved.grants, moved.filed_under) == (ana.id, ana.grants, (hashed,))
    assert world.app.people.people_at("oak", ana.filed_under) == {}
    assert [stop.setback for stop in world.app.people.mail_stops("oak", hashed)] == [Setback.BOUNCE]
    assert world.app.people.mail_stops("oak", ana.address_hash) == []

    files = [world.file("clients.csv", CLIENTS), world.file("charges.csv", CHARGES)]
    again = world.run("import", "--practice", "oak", *files)
    assert again.status == 0
    assert world.app.people.accounts_of("oak", ["C1", "C2"]) == accounts
    kinds = [row["kind"]["S"] for row in rows()]
    assert (kinds.count("account"), kinds.count("client"), kinds.count("person")) == (2, 2, 1)


def test_under_the_same_key_every_row_comes_back_as_it_was(world: World, exported: str) -> None:
    before = rows()
    into_an_empty_table()
    under(world, FakeKeys())
    assert world.run("restore", world.file("oak.jsonl", exported)).status == 0
    assert rows() == before
