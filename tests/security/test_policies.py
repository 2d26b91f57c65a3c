"""Every policy by every caller (issue 11), also those that no route has yet: who gets to the view, and who is
refused before it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Blueprint, Chalice
from chalice.test import Client as Http
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.documents.services.receipts import RECEIPT_LINK
from chalicelib.entrypoints.http import runtime
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.policies import Anyone, Client, Key, Link, Policy, Signed, Staff
from chalicelib.entrypoints.http.runtime import ROUTES, Route
from chalicelib.entrypoints.http.schemas import ReceiptOpenRequest
from chalicelib.kernel.actors import Channel
from sandbox.resources import make_resources
from tests.api.test_guests import FORM as GUEST
from tests.conftest import TEST_RESOURCES
from tests.security.town import Caller, Town, watching
from tests.support.practice import MAYA

POLICIES: tuple[Policy, ...] = (
    Anyone(), Anyone(visitor=True), Client(), Staff("refund"), Staff("refund", fresh_factor=True),
    Link(RECEIPT_LINK), Link("pay"), Link(RECEIPT_LINK, second_factor=True), Key("ledger:read"),
    Signed(),
)  # fmt: skip
OPEN = [route for route in ROUTES if isinstance(route.policy, Anyone)]
# They have a body, for what guests type is in no address, and write nothing (test_guests.py).
ONLY_READ = {"quote_guest", "look_guest_payment"}


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with mock_aws():
        make_resources(TEST_RESOURCES)
        yield Town(TEST_RESOURCES)
        bootstrap.use(None)


class Probe:
    """A route with that policy, which notes who got to it."""

    def __init__(self, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(runtime, "ROUTES", [])
        body = ReceiptOpenRequest if policy.proof_in_body else None
        self.seen: list[Context[Any]] = []
        blueprint, self._chalice = Blueprint("probe"), Chalice("probe")

        @runtime.endpoint(blueprint, "POST", "/probe", policy=policy, body=body)
        def probe(context: Context[Any]) -> None:
            self.seen.append(context)

        self._chalice.register_blueprint(blueprint)
        self.route: Route = runtime.ROUTES[0]

    def ask(self, town: Town, caller: Caller) -> str:
        """The code of the refusal, "" where the view was reached."""
        town._http, http = Http(self._chalice).http, town._http
        try:
            answer = town.send(self.route, caller, {})
        finally:
            town._http = http
        return "" if answer[0] == 200 else str(json.loads(answer[2])["code"])


def refusal(policy: Policy, caller: Caller) -> str:
    """The code that keeps the caller out, "" for whoever it lets in."""
    match policy:
        case Client() | Staff() if not caller.accounts:
            return "session_required"
        case Staff():
            return "staff_required"
        case Link(second_factor=True):
            return "link_over"
        case Link(kind=kind):
            return "" if caller.token and kind == RECEIPT_LINK else "link_invalid"
        case Key():
            return "key_invalid"
    return ""


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_a_policy_lets_in_whom_it_names_and_nobody_else(
    town: Town, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for caller in town.callers:
        probe, expected = Probe(policy, monkeypatch), refusal(policy, caller)
        with watching() as eye:
            assert probe.ask(town, caller) == expected, caller.name
        assert bool(probe.seen) is not bool(expected), caller.name
        assert eye.writes == []


def test_no_policy_is_left_out() -> None:
    assert {type(policy) for policy in POLICIES} == set(Policy.__subclasses__())
    assert {type(route.policy) for route in ROUTES} <= {Anyone, Client, Link, Signed}


def test_a_view_gets_whoever_was_let_in_and_what_is_kept_of_them(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe = Probe(Client(), monkeypatch)
    assert probe.ask(town, town.owner) == ""
    assert probe.seen[0].principal.actor.channel is Channel.PORTAL
    probe = Probe(Link(RECEIPT_LINK), monkeypatch)
    assert probe.ask(town, town.link_holder) == ""
    holder = probe.seen[0].holder
    assert (holder.ref, holder.actor.channel) == (MAYA, Channel.LINK)
    assert probe.seen[0].visitor is None


def test_a_route_cannot_be_without_a_policy() -> None:
    with pytest.raises(TypeError, match="policy"):
        runtime.endpoint(Blueprint("probe"), "GET", "/probe")  # type: ignore[call-arg]


@pytest.mark.parametrize("route", OPEN, ids=lambda route: f"{route.method} {route.path}")
def test_what_anyone_may_change_has_a_limit_that_holds(town: Town, route: Route) -> None:
    """Of the network of strangers; what is only read changes nothing (test_routes.py)."""
    limits = route.policy.limits if isinstance(route.policy, Anyone) else ()
    assert bool(limits) is (route.method != "GET" and route.name not in ONLY_READ)
    if limits:
        assert _refused_after(town, route) == limits[0].uses


def _refused_after(town: Town, route: Route) -> int:
    """How many requests a stranger's network may make in a window."""
    town.clock.advance(minutes=15)
    asking = {"practice": "oak", "email": "who@example.test"}
    link = {"practice": "oak", "token": "none"}
    key, who = {"key": "k" * 32}, {"email": "who@example.test", "locale": "en"}
    bodies: dict[str, dict[str, Any]] = {
        "check_guest_payment": key, "cancel_guest_payment": key, "claim_guest_payment": key,
        "send_guest_receipts": who, "request_code": asking, "ask_link_code": link,
        "sign_in": {"practice": "oak", "code": "AAAA-AAAA"}, "open_pay_link": {**link, "code": "AAAA-AAAA"},
    }  # fmt: skip
    browser = ""
    if route.name == "sign_in":  # codes count where one was asked for
        asked = town.call("POST", "/sign-in/codes", asking)
        browser = asked.headers["Set-Cookie"][0].partition(";")[0]
    path = route.path.format(practice_id="oak")
    if route.name == "start_guest_payment":
        offered = town.call("POST", "/practices/oak/guest-quotes", GUEST).body
        bodies[route.name] = {**GUEST, "quote": offered["quote"]}
    for number in range(1000):
        new = {"Idempotency-Key": f"{'k' * 32}{number}"}
        if town.call(route.method, path, bodies[route.name], cookie=browser, headers=new).status == 429:
            return number
    raise AssertionError("never refused")
