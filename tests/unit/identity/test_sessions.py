"""Proof 17 and its kin: who a cookie speaks for, for how long, and never again once revoked."""

from dataclasses import replace

import pytest

from chalicelib.identity.ports import SessionRow
from chalicelib.identity.services.sessions import (
    ABSOLUTE_SECONDS,
    IDLE_SECONDS,
    TOUCH_SECONDS,
    Sessions,
    cookie_name,
)
from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.practice.domain.practices import Person
from tests.support.saving import put_person
from tests.unit.identity.fakes import FakeAccess, FakePeople, grant
from tests.unit.identity.world import KNOWN, World


def started(world: World, *, replaces: str | None = None) -> str:
    person = world.signing_in.person("willow", email=KNOWN)
    return world.sessions.start("willow", person, replaces=replaces).cookie


def is_refused(world: World, cookie: str | None) -> bool:
    try:
        world.sessions.principal(cookie)
    except Refused as refused:
        return refused.code == "session_required"
    return False


def test_a_session_knows_its_practice_person_grants_and_language(world: World) -> None:
    person = world.signing_in.person("willow", email=KNOWN)
    begun = world.sessions.start("willow", person, replaces=None)
    principal = world.sessions.principal(begun.cookie)
    assert principal == begun.principal
    assert (principal.practice, principal.person_id, principal.locale) == ("willow", person.id, "es")
    assert principal.grants == person.grants
    assert principal.expires_at == world.clock.seconds + ABSOLUTE_SECONDS


def test_the_store_keeps_no_token(world: World) -> None:
    cookie = started(world)
    principal = world.sessions.principal(cookie)
    row = world.access.session("willow", [principal.session_hash], principal.person_id)
    assert row is not None
    assert cookie.rpartition(".")[2] not in str(row)


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        "",
        "willow",
        "willow.",
        "willow." + "A" * 43,
        "willow.p." + "A" * 43,
        "a#b.p." + "A" * 43,
        "willow.p#1." + "A" * 43,
        "willow.é",
    ],
)
def test_a_cookie_that_is_no_sessions_is_refused(world: World, cookie: str | None) -> None:
    assert is_refused(world, cookie)


def test_a_token_of_one_practice_is_none_of_another(world: World) -> None:
    token = started(world).partition(".")[2]
    assert is_refused(world, f"birch.{token}")


def test_a_revoked_session_fails_on_the_next_request(world: World) -> None:
    cookie = started(world)
    world.sessions.end(world.sessions.principal(cookie))
    assert is_refused(world, cookie)


def test_a_new_sign_in_in_the_same_browser_ends_the_old_session(world: World) -> None:
    old = started(world)
    new = started(world, replaces=old)
    assert new != old
    assert is_refused(world, old)
    assert not is_refused(world, new)


def test_a_cookie_of_nothing_to_replace_is_ignored(world: World) -> None:
    for replaces in ("", "nonsense", "willow." + "A" * 43):
        assert not is_refused(world, started(world, replaces=replaces))


def test_a_session_ends_after_fifteen_minutes_without_a_request(world: World) -> None:
    cookie = started(world)
    world.clock.pass_seconds(IDLE_SECONDS - 1)
    assert not is_refused(world, cookie)
    world.clock.pass_seconds(IDLE_SECONDS)
    assert is_refused(world, cookie)


