"""Every route, by whoever may call it: allowed or denied as declared, and nothing touched that is not theirs.

All of it goes through ROUTES, so a new route is tested by being declared. `TEST_REQUESTS` and
`TEST_SEED` choose how many requests are generated, and which.
"""

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.documents.services.receipts import RECEIPT_LINK
from chalicelib.entrypoints.http.policies import Anyone, Client, Link, Signed
from chalicelib.entrypoints.http.runtime import ROUTES, Route
from chalicelib.identity.ports import EVERYWHERE
from sandbox.resources import make_resources
from tests.conftest import TEST_RESOURCES
from tests.security.town import (
    ABSENT,
    ELSEWHERE,
    FERN,
    MINE,
    OAK,
    PAID,
    THEIRS,
    Caller,
    Town,
    ids_of,
    sample,
    watching,
)
from tests.support.policies import may

REQUESTS = int(os.environ.get("TEST_REQUESTS", "300"))
DENIED = {"session_required", "account_not_found", "link_invalid", "link_over", "webhook_invalid",
          "staff_required"}  # fmt: skip
OF_ACCOUNTS = [route for route in ROUTES if "{account_id}" in route.path]
FORGED = ("billfold=fern.x", "billfold=", "billfold=../oak.AAAA", f"billfold=fern.{'A' * 43}")


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with mock_aws():
        make_resources(TEST_RESOURCES)
        yield Town(TEST_RESOURCES)
        bootstrap.use(None)


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def _asks_for_a_session(route: Route) -> bool:
    return isinstance(route.policy, Client) or (isinstance(route.policy, Anyone) and route.policy.visitor)


def code(body: bytes) -> str:
    parsed: Any = json.loads(body) if body else {}
    return str(parsed.get("code", "")) if isinstance(parsed, dict) else ""


def expected(route: Route, caller: Caller, town: Town) -> str:
    """The code that denies the caller, or "" when the route is for them."""
    match route.policy:
        case Anyone():
            return ""
        case Link(second_factor=True):
            return "link_over"
        case Link(kind=kind):
            return "" if caller.token and kind == RECEIPT_LINK else "link_invalid"
        case Signed():
            return "" if caller.signature else "webhook_invalid"
        case Client() if not caller.accounts:
            return "session_required"
        case Client():
            return "account_not_found" if route in OF_ACCOUNTS and caller is not town.owner else ""
    raise AssertionError(f"say who may call {named(route)}: {route.policy}")


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_a_route_is_for_those_it_declares_and_nobody_else(town: Town, route: Route) -> None:
    for caller in town.callers:
        with watching() as eye:
            status, _, body = town.send(route, caller, ids_of(route))
        assert [pk for pk in eye.deleted if not may("api_handler", "DeleteItem", pk)] == []
        denial = expected(route, caller, town)
        if denial:
            assert code(body) == denial, (caller.name, status)
            assert eye.writes == [], caller.name
        else:
            assert code(body) not in DENIED, (caller.name, status)
            assert status < 500, caller.name
            if status == 204:
                town.sign_in_again()


