"""The stores of identity: the same behaviour in memory and in DynamoDB."""

from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.documents.store.reminders import DynamoReminders
from chalicelib.identity.ports import EVERYWHERE, Link, SessionRow, SignIn, Use
from chalicelib.identity.store.access import DynamoAccess
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.mail.domain.setbacks import MailKind, MailStop, Setback
from chalicelib.operations.store.claims import DynamoClaims
from chalicelib.platform.dynamo import table
from chalicelib.practice.domain.practices import Client, Person
from chalicelib.practice.store.people import DynamoPeople, folded
from chalicelib.practice.store.practices import DynamoPractices
from tests.support.saving import put_practice
from tests.unit.identity.fakes import grant, practice
from tests.unit.identity.world import World

SIGN_IN = SignIn("si-1", "p-1", "browser", "code", "token", expires_at=2_000_000_000, key_version=1)
SESSION = SessionRow("hash-1", "p-1", created_at=1_000, seen_at=1_000, key_version=1)
OWNER = Person(SESSION.person_id, "m@example.test", "en", (), ("h-owner",))
LINK = Link("hash-2", "receipt", "a-1", "pay-1", expires_at=2_000_000_000, key_version=1)
MAYA = Client("c-1", "ext-1", "Maya Álvarez", "maya@example.test", "es", "2 Example Street", "1990-02-03")


# --- practices and people ---------------------------------------------------------------------------


def test_a_practice_comes_back_as_it_was_saved_and_can_be_changed(world: World) -> None:
    assert world.practices.practice("willow") == practice()
    put_practice(world.practices, replace(practice(), payments_enabled=False))
    assert world.practices.practice("willow") == replace(practice(), payments_enabled=False)
    assert world.practices.practice("nowhere") is None


def test_11_of_two_who_write_a_practice_the_second_is_told_what_the_first_changed(world: World) -> None:
    one = world.practices.practice("willow")
    assert one is not None
    world.practices.save_practice(replace(one, phone="+1 555 0199", website="w.example.test"), before=one)
    with pytest.raises(Stale) as caught:
        world.practices.save_practice(replace(one, email="new@willow.example.test"), before=one)
    assert (caught.value.code, caught.value.details) == ("record_stale", {"changed": "phone, website"})
    now = world.practices.practice("willow")
    assert now == replace(one, phone="+1 555 0199", website="w.example.test")
    world.practices.save_practice(replace(now, email="new@willow.example.test"), before=now)


def test_11_a_practice_client_or_person_is_made_once(world: World) -> None:
    person = Person("p-9", "j@example.test", "en", (grant("a-1"),))
    world.people.save_client("willow", MAYA)
    world.people.save_person("willow", person)
    for again in (
        lambda: world.practices.save_practice(replace(practice(), phone="1")),
        lambda: world.people.save_client("willow", replace(MAYA, name="Other")),
        lambda: world.people.save_person("willow", replace(person, grants=())),
    ):
        with pytest.raises(Stale, match="record_stale"):
            again()
    assert world.people.client("willow", MAYA.id) == MAYA
    assert world.people.person("willow", "p-9") == person


def test_11_of_two_who_write_a_client_or_person_the_second_is_told(world: World) -> None:
    world.people.save_client("willow", MAYA)
    world.people.save_person("willow", Person("p-9", "j@example.test", "en", (grant("a-1"),)))
    client, person = world.people.client("willow", MAYA.id), world.people.person("willow", "p-9")
    assert client is not None
    assert person is not None
    world.people.save_client("willow", replace(client, address="3 Example Street"), before=client)
    world.people.save_person("willow", replace(person, grants=()), before=person)
    told = []
    for write in (
        lambda: world.people.save_client("willow", replace(client, name="Maya A."), before=client),
        lambda: world.people.save_person("willow", replace(person, locale="es"), before=person),
    ):
        with pytest.raises(Stale) as caught:
            write()
        told.append(caught.value.details["changed"])
    assert told == ["address", "grants"]


