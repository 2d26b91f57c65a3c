"""What strangers share, what a network may do, and what a browser that knows its person has for itself."""

import dataclasses

import pytest

from chalicelib.identity.ports import Use
from chalicelib.identity.services import sign_in_limits as limits
from chalicelib.identity.services.limits import Counters, Limit, Pace
from chalicelib.identity.services.signing_in import MAX_TRIES
from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.kernel.outside import Busy
from tests.support.saving import put_practice
from tests.unit.identity.fakes import START, FakeAccess, FakeClock, FakeKeys, practice
from tests.unit.identity.world import KNOWN, UNKNOWN, World, wrong

QUARTER, HOUR, DAY = 900, 3600, 24 * 3600


@pytest.fixture
def world() -> World:
    """In memory: tests/unit/identity/test_stores.py holds the counters of DynamoDB to it."""
    return World().settle_in()


def counters(access: FakeAccess | None = None) -> tuple[Counters, FakeClock]:
    clock = FakeClock()
    return Counters(access or FakeAccess(), FakeKeys(), clock), clock


def refusal(world: World, code: str, browser: str, device: str | None = None) -> str:
    with pytest.raises(Refused) as caught:
        world.type_code(code, browser, device=device)
    return caught.value.code


# --- counting ---------------------------------------------------------------------------------------


def test_shards_share_a_limit_and_never_count_above_it() -> None:
    counting, clock = counters()
    limit = Limit("l", uses=80, window_seconds=DAY, shards=8)
    allowed = sum(counting.within(limit, "s", spread=f"sign-in {n}") for n in range(2_000))
    assert allowed == 80
    assert isinstance(counting.access, FakeAccess)
    assert len(counting.access.counts) == 8
    assert set(counting.access.counts.values()) == {10}
    clock.pass_seconds(DAY)
    assert counting.within(limit, "s", spread="sign-in 1")


def test_a_pace_holds_wherever_an_hour_or_a_day_begins() -> None:
    counting, clock = counters()
    paces, allowed = (Pace(3, HOUR), Pace(10, DAY)), list[int]()
    for _ in range(3 * 24 * 6):
        clock.pass_seconds(600)
        if counting.keeps_pace("mails", paces, "a"):
            allowed.append(clock.seconds)
    assert len(allowed) == 30
    for start in allowed:
        assert sum(0 <= at - start < HOUR for at in allowed) <= 3
        assert sum(0 <= at - start < DAY for at in allowed) <= 10


class Overtaken(FakeAccess):
    """Somebody else notes a use between reading and noting, `times` times."""

    times = 0

    def uses(self, practice: str, key: str, *, strong: bool = True) -> tuple[Use, ...]:
        found = super().uses(practice, key)
        if self.times:
            self.times -= 1
            self.noted[practice, key] = (*found, Use(1_796_000_000))  # a time to come, so that it counts
        return found


def test_a_use_that_somebody_noted_meanwhile_is_counted_too() -> None:
    access = Overtaken()
    counting, _ = counters(access)
    access.times = 1
    assert counting.keeps_pace("mails", (Pace(3, HOUR),), "a")
    [noted] = access.noted.values()
    assert noted == (Use(1_796_000_000), Use(int(START.timestamp())))
    access.times = 100
    with pytest.raises(Busy):
        counting.keeps_pace("mails", (Pace(300, HOUR),), "a")


# --- mails ------------------------------------------------------------------------------------------


def asked_at_once(world: World, times: int, email: str = KNOWN) -> int:
    """Strangers of as many networks ask; how many mails went out."""
    before = len(world.mailer.sent)
    for number in range(times):
        world.ip = f"198.51.{number // 256}.{number % 256}"
        world.ask(email)
    world.work()
    return len(world.mailer.sent) - before


def test_strangers_share_three_mails_an_hour_and_ten_a_day_and_are_told_nothing(world: World) -> None:
    mailed = []
    for _ in range(24):
        mailed.append(asked_at_once(world, 4))
        world.clock.pass_seconds(HOUR)
    assert mailed[:5] == [3, 3, 3, 1, 0]
    assert sum(mailed) == 10
    assert asked_at_once(world, 4) == 3


def test_an_address_is_not_mailed_more_because_it_is_known_to_two_practices(world: World) -> None:
    put_practice(world.practices, practice("birch"))
    world.add_person(KNOWN, at="birch")
    for number in range(4):
        world.ip = f"198.51.100.{number}"
        world.ask(at="willow")
        world.ask(at="birch")
    world.work()
    assert len(world.mailer.sent) == 3