def test_a_busy_session_ends_after_eight_hours_to_the_second(world: World) -> None:
    cookie = started(world)
    for _ in range(ABSOLUTE_SECONDS // 600 - 1):
        world.clock.pass_seconds(600)
        assert not is_refused(world, cookie)
    world.clock.pass_seconds(599)
    assert not is_refused(world, cookie)
    world.clock.pass_seconds(1)
    assert is_refused(world, cookie)


def test_a_session_is_written_at_most_once_a_minute(world: World) -> None:
    cookie = started(world)
    world.calls.clear()
    for _ in range(TOUCH_SECONDS - 1):
        world.clock.pass_seconds(1)
        world.sessions.principal(cookie)
    assert not [call for call in world.calls if "touch" in call]
    world.clock.pass_seconds(1)
    for _ in range(3):
        world.sessions.principal(cookie)
    assert len([call for call in world.calls if "touch" in call]) == 1


def test_grants_that_were_taken_away_are_gone_with_the_next_request(world: World) -> None:
    cookie = started(world)
    person = world.signing_in.person("willow", email=KNOWN)
    put_person(world.people, "willow", Person(person.id, KNOWN, "en", ()))
    with pytest.raises(NotFound, match="account_not_found"):
        world.sessions.principal(cookie).grant("acct-maya")


def test_foreign_and_absent_accounts_are_not_found_alike(world: World) -> None:
    world.add_person("other@example.test", account="acct-other")
    principal = world.sessions.principal(started(world))
    assert principal.grant("acct-maya") == grant("acct-maya")
    errors = []
    for account in ("acct-other", "acct-nowhere"):
        with pytest.raises(NotFound) as caught:
            principal.grant(account)
        errors.append((caught.value.code, caught.value.field, caught.value.details))
    assert errors[0] == errors[1]


def test_what_is_promised_is_what_is_set() -> None:
    assert (IDLE_SECONDS, ABSOLUTE_SECONDS, TOUCH_SECONDS) == (900, 28_800, 60)


def test_a_person_whose_address_changed_is_signed_out_with_the_next_request(world: World) -> None:
    cookie = started(world)
    principal = world.sessions.principal(cookie)
    person = world.people.person("willow", principal.person_id)
    assert person is not None
    world.clock.pass_seconds(1)
    moved = replace(person, email="new@example.test", since=world.clock.seconds)
    world.people.save_person("willow", moved, before=person)
    assert is_refused(world, cookie)
    again = world.sessions.start("willow", moved, replaces=None).cookie
    assert world.sessions.principal(again).email == "new@example.test"


def test_session_and_person_are_one_read(world: World) -> None:
    cookie = started(world)
    world.calls.clear()
    world.sessions.principal(cookie)
    assert [call.partition(".")[2] for call in world.calls] == ["session"]


def test_a_cookie_opens_its_own_persons_session_alone(world: World) -> None:
    practice, _, token = started(world).split(".")
    other = world.add_person("other@example.test")
    assert is_refused(world, f"{practice}.{other.id}.{token}")


def test_a_person_who_was_removed_is_signed_out_with_the_next_request() -> None:
    people = FakePeople()
    world = World(people=people).settle_in()
    cookie = started(world)
    people.person_rows.clear()
    assert is_refused(world, cookie)


class RevokedMeanwhile(FakeAccess):
    """Somebody revokes the session between reading it and noting that it is in use."""

    def touch_session(self, practice: str, token_hash: str, *, seen_at: int) -> None:
        self.end_session(practice, token_hash)
        super().touch_session(practice, token_hash, seen_at=seen_at)


def test_noting_that_a_session_is_in_use_never_brings_a_revoked_one_back() -> None:
    world = World(access=RevokedMeanwhile()).settle_in()
    cookie = started(world)
    world.clock.pass_seconds(TOUCH_SECONDS)
    world.sessions.principal(cookie)
    assert is_refused(world, cookie)


def test_an_expired_row_that_the_store_has_not_tidied_up_is_refused(world: World) -> None:
    cookie = started(world)
    row_hash = world.sessions.principal(cookie).session_hash
    now = world.clock.seconds
    person = world.signing_in.person("willow", email=KNOWN)
    world.access.save_session("willow", SessionRow(row_hash, person.id, now - ABSOLUTE_SECONDS, now, 1))
    assert is_refused(world, cookie)


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-billfold"), (False, "billfold")])
def test_the_cookie_is_a_host_cookie_except_over_plain_local_http(secure: bool, name: str) -> None:
    assert cookie_name("billfold", secure=secure) == name
    world = World()
    sessions = Sessions(
        access=world.access,
        chance=world.chance,
        clock=world.clock,
        keys=world.keys,
        secure_cookies=secure,
    )
    assert sessions.cookie_name == name
