"""`billfold rotate-key`: what it says, and that it refuses to drop what is needed."""

from datetime import timedelta

import pytest

from chalicelib.identity.services.rotating import SETTLED_SECONDS
from chalicelib.payments.domain.guests import KeptForm
from chalicelib.practice.services.address_hashes import address_hash, person_at
from tests.support.clock import FakeClock
from tests.support.guests import FORM
from tests.unit.cli.world import World

ANA = "ana@example.test"


@pytest.fixture
def cookie(world: World) -> str:
    """Of somebody signed in."""
    world.with_books()
    ana = person_at(world.app.people, world.app.keys, "oak", ANA)
    assert ana is not None
    return world.app.sessions.start("oak", ana, replaces=None).cookie


def a_guest(world: World, account: str, date: str = "2026-11-02") -> KeptForm:
    """Who has paid."""
    kept = KeptForm(account, account, FORM, f"{date}T12:00:00.000Z")
    hashed = address_hash(world.app.keys, "oak", FORM.email)
    world.app.guest_forms.keep("oak", kept, address_hash=hashed, date=date)
    return kept


def receipts(world: World) -> list[KeptForm]:
    hashed = address_hash(world.app.keys, "oak", FORM.email)
    return list(world.app.guest_forms.paid_from("oak", hashed, first="2026-01-01", last="2026-12-31"))


def later(world: World, **passed: float) -> None:
    at = world.app.clock.now() + timedelta(**passed)
    world.app.clock = FakeClock(at.isoformat())
    for wired in ("sessions", "rotating"):
        world.app.__dict__.pop(wired, None)


def test_tokens_are_made_with_the_next_version_and_the_one_before_is_retired_in_time(
    world: World, cookie: str
) -> None:
    rehearsed = world.run("rotate-key", "tokens", "--dry-run")
    assert (rehearsed.status, world.app.keys.versions) == (0, (1,))
    assert rehearsed.out == "Dry run: version 2 would be in force. Nothing was written.\n"
    changed = world.run("rotate-key", "tokens", "--json")
    assert changed.events[-1]["version"] == 2
    assert world.app.sessions.principal(cookie).email == ANA
    needed = world.run("rotate-key", "tokens", "--retire")
    assert needed.status == 1
    assert (
        "The version before still has 1 sessions, sign-ins or links, the last until 2026-11-21" in needed.err
    )
    later(world, days=2)
    assert world.run("rotate-key", "tokens", "--retire").status == 0
    assert world.app.keys.versions == (2,)


def test_what_has_leaked_is_dropped_at_once(world: World, cookie: str) -> None:
    assert world.run("rotate-key", "tokens").status == 0
    assert world.run("rotate-key", "tokens").status == 1
    assert world.run("rotate-key", "tokens", "--leaked").status == 0
    assert world.app.keys.versions == (2,)


def test_people_are_filed_anew_and_found_all_along(world: World, cookie: str) -> None:
    ana = person_at(world.app.people, world.app.keys, "oak", ANA)
    changed = world.run("rotate-key", "lookups")
    assert (changed.status, "1 person filed anew" in changed.out) == (0, True)
    assert world.run("rotate-key", "lookups", "--retire").status == 1
    later(world, seconds=SETTLED_SECONDS)
    assert world.run("rotate-key", "lookups", "--retire").status == 0
    found = person_at(world.app.people, world.app.keys, "oak", ANA)
    assert ana is not None
    assert found is not None
    assert (found.id, len(found.filed_under)) == (ana.id, 1)
    assert found.filed_under != ana.filed_under
    assert world.app.sessions.start("oak", found, replaces=cookie).principal.person_id == ana.id


def test_guests_receipts_are_found_by_the_new_key_and_by_what_was_kept_under_the_former_one(
    world: World, cookie: str
) -> None:
    """Issue 16: a year's receipts had only those that were paid since."""
    first, late = a_guest(world, "g1"), a_guest(world, "g2", "2026-11-03")
    assert receipts(world) == [first, late]
    former = address_hash(world.app.keys, "oak", FORM.email)
    assert world.run("rotate-key", "lookups").status == 0
    assert address_hash(world.app.keys, "oak", FORM.email) != former
    assert receipts(world) == [first, late]
    # A process that had the former key for five minutes more has kept another one.
    world.app.guest_forms.keep("oak", late, address_hash=former, date="2026-11-03")
    later(world, seconds=SETTLED_SECONDS)
    assert world.run("rotate-key", "lookups", "--retire").status == 0
    assert receipts(world) == [first, late]


def test_leaking_is_asked_of_tokens_only(world: World) -> None:
    assert world.run("rotate-key", "lookups", "--leaked").status == 2