def test_a_mail_that_is_delivered_twice_is_counted_twice(world: World) -> None:
    world.ask()
    messages = list(world.queue.sent)
    for _ in range(12):
        world.queue.sent[:] = messages
        world.work()
    assert len(world.mailer.sent) == 3


def test_a_browser_that_knows_its_person_is_mailed_when_strangers_have_used_up_everything(
    world: World,
) -> None:
    device = world.known_device()
    while asked_at_once(world, 4):
        world.clock.pass_seconds(HOUR)
    for number in range(limits.ASKS_OF_DEVICE.uses):
        world.ask(device=device)
        world.work()
        assert len(world.mailer.sent) == 11 + number


def test_what_that_browser_asks_for_uses_up_nothing_of_the_strangers(world: World) -> None:
    device = world.known_device()
    world.clock.pass_seconds(DAY)
    for _ in range(limits.ASKS_OF_DEVICE.uses):
        world.ask(device=device)
    world.work()
    assert asked_at_once(world, 4) == 3


def test_beyond_its_own_limit_that_browser_is_a_stranger(world: World) -> None:
    device = world.known_device()
    world.clock.pass_seconds(DAY)
    for _ in range(limits.ASKS_OF_DEVICE.uses + 5):
        world.ask(device=device)
    world.work()
    assert len(world.mailer.sent) == 1 + limits.ASKS_OF_DEVICE.uses + 3


# --- networks ---------------------------------------------------------------------------------------


def too_many(world: World, email: str = KNOWN, at: str = "willow") -> Refused:
    with pytest.raises(Refused) as caught:
        world.ask(email, at=at)
    assert caught.value.code == "too_many_requests"
    return caught.value


def test_a_network_asks_thirty_times_in_fifteen_minutes_at_all_practices_together(world: World) -> None:
    put_practice(world.practices, practice("birch"))
    for number in range(30):
        world.ask(f"someone{number}@example.test", at=("willow", "birch")[number % 2])
    refused = too_many(world, at="birch")
    assert refused.details["retry_after_seconds"] == QUARTER - world.clock.seconds % QUARTER
    too_many(world, UNKNOWN)
    world.ip = "203.0.113.6"
    assert world.ask(KNOWN)
    world.ip = "203.0.113.5"
    world.clock.pass_seconds(QUARTER)
    assert world.ask(KNOWN)


def test_the_addresses_of_one_ipv6_subscriber_count_as_one_and_a_sites_subscribers_together(
    world: World,
) -> None:
    for subscriber in range(4):
        for number in range(30):
            world.ip = f"2001:db8:1:{subscriber:x}::{number:x}"
            world.ask(f"someone{number}@example.test")
        too_many(world)
    world.ip = "2001:db8:1:5::1"
    too_many(world)
    world.ip = "2001:db8:2::1"
    assert world.ask()


def test_a_subscriber_that_is_refused_uses_up_nothing_of_its_site(world: World) -> None:
    for number in range(300):
        world.ip = f"2001:db8:1:1::{number:x}"
        if number < 30:
            world.ask(UNKNOWN)
        else:
            too_many(world)
    world.ip = "2001:db8:1:2::1"
    assert world.ask()


def test_a_known_browser_asks_and_types_in_a_network_that_strangers_have_used_up(world: World) -> None:
    device = world.known_device()
    for number in range(29):
        world.ask(f"someone{number}@example.test")
    too_many(world)
    browser = world.ask(device=device)
    code, _ = world.mailed()
    assert world.type_code(code, browser, device=device)


def test_a_network_types_sixty_codes_in_fifteen_minutes_and_its_links_go_on(world: World) -> None:
    for number in range(12):
        world.ip = f"198.51.100.{number}"
        browser = world.ask(UNKNOWN)
        world.ip = "203.0.113.5"
        assert {refusal(world, "0000-0000", browser) for _ in range(MAX_TRIES)} == {"code_wrong"}
    browser = world.ask()
    code, token = world.mailed()
    assert refusal(world, code, browser) == "too_many_requests"
    assert world.use_link(token, browser)


# --- wrong codes ------------------------------------------------------------------------------------


def small(limit: Limit, uses: int) -> Limit:
    return dataclasses.replace(limit, uses=uses, shards=1)