@pytest.mark.parametrize("route", OF_ACCOUNTS, ids=named)
def test_anothers_ids_answer_byte_for_byte_as_absent_ones(town: Town, route: Route) -> None:
    absent = town.send(route, town.owner, ids_of(route, ABSENT))
    for account in (THEIRS, ELSEWHERE):
        assert town.send(route, town.owner, ids_of(route, account)) == absent
        assert town.send(route, town.owner, ids_of(route, account, payment_id=ABSENT)) == absent
    if "{payment_id}" in route.path:
        unpaid = town.send(route, town.owner, ids_of(route, payment_id=ABSENT))
        for account in (THEIRS, ELSEWHERE):
            assert town.send(route, town.owner, ids_of(route, payment_id=PAID[account])) == unpaid


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method != "GET"], ids=named)
def test_another_site_can_make_no_browser_write(town: Town, route: Route) -> None:
    if not route.policy.our_pages:
        return  # no browser's cookie counts there
    for wrong in (
        {"Billfold-Request": ""}, {"Origin": ""}, {"Origin": "null"}, {"Origin": "http://localhost:8000.evil.example"},
        {"Content-Type": "text/plain"}, {"Content-Type": "multipart/form-data; application/json"},
    ):  # fmt: skip
        with watching() as eye:
            status, headers, body = town.send(route, town.owner, ids_of(route), **wrong)
        assert (status, code(body)) in [
            (403, "request_header_missing"), (403, "origin_foreign"), (415, "media_type"),
        ]  # fmt: skip
        assert eye.calls == []
        assert "Set-Cookie" not in headers


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method == "GET"], ids=named)
def test_reading_changes_nothing(town: Town, route: Route) -> None:
    for caller in town.callers:
        with watching() as eye:
            _, headers, _ = town.send(route, caller, ids_of(route))
        assert eye.writes == []
        assert "Set-Cookie" not in headers


@pytest.mark.parametrize("route", [r for r in ROUTES if _asks_for_a_session(r)], ids=named)
def test_a_session_that_was_ended_or_forged_opens_nothing(town: Town, route: Route) -> None:
    ended = town.cookie(town.owner)
    town.app.sessions.end_cookie(ended.partition("=")[2])
    town.sign_in_again()
    moved = town.cookie(town.elsewhere).replace("=oak.", "=fern.")
    for cookie in (ended, moved, *FORGED):
        _, _, body = town.send(route, town.owner, ids_of(route), cookie=cookie)
        if isinstance(route.policy, Anyone):
            assert body == b"null", cookie
        else:
            assert code(body) == "session_required", cookie


