"""Guessing and flooding: who is counted, and that many codes do not make a code guessable."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from chalicelib.entrypoints.http.viewer import address
from chalicelib.identity.domain import sign_in_codes
from chalicelib.identity.services import sign_in_limits
from chalicelib.identity.services.sign_in_limits import CODES_OF_DEPLOYMENT, CODES_OF_PRACTICE
from chalicelib.identity.services.sign_in_secrets import KEPT_SIGN_INS
from chalicelib.identity.services.signing_in import MAX_TRIES
from chalicelib.kernel.errors import Refused
from chalicelib.platform.keys import Parameters, ProcessorCredentials
from sandbox.resources import Resources
from tests.security.town import watching
from tests.unit.identity.fakes import FakeAccess
from tests.unit.identity.world import KNOWN, UNKNOWN, World, wrong

SECRET = "an-edge-secret-of-thirty-two-letters"
ANOTHER = "the-next-edge-secret-that-is-as-long"
QUARTER, DAY = 15 * 60, 24 * 3600
EDGE, VIEWER = "130.176.0.1", "198.51.100.7"


class Asked:
    """As Chalice gives a request: headers by any case, the gateway's word on who connected."""

    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.context = {"identity": {"sourceIp": EDGE}}


@pytest.mark.parametrize(
    ("sent", "viewer"),
    [
        (f"{VIEWER}:46532", VIEWER),
        ("2001:db8::7:46532", "2001:db8::7"),
        ("[2001:db8::7]:46532", "2001:db8::7"),
        ("", EDGE),
        ("nonsense", EDGE),
    ],
)
def test_the_cdn_is_believed_about_its_viewer(sent: str, viewer: str) -> None:
    request = Asked(billfold_edge=SECRET, cloudfront_viewer_address=sent)
    for valid in ((SECRET,), (ANOTHER, SECRET)):  # one, or two while it is replaced
        assert address(request, valid) == viewer  # type: ignore[arg-type]


@pytest.mark.parametrize(("known", "secret"), [("", SECRET), ("wrong", SECRET), ("", ""), ("é" * 36, SECRET)])
def test_nobody_else_is_believed_about_an_address(known: str, secret: str) -> None:
    forged = {"cloudfront_viewer_address": f"{VIEWER}:1", "x_forwarded_for": VIEWER, "forwarded": VIEWER}
    request = Asked(billfold_edge=known, **forged)
    assert address(request, {secret} - {""}) == EDGE  # type: ignore[arg-type]