@pytest.fixture
def worn_out(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """Strangers have typed as many codes as the practice takes (few, here); the device cookie of KNOWN."""
    monkeypatch.setattr(limits, "CODES_OF_PRACTICE", small(limits.CODES_OF_PRACTICE, 11))
    device = world.known_device()
    for _ in range(2):
        browser = world.ask(UNKNOWN)
        for _ in range(MAX_TRIES):
            assert refusal(world, "0000-0000", browser) == "code_wrong"
    return device


@pytest.mark.usefixtures("worn_out")
def test_above_the_practices_budget_typed_codes_are_off_for_strangers_and_links_go_on(world: World) -> None:
    for email in (KNOWN, UNKNOWN):
        browser = world.ask(email)
        assert refusal(world, "0000-0000", browser) == "codes_paused"
    browser = world.ask()
    code, token = world.mailed()
    assert refusal(world, code, browser) == "codes_paused"
    assert world.use_link(token, browser)
    world.clock.pass_seconds(DAY)
    browser = world.ask()
    assert world.type_code(world.mailed()[0], browser)


def test_above_the_practices_budget_a_known_browser_types_its_code(world: World, worn_out: str) -> None:
    browser = world.ask(device=worn_out)
    code, _ = world.mailed()
    assert refusal(world, wrong(code), browser, worn_out) == "code_wrong"
    assert world.type_code(code, browser, device=worn_out)


@pytest.mark.usefixtures("worn_out")
def test_one_practices_budget_is_not_another_practices(world: World) -> None:
    put_practice(world.practices, practice("birch"))
    world.add_person(KNOWN, at="birch")
    browser = world.ask(at="birch")
    code, _ = world.mailed()
    caller = limits.Caller(world.ip, browser)
    entered = world.signing_in.redeem_code("birch", code, caller=caller)
    assert entered.session.principal.practice == "birch"


def test_the_deployments_budget_holds_for_all_practices(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CODES_OF_DEPLOYMENT", small(limits.CODES_OF_DEPLOYMENT, 3))
    put_practice(world.practices, practice("birch"))
    browser = world.ask(UNKNOWN, at="birch")
    for _ in range(3):
        with pytest.raises(Refused, match="code_wrong"):
            world.signing_in.redeem_code("birch", "0000-0000", caller=limits.Caller(world.ip, browser))
    assert refusal(world, "0000-0000", world.ask()) == "codes_paused"


def test_tries_that_are_not_compared_use_up_nothing_of_what_all_share(world: World) -> None:
    browser = world.ask(UNKNOWN)
    for _ in range(MAX_TRIES):
        refusal(world, "0000-0000", browser)
    world.calls.clear()
    assert refusal(world, "0000-0000", browser) == "code_expired"
    assert world.calls.count("FakeAccess.allow") == 1, "only the network's own counter"


def test_a_known_browser_types_fifty_codes_a_day_and_is_a_stranger_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = world.known_device()
    for number in range(limits.CODES_OF_DEVICE.uses // MAX_TRIES):
        world.ip = f"198.51.100.{number}"
        browser = world.ask()
        assert {refusal(world, "0000-0000", browser, device) for _ in range(MAX_TRIES)} == {"code_wrong"}
    monkeypatch.setattr(limits, "CODES_OF_PRACTICE", small(limits.CODES_OF_PRACTICE, 1))
    world.ip = "198.51.101.1"
    browser = world.ask()
    answers = [refusal(world, "0000-0000", browser, device) for _ in range(2)]
    assert answers == ["code_wrong", "codes_paused"]


def test_a_bad_address_is_refused_before_anything_is_counted_or_written(world: World) -> None:
    world.calls.clear()
    with pytest.raises(Invalid, match="email_invalid"):
        world.ask("not an address")
    assert [call.partition(".")[2] for call in world.calls] == ["practice"]


def test_what_is_promised_is_what_is_set() -> None:
    assert (Pace(3, HOUR), Pace(10, DAY)) == limits.MAILS_TO_ADDRESS
    assert (limits.CODES_OF_PRACTICE.uses, limits.CODES_OF_DEPLOYMENT.uses) == (100_000, 150_000)
    assert [limit.uses for limit in limits.ASKS_OF_NETWORK] == [30, 120]
    assert [limit.uses for limit in limits.CODES_OF_NETWORK] == [60, 240]
    assert (limits.ASKS_OF_DEVICE.uses, limits.CODES_OF_DEVICE.uses) == (20, 50)
    assert limits.CODES_OF_PRACTICE.uses % limits.CODES_OF_PRACTICE.shards == 0
    assert limits.CODES_OF_DEPLOYMENT.uses % limits.CODES_OF_DEPLOYMENT.shards == 0