@pytest.mark.timeout(60 + REQUESTS // 5)
def test_generated_requests_touch_only_their_own_practice_and_accounts(town: Town) -> None:
    seed = int(os.environ.get("TEST_SEED") or random.randrange(10**9))
    print(f"TEST_SEED={seed} TEST_REQUESTS={REQUESTS}")
    chance = random.Random(seed)
    answered: dict[int, int] = {}
    for number in range(REQUESTS):
        if number % 100 == 0:  # the day of limits goes by: more of them get further
            town.clock.advance(minutes=15)
            town.sign_in_again()
        one = Generated(town, chance)
        with watching() as eye:
            status, _, body = one.send()
        answered[status] = answered.get(status, 0) + 1
        about = (seed, number, one, status, body[:200])
        assert status < 500, about
        assert all(_allowed(key, one) for key in eye.keys), (about, eye.keys)
        if status == 204:
            town.sign_in_again()
        if isinstance(one.route.policy, Client) and not one.rightful:
            assert 400 <= status < 500, about
            assert eye.writes == [], about
    print(dict(sorted(answered.items())))
    assert sum(answered.get(status, 0) for status in (200, 201, 303)) > REQUESTS // 10  # or nothing was tried


class Generated:
    """One request with ids, cookie, body and query drawn from what belongs to anybody, and from nothing."""

    def __init__(self, town: Town, chance: random.Random) -> None:
        self.town, self.chance = town, chance
        self.route = chance.choice(ROUTES)
        # Half of the requests are somebody's with a session and an account of their own: others get nowhere.
        at_home = chance.random() < 0.5
        signed_in = [town.owner, town.owner, town.owner, town.other, town.elsewhere]
        self.caller = chance.choice(signed_in if at_home else [*town.callers, *signed_in])
        strange = [] if at_home else [*FORGED, town.cookie(town.elsewhere)]
        self.cookie = chance.choice([town.cookie(self.caller)] * 5 + strange)
        self.holder = next(
            (c for c in town.callers if self.cookie and town.cookie(c) == self.cookie), town.nobody
        )
        others = [] if at_home else [MINE, THEIRS, ELSEWHERE, ABSENT, "%2e%2e", "a%23b", "é"]
        account = chance.choice([*self.holder.accounts * 3, *others])
        payment = chance.choice(
            [PAID.get(account, ABSENT)] * 2 + [*PAID.values(), ABSENT, "%00", "R%23x", "x" * 999]
        )
        practice = chance.choice([FERN, OAK, ABSENT, "fern%23A%23maya", "..", "x" * 999])
        self.ids = ids_of(self.route, account, payment_id=payment, practice_id=practice)
        self.rightful = bool(self.holder.accounts) and (
            self.route not in OF_ACCOUNTS or account in self.holder.accounts
        )
        self.query = self._query()
        self.body = self._body()

    def send(self) -> tuple[int, dict[str, Any], bytes]:
        key = self.chance.choice([*PAID.values(), f"{self.chance.getrandbits(120):x}".zfill(30), "short", ""])
        return self.town.send(
            self.route, self.caller, self.ids, query=self.query, body=self.body, cookie=self.cookie,
            **{"Idempotency-Key": key},
        )  # fmt: skip

    def practices(self) -> set[str]:
        """Of the session; where no session counts, also those that the request itself names."""
        own = {self.holder.practice} if self.holder.accounts else set()
        if _asks_for_a_session(self.route):
            # A cookie that is no session's is looked up, too: under the practice it names.
            return own or {FERN, OAK}
        body = self.body if isinstance(self.body, dict) else {}
        return {*own, str(body.get("practice", "")), self.ids.get("practice_id", "")}

    def _query(self) -> str:
        values = [
            "",
            "inline",
            "2026-01-01",
            "9999-99-99",
            "statement",
            "e30",
            "W10",
            "eyJwayI6IlAjb2FrIn0",
            "%00",
        ]
        pairs = [
            f"{q.name}={self.chance.choice(values)}" for q in self.route.query if self.chance.random() < 0.4
        ]
        return f"?{'&'.join(pairs)}" if pairs else ""

    def _body(self) -> object:
        body = sample(self.route, self.caller)
        if not isinstance(body, dict):
            return body
        if self.route.name == "start_payment" and self.rightful and self.chance.random() < 0.5:
            quote = self.town.quote(self.ids["account_id"], self.cookie, type="balance").body
            return {**body, **{name: quote[name] for name in ("quote", "amount_minor") if name in quote}}
        changed = self.chance.choice(sorted(body))
        others: list[object] = [
            FERN,
            OAK,
            ABSENT,
            "",
            None,
            -1,
            10**30,
            [],
            {},
            {"type": "balance"},
            "P#oak",
            "0000-0000",
        ]
        if self.chance.random() < 0.5:
            body = {**body, changed: self.chance.choice(others)}
        return self.chance.choice([body] * 9 + [b"\xff{", b"[" * 5000])

    def __repr__(self) -> str:
        who = f"{self.caller.name} as {self.holder.name}"
        return f"{named(self.route)} {self.ids} {self.query} by {who}: {self.body!r}"


def _allowed(key: str, one: Generated) -> bool:
    kind, _, rest = key.partition(":") if key.startswith(("ssm:", "s3:")) else ("", "", key)
    if kind == "ssm":
        return rest.endswith(("/lookup-key", "/token-key")) or any(
            f"/practices/{p}/" in rest for p in one.practices() if p
        )
    if kind == "s3":
        return any(rest.startswith(f"practices/{p}/") for p in one.practices() if p)
    parts = rest.split("#")
    if parts[:3] == ["P", EVERYWHERE, "RATE"]:  # counts what comes from a network, at whatever practice
        return one.route.path.startswith(("/sign-in/", "/pay-links/")) or "/guest-" in one.route.path
    if parts[0] != "P" or parts[1] not in one.practices():
        return False
    of_account = len(parts) > 3 and parts[2] == "A"
    return not (of_account and isinstance(one.route.policy, Client)) or parts[3] in one.holder.accounts