def test_11_nobody_is_told_of_their_own_write_whose_reply_was_lost(world: World) -> None:
    person = Person("p-9", "j@example.test", "en", (grant("a-1"),))
    renamed = replace(practice(), name="Willow House")
    known = world.practices.practice("willow")
    for _ in range(2):
        world.people.save_client("willow", MAYA)
        world.people.save_person("willow", person)
        world.practices.save_practice(renamed, before=known)
    moved = replace(MAYA, address="3 Example Street")
    first = world.people.client("willow", MAYA.id)
    for _ in range(2):
        world.people.save_client("willow", moved, before=first)
    assert world.people.client("willow", MAYA.id) == moved
    assert world.people.person("willow", "p-9") == person
    assert world.practices.practice("willow") == renamed


def test_jobs_find_every_practice_once(world: World) -> None:
    put_practice(world.practices, practice("birch"))
    put_practice(world.practices, practice("willow"))
    assert list(world.practices.practice_ids()) == ["birch", "willow"]


def test_clients_come_back_as_they_were_saved_within_their_practice(world: World) -> None:
    others = [replace(MAYA, id=f"c-{number}", name=f"Client {number}") for number in range(2, 6)]
    for client in [MAYA, *others]:
        world.people.save_client("willow", client)
    assert world.people.client("willow", "c-1") == MAYA
    assert list(world.people.clients("willow")) == [MAYA, *others]
    assert world.people.client("birch", "c-1") is None
    assert list(world.people.clients("birch")) == []


def test_a_person_comes_back_with_their_grants_within_their_practice(world: World) -> None:
    person = Person("p-9", "j@example.test", "en", (grant("a-1", "guarantor"), grant("a-2", "guarantor")))
    person = replace(person, filed_under=("h-9", "h-old"), since=1_000)
    world.people.save_person("willow", person)
    assert world.people.person("willow", "p-9") == person
    assert world.people.person("birch", "p-9") is None
    assert person in world.people.people("willow")
    assert list(world.people.people("birch")) == []


def test_a_person_is_found_by_every_hash_of_their_address_and_by_none_that_they_left(world: World) -> None:
    world.people.save_person("willow", Person("p-9", "j@example.test", "en", (), ("h-1", "h-2")))
    assert world.people.people_at("willow", ["h-1", "h-2", "h-3"]) == {"h-1": "p-9", "h-2": "p-9"}
    assert world.people.people_at("birch", ["h-1"]) == {}
    moved = Person("p-9", "new@example.test", "en", (), ("h-2", "h-3"))
    before = world.people.person("willow", "p-9")
    world.people.save_person("willow", moved, before=before, leaving=("h-1", "h-2"))
    assert world.people.people_at("willow", ["h-1", "h-2", "h-3"]) == {"h-2": "p-9", "h-3": "p-9"}
    assert world.people.people_at("willow", []) == {}


def test_who_takes_an_address_from_a_person_that_another_wrote_is_told(world: World) -> None:
    """It was told that the address is somebody else's, which no second try mends."""
    world.people.save_person("willow", Person("p-9", "j@example.test", "en", (), ("h-1",)))
    before = world.people.person("willow", "p-9")
    assert before is not None
    world.people.save_person("willow", replace(before, locale="es"), before=before)
    with pytest.raises(Stale, match="record_stale"):
        world.people.save_person(
            "willow", replace(before, filed_under=("h-2",)), before=before, leaving=("h-1",)
        )
    assert world.people.people_at("willow", ["h-1", "h-2"]) == {"h-1": "p-9"}


def test_an_address_is_one_persons_and_nothing_is_written_for_a_second(world: World) -> None:
    world.people.save_person("willow", Person("p-1", "j@example.test", "en", (), ("h-1",)))
    with pytest.raises(Conflict):
        world.people.save_person("willow", Person("p-2", "j@example.test", "en", (), ("h-0", "h-1")))
    assert world.people.person("willow", "p-2") is None
    assert world.people.people_at("willow", ["h-0", "h-1"]) == {"h-1": "p-1"}


