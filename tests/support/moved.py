"""Somebody's account is given to another address, as a file does it."""

from dataclasses import replace

from chalicelib.practice.services.address_hashes import address_hash, person_at
from tests.support.api import World
from tests.support.practice import PRACTICE


def moved(world: World, old: str, new: str) -> str:
    """The cookie of who reads the new address, who has signed in since."""
    people, keys, sessions = world.app.people, world.app.keys, world.app.sessions
    person = person_at(people, keys, PRACTICE.id, old)
    assert person is not None
    world.clock.advance(minutes=1)
    after = replace(
        person, email=new, filed_under=(address_hash(keys, PRACTICE.id, new),),
        since=int(world.clock.now().timestamp()),
    )  # fmt: skip
    people.save_person(PRACTICE.id, after, before=person, leaving=person.filed_under)
    world.clock.advance(minutes=1)
    return f"{sessions.cookie_name}={sessions.start(PRACTICE.id, after, replaces=None).cookie}"
