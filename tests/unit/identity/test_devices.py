"""The device cookie: it gives a person limits of their own, says nothing about them, and signs nobody in."""

import pytest

from chalicelib.identity.services.devices import DEVICE_SECONDS, PEOPLE, Devices
from chalicelib.identity.services.sign_in_limits import Caller
from chalicelib.kernel.errors import Refused
from chalicelib.practice.services.address_hashes import address_hash
from tests.unit.identity.fakes import FakeKeys
from tests.unit.identity.world import KNOWN, UNKNOWN, World

NOW = 1_800_000_000
HOURS_25 = 25 * 3600


@pytest.fixture
def world() -> World:
    return World().settle_in()


def devices(practice: str = "willow", keys: FakeKeys | None = None) -> Devices:
    return Devices(keys or FakeKeys(), practice)


def nonce(letter: str) -> str:
    return letter * 43


def test_a_browser_is_known_as_those_who_signed_in_with_it_and_as_nobody_else() -> None:
    cookie = devices().remember(None, "p-1", nonce=nonce("a"), now=NOW)
    cookie = devices().remember(cookie, "p-2", nonce=nonce("b"), now=NOW + 1)
    for person, letter in (("p-1", "a"), ("p-2", "b")):
        found = devices().known(cookie, person, now=NOW + 2)
        assert found is not None
        assert found.nonce == nonce(letter)
    assert devices().known(cookie, "p-3", now=NOW) is None
    assert devices("birch").known(cookie, "p-1", now=NOW) is None


def test_signing_in_again_renews_a_persons_own_part_alone() -> None:
    cookie = devices().remember(None, "p-1", nonce=nonce("a"), now=NOW)
    cookie = devices().remember(cookie, "p-2", nonce=nonce("b"), now=NOW)
    cookie = devices().remember(cookie, "p-1", nonce=nonce("c"), now=NOW + 5)
    assert nonce("a") not in cookie
    assert nonce("b") in cookie
    assert cookie.count("~") == 1


def test_the_last_people_of_a_shared_browser_are_kept() -> None:
    cookie = None
    for number in range(PEOPLE + 2):
        cookie = devices().remember(cookie, f"p-{number}", nonce=nonce("abcdef"[number]), now=NOW)
    known = [n for n in range(PEOPLE + 2) if devices().known(cookie, f"p-{n}", now=NOW)]
    assert known == list(range(2, PEOPLE + 2))


def test_the_store_of_cookies_ends_after_four_hundred_days() -> None:
    cookie = devices().remember(None, "p-1", nonce=nonce("a"), now=NOW)
    assert devices().known(cookie, "p-1", now=NOW + DEVICE_SECONDS - 1)
    assert devices().known(cookie, "p-1", now=NOW + DEVICE_SECONDS) is None


@pytest.mark.parametrize(
    "cookie", [None, "", "~", "x", "1800000000." + "a" * 43 + "." + "0" * 64, "é" * 118, "a~" * 100_000]
)
def test_what_we_did_not_make_is_no_device(cookie: str | None) -> None:
    assert devices().known(cookie, "p-1", now=NOW) is None


def test_a_changed_cookie_is_no_device() -> None:
    cookie = devices().remember(None, "p-1", nonce=nonce("a"), now=NOW)
    later = cookie.replace(str(NOW), str(NOW + 1))
    assert devices().known(later, "p-1", now=NOW) is None
    assert devices().known(cookie.replace(nonce("a"), nonce("b")), "p-1", now=NOW) is None


def test_the_cookie_tells_nobody_whose_it_is(world: World) -> None:
    cookie = world.known_device()
    for secret in (KNOWN, address_hash(world.keys, "willow", KNOWN), "willow", "acct-maya"):
        assert secret not in cookie
    again = world.known_device()
    assert not set(cookie.split(".")) & set(again.split(".")[1:])


def test_the_cookie_signs_nobody_in(world: World) -> None:
    cookie = world.known_device()
    with pytest.raises(Refused, match="session_required"):
        world.sessions.principal(cookie)
    with pytest.raises(Refused, match="session_required"):
        world.sessions.principal(f"willow.someone.{cookie.split('.')[1]}")
    browser = world.ask(device=cookie)
    code, token = world.mailed()
    for caller in (Caller("", device_cookie=cookie), Caller("", cookie, cookie, cookie)):
        with pytest.raises(Refused, match="other_browser"):
            world.signing_in.redeem_code("willow", code, caller=caller)
        with pytest.raises(Refused, match="other_browser"):
            world.signing_in.redeem_token("willow", token, caller=caller)
    assert world.type_code(code, browser)


def test_a_minted_link_makes_no_device_of_the_browser_that_opens_it(world: World) -> None:
    token = world.signing_in.mint("willow", email=KNOWN).url.partition("#")[2]
    assert world.signing_in.redeem_token("willow", token, caller=Caller("")).device_cookie is None


def test_somebody_elses_device_gives_an_address_nothing(world: World) -> None:
    world.add_person("other@example.test", account="acct-other")
    cookie = world.known_device()
    world.clock.pass_seconds(HOURS_25)
    for _ in range(12):
        world.ask("other@example.test", device=cookie)
        world.ask(UNKNOWN, device=cookie)
    world.work()
    assert [mail.to for mail in world.mailer.sent[1:]] == ["other@example.test"] * 3