def test_stops_are_copied_where_none_stands_and_dropped_with_the_address(world: World) -> None:
    bounced, at = (
        MailStop(Setback.BOUNCE, "2026-11-20T15:00:00.000Z", "550 unknown"),
        "2026-11-20T15:00:00.000Z",
    )
    world.people.stop_mail("willow", "h-1", bounced, sent_at=at)
    world.people.copy_stops("willow", source="h-1", target="h-2")
    assert world.people.lift_stop("willow", "h-2", bounced, at="2026-11-21T15:00:00.000Z")
    lifted = world.people.mail_stops("willow", "h-2")
    world.people.copy_stops("willow", source="h-1", target="h-2")
    assert world.people.mail_stops("willow", "h-2") == lifted
    world.people.drop_address("willow", "h-1")
    assert world.people.mail_stops("willow", "h-1") == []
    assert world.people.mail_stops("willow", "h-2") == lifted


@pytest.mark.parametrize("world", ["dynamo"], indirect=True)
def test_the_day_on_which_an_address_was_last_asked_for_money_goes_along(world: World) -> None:
    """Else a payer would be reminded twice within a week after the lookups' key changed (issue 14)."""
    reminders = DynamoReminders()
    reminders.note_asked("willow", "h-1", on="2026-11-20")
    world.people.copy_stops("willow", source="h-1", target="h-2")
    assert reminders.asked_on("willow", "h-2") == "2026-11-20"
    reminders.note_asked("willow", "h-2", on="2026-11-25")
    world.people.copy_stops("willow", source="h-1", target="h-2")
    assert reminders.asked_on("willow", "h-2") == "2026-11-25"
    world.people.drop_address("willow", "h-1")
    assert (reminders.asked_on("willow", "h-1"), reminders.asked_on("willow", "h-9")) == ("", "")


BOUNCED = MailStop(Setback.BOUNCE, "2026-11-05T12:00:00.000Z", "550 unknown", mail="m-1")
ABOUT_CODES = MailStop(Setback.COMPLAINT, "2026-11-04T12:00:00.000Z", kind=MailKind.SIGN_IN, mail="m-2")
OF_OLD = MailStop(Setback.COMPLAINT, "2026-11-03T12:00:00.000Z")


def test_what_stops_mail_is_kept_one_a_name_within_the_practice(world: World) -> None:
    assert world.people.mail_stops("willow", "p-1") == []
    for stop in (BOUNCED, ABOUT_CODES, OF_OLD):
        assert world.people.stop_mail("willow", "p-1", stop, sent_at="2026-11-01T00:00:00.000Z") == stop
    again = replace(ABOUT_CODES, at="2026-11-09T12:00:00.000Z", mail="m-3")
    assert world.people.stop_mail("willow", "p-1", again, sent_at="2026-11-09T00:00:00.000Z") == ABOUT_CODES
    found = sorted(world.people.mail_stops("willow", "p-1"), key=lambda stop: stop.at)
    assert found == [OF_OLD, ABOUT_CODES, BOUNCED]
    assert world.people.mail_stops("birch", "p-1") == []


def test_a_lifted_stop_comes_again_only_of_mail_that_was_sent_later(world: World) -> None:
    lifted_at = "2026-11-06T00:00:00.000Z"
    people = world.people
    assert not people.lift_stop("willow", "p-1", ABOUT_CODES, at=lifted_at)
    people.stop_mail("willow", "p-1", ABOUT_CODES, sent_at="2026-11-04T11:00:00.000Z")
    assert [people.lift_stop("willow", "p-1", ABOUT_CODES, at=lifted_at) for _ in range(2)] == [True, False]
    lifted = [replace(ABOUT_CODES, lifted_at=lifted_at)]
    assert people.mail_stops("willow", "p-1") == lifted
    late = replace(ABOUT_CODES, at="2026-11-07T00:00:00.000Z", mail="m-3")
    assert people.stop_mail("willow", "p-1", late, sent_at="2026-11-05T23:59:59.999Z") is None
    assert people.mail_stops("willow", "p-1") == lifted
    assert people.stop_mail("willow", "p-1", late, sent_at="2026-11-06T00:00:00.001Z") == late
    assert people.mail_stops("willow", "p-1") == [late]


