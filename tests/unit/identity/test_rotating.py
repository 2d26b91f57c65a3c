"""Issue 11, number 3: the deployment's keys change while all goes on, and nothing live loses its key."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chalicelib.identity.services.devices import Devices
from chalicelib.identity.services.links import Links
from chalicelib.identity.services.rotating import SETTLED_SECONDS, Rotating
from chalicelib.identity.services.sessions import ABSOLUTE_SECONDS
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.mail.domain.setbacks import MailStop, Setback
from chalicelib.platform.keys import HmacKeys
from chalicelib.practice.domain.practices import Person
from chalicelib.practice.services.address_hashes import address_hash, person_at
from tests.unit.identity.fakes import FakeAccess, FakePeople, FakePractices
from tests.unit.identity.world import KNOWN, World

AT = "2026-11-20T15:00:00.000Z"
DAYS = 400


@dataclass
class Kept:
    """Parameters in memory, as every process has them that read them anew."""

    values: dict[str, str] = field(default_factory=dict)

    def read(self, name: str) -> str | None:
        return self.values.get(name)

    def write(self, name: str, value: str) -> None:
        self.values[name] = value


@dataclass
class Town(World):
    """A deployment with its own keys; `rotating` is what the operator's command works with."""

    kept: Kept = field(default_factory=lambda: Kept({"lookup-key": "00" * 32, "token-key": f"1:{'11' * 32}"}))

    def __post_init__(self) -> None:
        keys = HmacKeys(self.kept)  # type: ignore[arg-type]
        self.keys = keys
        super().__post_init__()
        self.rotating = Rotating(keys, keys, self.access, self.practices, self.people, self.clock)
        self.links = Links(self.access, keys, self.clock)

    def link(self) -> str:
        return self.links.token(AccountRef("willow", "a1"), kind="receipt", payment_id="p1", days=DAYS)

    def opens(self, token: str) -> bool:
        try:
            return self.links.holder("willow", token, kind="receipt").payment_id == "p1"
        except Refused:
            return False

    def signed_in(self, cookie: str) -> bool:
        try:
            return bool(self.sessions.principal(cookie))
        except Refused:
            return False


@pytest.fixture
def town() -> Town:
    made = Town(practices=FakePractices(), people=FakePeople(), access=FakeAccess())
    made.settle_in()
    return made