class Eager(FakeAccess):
    """Notes what every row is written with, and how often codes were compared."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: Counter[tuple[str, str, int]] = Counter()

    def allow(self, practice: str, key: str, *, limit: int, window_seconds: int, now: int) -> bool:
        self.writes[practice, key, now] += 1
        return super().allow(practice, key, limit=limit, window_seconds=window_seconds, now=now)


class Attack:
    """A stranger with 10,000 network addresses, half of them IPv6, who does all the limits let through."""

    def __init__(self, world: World, victims: Sequence[str]) -> None:
        self.world, self.victims = world, victims
        self.networks = [
            f"198.{18 + n // 65_536}.{n // 256 % 256}.{n % 256}" if n % 2 else f"2001:db8:{n:x}::1"
            for n in range(10_000)
        ]
        self.chance = Random(20_261_129)
        self.codes_typed = self.codes_compared = 0
        self.paused = False

    def ask(self, network: str, email: str, browser: str | None = None) -> str:
        self.world.ip = network
        return self.world.ask(email, browser=browser)

    def guess(self, browser: str) -> None:
        """All five tries, unless they are refused."""
        for _ in range(MAX_TRIES):
            self.codes_typed += 1
            try:
                self.world.type_code(sign_in_codes.code(self.chance.getrandbits(40)), browser)
            except Refused as refused:
                if refused.code == "code_wrong":
                    self.codes_compared += browser.count(".")
                    continue
                self.paused |= refused.code == "codes_paused"
                return
            raise AssertionError("signed in by a guess")

    def quarter_of_an_hour(self, networks: Sequence[str]) -> None:
        """Each network asks for a victim, now and then three times in one browser, and types wrong codes."""
        for number, network in enumerate(networks):
            email = self.victims[number % len(self.victims)]
            browser = self.ask(network, email)
            for _ in range(0 if number % 10 else KEPT_SIGN_INS - 1):
                browser = self.ask(network, email, browser)
            if not self.paused:
                self.guess(browser)
        self.world.work()


@pytest.mark.slow
def test_ten_thousand_networks_for_a_day_stop_no_known_device_flood_nobody_and_guess_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fifth of a day's codes, which they type just as fast; all of them in `make soak`."""
    codes = int(os.environ.get("TEST_CODES", CODES_OF_PRACTICE.uses // 5))
    of_deployment = CODES_OF_DEPLOYMENT.uses * codes // CODES_OF_PRACTICE.uses
    monkeypatch.setattr(sign_in_limits, "CODES_OF_PRACTICE", replace(CODES_OF_PRACTICE, uses=codes))
    monkeypatch.setattr(
        sign_in_limits, "CODES_OF_DEPLOYMENT", replace(CODES_OF_DEPLOYMENT, uses=of_deployment)
    )
    world = World().settle_in()
    others = [f"client{number}@example.test" for number in range(9)]
    for email in others:
        world.add_person(email, account=f"acct-{email}")
    device = world.known_device()
    world.clock.pass_seconds(DAY)
    world.mailer.sent.clear()
    attack, budgets = Attack(world, [KNOWN, *others]), 0
    for quarter in range(96):
        # All at once until the codes of a day are used up, and then by turns, so that somebody always asks.
        at_once = quarter < 3 and not attack.paused
        attack.quarter_of_an_hour(attack.networks if at_once else attack.networks[quarter::96])
        budgets += attack.paused
        if quarter % 8 == 7:
            enters(world, device)
        if world.clock.seconds % DAY >= DAY - QUARTER:
            attack.paused = False  # codes are on again
        world.clock.pass_seconds(QUARTER)

    mails = Counter(mail.to for mail in world.mailer.sent)
    assert mails[KNOWN] - 96 // 8 == 10
    assert [mails[email] for email in others] == [10] * 9
    assert budgets > 50, "typed codes were off for most of the day"
    assert codes * 0.95 < attack.codes_compared
    assert attack.codes_compared <= 2 * KEPT_SIGN_INS * of_deployment
    # Not only what was tried here: the most that any day can try, whatever the attacker does.
    most = 2 * KEPT_SIGN_INS * CODES_OF_DEPLOYMENT.uses
    assert most / sign_in_codes.COUNT <= 1e-6


def enters(world: World, device: str) -> None:
    """From a network that the attacker has, too."""
    world.ip = "198.18.0.1"
    browser = world.ask(device=device)
    code, _ = world.mailed()
    with pytest.raises(Refused, match="code_wrong"):
        world.type_code(wrong(code), browser, device=device)
    assert world.type_code(code, browser, device=device)


def test_guessing_stops_at_the_budget_to_the_last_code_and_links_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a budget that can be played out in full: nothing above it is compared, from whatever network."""
    monkeypatch.setattr(sign_in_limits, "CODES_OF_DEPLOYMENT", replace(CODES_OF_DEPLOYMENT, uses=800))
    world = World().settle_in()
    attack = Attack(world, [UNKNOWN])
    for network in attack.networks[:400]:
        attack.guess(attack.ask(network, UNKNOWN))
    assert attack.paused
    assert 700 < attack.codes_compared <= 800
    world.ip = "203.0.113.77"
    browser = world.ask()
    code, token = world.mailed()
    with pytest.raises(Refused, match="codes_paused"):
        world.type_code(code, browser)
    assert world.use_link(token, browser)


def test_no_counter_is_written_so_often_that_its_row_is_hot() -> None:
    """The gateway lets a hundred requests a second through; DynamoDB writes one row a thousand times."""
    world = World(access=Eager()).settle_in()
    for number in range(400):
        world.ip = f"198.51.{number // 256}.{number % 256}"
        browser = world.ask(UNKNOWN)
        with pytest.raises(Refused, match="code_wrong"):
            world.type_code("0000-0000", browser)
    assert isinstance(world.access, Eager)
    hottest = world.access.writes.most_common(1)[0][1]
    assert hottest < 400 / 4, "an eighth each, more or less"


def test_webhooks_to_a_practice_without_keys_do_not_wear_out_the_parameter_store(moto_aws: Resources) -> None:
    credentials = ProcessorCredentials(Parameters(moto_aws.secrets_prefix, region="us-east-1"))
    with watching() as eye:
        for _ in range(100):
            assert credentials.of("fern", "stripe") is None
    assert len(eye.calls) == 1