def test_names_sort_without_accents_and_case_and_fit_into_a_key() -> None:
    assert folded(" Álvarez Ñu ") == "alvarez nu"
    assert len(folded("é長" * 1000).encode()) <= 500


# --- sign-ins ---------------------------------------------------------------------------------------


def test_a_sign_in_is_taken_once(world: World) -> None:
    world.access.save_sign_in("willow", SIGN_IN)
    assert world.access.sign_in("willow", "si-1") == SIGN_IN
    assert world.access.sign_in("birch", "si-1") is None
    assert not world.access.use_sign_in("birch", "si-1")
    assert [world.access.use_sign_in("willow", "si-1") for _ in range(2)] == [True, False]
    assert world.access.sign_in("willow", "si-1") is None


def test_tries_are_counted_up_to_their_limit_and_make_no_row(world: World) -> None:
    world.access.save_sign_in("willow", SIGN_IN)
    assert [world.access.count_try("willow", "si-1", limit=3) for _ in range(5)] == [True] * 3 + [False] * 2
    kept = world.access.sign_in("willow", "si-1")
    assert kept is not None
    assert kept.tries == 3
    assert not world.access.count_try("willow", "si-2", limit=3)
    assert world.access.sign_in("willow", "si-2") is None


# --- sessions and links -----------------------------------------------------------------------------


def test_a_session_is_seen_later_but_never_earlier(world: World) -> None:
    world.people.save_person("willow", OWNER)
    world.access.save_session("willow", SESSION)
    for seen_at in (1_060, 1_030):
        world.access.touch_session("willow", "hash-1", seen_at=seen_at)
    assert world.access.session("willow", ["hash-1"], OWNER.id) == (replace(SESSION, seen_at=1_060), OWNER)
    assert world.access.session("birch", ["hash-1"], OWNER.id) is None
    assert world.access.session("willow", ["hash-2"], OWNER.id) is None


def test_a_session_is_read_with_its_own_person_alone(world: World) -> None:
    world.people.save_person("willow", OWNER)
    world.people.save_person("willow", replace(OWNER, id="other", filed_under=("h-other",)))
    world.access.save_session("willow", SESSION)
    assert world.access.session("willow", ["hash-1"], "other") is None
    assert world.access.session("willow", ["hash-1"], "nobody") is None


def test_a_revoked_session_is_not_brought_back_and_can_be_revoked_again(world: World) -> None:
    world.people.save_person("willow", OWNER)
    world.access.save_session("willow", SESSION)
    for _ in range(2):
        world.access.end_session("willow", "hash-1")
    world.access.touch_session("willow", "hash-1", seen_at=1_060)
    assert world.access.session("willow", ["hash-1"], OWNER.id) is None


def test_a_link_comes_back_as_it_was_saved_however_often(world: World) -> None:
    for _ in range(2):
        world.access.save_link("willow", LINK)
    assert world.access.link("willow", "hash-2") == LINK
    assert world.access.link("birch", "hash-2") is None


# --- limits -----------------------------------------------------------------------------------------


def test_uses_are_counted_by_practice_key_and_window(world: World) -> None:
    def allow(practice: str = "willow", key: str = "k", now: int = 899) -> bool:
        return world.access.allow(practice, key, limit=2, window_seconds=900, now=now)

    assert [allow() for _ in range(4)] == [True, True, False, False]
    assert allow(practice="birch")
    assert allow(key="other")
    assert allow(now=900)


def test_noted_uses_are_replaced_only_as_they_were_read(world: World) -> None:
    hundred, other, named = Use(100), Use(101), Use(160, "a")

    def note(before: tuple[Use, ...], after: tuple[Use, ...], practice: str = EVERYWHERE) -> bool:
        return world.access.note_uses(practice, "k", before=before, after=after, expires_at=2_000_000_000)

    assert world.access.uses(EVERYWHERE, "k") == ()
    assert [note((), (hundred,)), note((), (other,)), note((other,), (other,))] == [True, False, False]
    assert world.access.uses(EVERYWHERE, "k") == (hundred,)
    assert note((hundred,), (hundred, named))
    assert world.access.uses(EVERYWHERE, "k") == (hundred, named)
    assert world.access.uses("willow", "k") == ()