def code(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


# --- tokens -----------------------------------------------------------------------------------------


def test_what_the_version_before_made_goes_on_and_what_is_new_takes_the_next(town: Town) -> None:
    link, device = town.link(), town.known_device()
    browser = town.ask()
    typed, _ = town.mailed()
    asked = town.ask()  # not mailed yet
    cookie = town.sessions.start("willow", _maya(town), replaces=None).cookie
    assert town.rotating.add_tokens() == 2
    assert town.signed_in(cookie)
    assert town.opens(link)
    assert town.signed_in(town.type_code(typed, browser))
    late, _ = town.mailed()
    assert town.signed_in(town.type_code(late, asked)), "asked for before, mailed after"
    hashed = address_hash(town.keys, "willow", KNOWN)
    devices = Devices(town.keys, "willow")
    assert devices.known(device, hashed, now=town.clock.seconds), "the browser is known still"
    after = town.sessions.start("willow", _maya(town), replaces=None)
    versions = {s.key_version for s in town.access.sessions.values()}  # type: ignore[attr-defined]
    assert versions == {1, 2}
    town.sessions.end_cookie(cookie)
    assert not town.signed_in(cookie), "signing out ends a session of either version"
    assert town.signed_in(after.cookie)


def test_a_link_that_is_made_again_stays_the_one_that_was_mailed(town: Town) -> None:
    link = town.link()
    town.rotating.add_tokens()
    assert town.link() == link
    [row] = town.access.links.values()  # type: ignore[attr-defined]
    assert row.key_version == 1


def test_a_version_is_retired_only_when_nothing_live_rests_on_it(town: Town) -> None:
    town.ask()
    town.sessions.start("willow", _maya(town), replaces=None)
    link = town.link()
    town.rotating.add_tokens()
    for seconds, left in ((0, 3), (601, 2), (24 * 3600, 1)):
        town.clock.pass_seconds(seconds)
        with pytest.raises(Refused) as refused:
            town.rotating.retire_tokens()
        assert (code(refused), refused.value.details["count"]) == ("key_in_use", left)
        assert town.opens(link)
    assert refused.value.details["until"] == town.clock.seconds - 601 - 24 * 3600 + DAYS * 24 * 3600
    town.clock.pass_seconds(DAYS * 24 * 3600)
    assert town.rotating.retire_tokens() == 1
    assert town.keys.versions == (2,)
    assert ABSOLUTE_SECONDS < 24 * 3600, "no session lives longer than its row"


def test_a_version_that_leaked_is_dropped_with_all_that_rests_on_it(town: Town) -> None:
    browser = town.ask()
    typed, _ = town.mailed()
    cookie = town.sessions.start("willow", _maya(town), replaces=None).cookie
    link = town.link()
    town.rotating.add_tokens()
    assert town.rotating.retire_tokens(leaked=True, dry_run=True) == 1
    assert town.signed_in(cookie)
    assert town.rotating.retire_tokens(leaked=True) == 1
    assert not town.signed_in(cookie)
    assert not town.opens(link)
    with pytest.raises(Refused, match="code_expired"):
        town.type_code(typed, browser)
    assert town.opens(town.link()), "sent again, the receipt has another link"


def test_a_third_version_waits_and_the_only_one_stays(town: Town) -> None:
    with pytest.raises(Refused) as refused:
        town.rotating.retire_tokens(leaked=True)
    assert code(refused) == "key_single"
    assert town.rotating.add_tokens(dry_run=True) == 2
    assert town.keys.versions == (1,)
    town.rotating.add_tokens()
    with pytest.raises(Refused) as refused:
        town.rotating.add_tokens()
    assert code(refused) == "key_rotating"
    town.rotating.retire_tokens()
    assert town.rotating.add_tokens() == 3, "no number is used twice"


# --- lookups ----------------------------------------------------------------------------------------


def test_people_are_found_by_the_former_key_and_the_new_one_until_it_is_retired(town: Town) -> None:
    before, maya = address_hash(town.keys, "willow", KNOWN), _maya(town)
    stop = MailStop(Setback.BOUNCE, AT)
    town.people.stop_mail("willow", before, stop, sent_at=AT)
    browser = town.ask()
    assert town.rotating.add_lookups() == 1
    after = address_hash(town.keys, "willow", KNOWN)
    assert after != before
    assert town.people.people_at("willow", [before, after]) == {before: maya.id, after: maya.id}
    assert town.people.mail_stops("willow", after) == [stop]
    town.people.lift_stop("willow", before, stop, at=AT)
    town.people.lift_stop("willow", after, stop, at=AT)
    typed, _ = town.mailed()
    assert town.signed_in(town.type_code(typed, browser)), "asked for under the former key"
    with pytest.raises(Refused) as refused:
        town.rotating.add_lookups()
    assert code(refused) == "key_rotating"
    with pytest.raises(Refused) as refused:
        town.rotating.retire_lookups()
    assert code(refused) == "key_too_new"
    town.clock.pass_seconds(SETTLED_SECONDS)
    assert town.rotating.retire_lookups() == 1
    assert town.people.people_at("willow", [before, after]) == {after: maya.id}
    assert town.people.mail_stops("willow", before) == []
    assert _maya(town).filed_under == (after,)
    with pytest.raises(Refused) as refused:
        town.rotating.retire_lookups()
    assert code(refused) == "key_single"


def test_somebody_filed_meanwhile_by_a_process_with_the_former_key_is_found_in_the_end(town: Town) -> None:
    former = town.kept.values["lookup-key"]
    town.rotating.add_lookups()
    new, town.kept.values["lookup-key"] = town.kept.values["lookup-key"], former
    late = town.add_person("late@example.test")
    town.kept.values["lookup-key"] = new
    assert person_at(town.people, town.keys, "willow", "late@example.test") is None
    town.clock.pass_seconds(SETTLED_SECONDS)
    town.rotating.retire_lookups()
    found = person_at(town.people, town.keys, "willow", "late@example.test")
    assert found is not None
    assert found.id == late.id


@pytest.mark.parametrize("at", range(1, 7))
def test_killed_anywhere_the_same_commands_finish_it(
    town: Town, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya, left = _maya(town), [at]

    def dying(*_: object, **__: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt

    for owner, name in ((town.kept, "write"), (town.people, "save_person"), (town.people, "drop_address")):
        real = getattr(owner, name)

        def first_dies(*args: object, _real: Callable[..., None] = real, **named: object) -> None:
            dying()
            _real(*args, **named)

        monkeypatch.setattr(owner, name, first_dies)

    def persist(run: Callable[[], int]) -> None:
        for _ in range(2):
            try:
                run()
            except KeyboardInterrupt:
                continue
            except Refused:  # the step was finished before
                return
            return

    persist(town.rotating.add_lookups)
    assert _maya(town).id == maya.id
    town.clock.pass_seconds(SETTLED_SECONDS)
    persist(town.rotating.retire_lookups)
    found = _maya(town)
    assert (found.id, found.filed_under) == (maya.id, (address_hash(town.keys, "willow", KNOWN),))
    assert town.rotating.add_lookups() == 1, "and it can be changed again"


def _maya(town: Town) -> Person:
    found = person_at(town.people, town.keys, "willow", KNOWN)
    assert found is not None
    return found