def test_a_claim_is_one_workers_until_it_runs_out(world: World) -> None:
    def claim(practice: str = "willow", name: str = "n", now: int = 100) -> bool:
        return world.claims.claim(practice, name, now=now, until=now + 60)

    assert [claim(), claim(), claim(now=159)] == [True, False, False]
    assert claim(practice="birch")
    assert claim(name="other")
    assert [claim(now=160), claim(now=161)] == [True, False]


# --- what only DynamoDB does ------------------------------------------------------------------------


def rows(table_name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName=table_name)["Items"]
    return found


def test_every_row_says_what_it_is_and_short_lived_ones_tidy_themselves_up(moto_table: str) -> None:
    access = DynamoAccess()
    access.save_sign_in("willow", SIGN_IN)
    access.save_session("willow", SESSION)
    access.save_link("willow", LINK)
    access.allow("willow", "k", limit=2, window_seconds=900, now=899)
    access.note_uses("willow", "k", before=(), after=(Use(10),), expires_at=3_610)
    DynamoClaims().claim("willow", "n", now=100, until=160)
    kept = {row["kind"]["S"]: int(row["ttl"]["N"]) for row in rows(moto_table)}
    assert kept == {
        "sign-in": 2_000_000_000,
        "session": 87_400,
        "link": 2_000_000_000,
        "rate": 900,
        "uses": 3_610,
        "claim": 160,
    }


def test_every_key_but_the_index_of_practices_and_what_all_share_begins_with_the_practice(
    moto_table: str,
) -> None:
    access, people = DynamoAccess(), DynamoPeople()
    DynamoPractices().save_practice(practice())
    people.save_client("willow", MAYA)
    people.save_person("willow", Person("p-1", "m@example.test", "en", (), ("h-1",)))
    access.save_sign_in("willow", SIGN_IN)
    access.save_session("willow", SESSION)
    access.save_link("willow", LINK)
    access.allow("willow", "k", limit=1, window_seconds=900, now=0)
    access.allow(EVERYWHERE, "k", limit=1, window_seconds=900, now=0)
    access.note_uses(EVERYWHERE, "k", before=(), after=(Use(10),), expires_at=3_610)
    keys = sorted((row["pk"]["S"], row["sk"]["S"]) for row in rows(moto_table))
    assert keys == [
        ("P#*#RATE#k", "USES"),
        ("P#*#RATE#k#0", "RATE"),
        ("P#willow", "PRACTICE"),
        ("P#willow#DIR", "C#c-1"),
        ("P#willow#DIR", "PERSON#p-1"),
        ("P#willow#EMAIL", "h-1#LOOKUP"),
        ("P#willow#L#hash-2", "LINK"),
        ("P#willow#RATE#k#0", "RATE"),
        ("P#willow#S#hash-1", "SESSION"),
        ("P#willow#SI#si-1", "SIGN-IN"),
        ("PRACTICES", "willow"),
    ]


@pytest.mark.parametrize(
    "call",
    [
        lambda: DynamoAccess().session("willow", ["h"], "p"),
        lambda: DynamoAccess().touch_session("willow", "h", seen_at=1),
        lambda: DynamoAccess().count_try("willow", "si", limit=5),
        lambda: DynamoAccess().use_sign_in("willow", "si"),
        lambda: DynamoAccess().allow("willow", "k", limit=1, window_seconds=1, now=1),
        lambda: DynamoPeople().person("willow", "p"),
        lambda: list(DynamoPeople().clients("willow")),
        lambda: DynamoPractices().save_practice(practice()),
    ],
)
def test_a_store_that_is_away_is_busy_and_lets_nobody_in(
    moto_table: str, monkeypatch: pytest.MonkeyPatch, call: Any
) -> None:

    def away(*_: object, **__: object) -> None:
        raise ReadTimeoutError(endpoint_url="http://away.test")

    monkeypatch.setattr(table.connection().client, "_make_api_call", away)
    with pytest.raises(Busy):
        call()
