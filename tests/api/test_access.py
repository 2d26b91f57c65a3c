"""Who may see and do what: every route is denied to whoever it does not name."""

import json
from pathlib import Path

import pytest

from chalicelib.entrypoints.http import openapi
from chalicelib.entrypoints.http.blueprints import ALL
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import ROUTES, Route
from tests.support.api import World

OPENAPI = Path(__file__).parents[2] / "docs" / "openapi.json"
KEY = "0b8f1c1e-0000-4000-8000-000000000001"
CLIENT_ROUTES = [route for route in ROUTES if isinstance(route.policy, Client)]


def called(world: World, route: Route, account: str, cookie: str) -> tuple[int, object]:
    path = route.path.replace("{account_id}", account).replace("{payment_id}", KEY)
    bodies = {"create_quote": {"scope": {"type": "balance"}}, "start_payment": {
        "scope": {"type": "balance"}, "quote": "x", "amount_minor": 100},
        "ask": {"about": {"kind": "payment", "id": KEY}, "choice": "already_paid"}}  # fmt: skip
    answer = world.call(
        route.method, path, bodies.get(route.name), cookie=cookie, headers={"Idempotency-Key": KEY}
    )
    return answer.status, answer.body


def test_every_chalice_route_declares_its_policy() -> None:
    from app import app

    declared = {(route.method, route.path) for route in ROUTES}
    served = {(method, path) for path, methods in app.routes.items() for method in methods}
    assert served == declared
    assert len(ALL) == 16


@pytest.mark.parametrize("route", CLIENT_ROUTES, ids=lambda r: f"{r.method} {r.path}")
def test_nobody_is_refused_with_401(world: World, route: Route) -> None:
    status, body = called(world, route, "maya", "")
    assert status == 401
    assert body["code"] == "session_required"  # type: ignore[index]


@pytest.mark.parametrize(
    "route", [r for r in CLIENT_ROUTES if "{account_id}" in r.path], ids=lambda r: f"{r.method} {r.path}"
)
def test_anothers_account_answers_exactly_as_an_absent_one(world: World, route: Route) -> None:
    cookie = world.person("maya@example.test", "maya")
    theirs = world.person("other@example.test", "theirs")
    world.charge("theirs", "x1", 5000)
    world.pay("theirs", theirs, KEY, type="balance")
    foreign, absent = called(world, route, "theirs", cookie), called(world, route, "absent", cookie)
    assert foreign == absent
    assert foreign[0] == 404


def test_a_session_of_another_practice_reaches_nothing_here(world: World) -> None:
    from dataclasses import replace

    from tests.support.practice import PRACTICE

    world.practice(replace(PRACTICE, id="oak"))
    world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 5000)
    elsewhere = world.person("maya@example.test", practice="oak")
    assert world.call("GET", "/accounts/maya/billing", cookie=elsewhere).status == 404
    forged = elsewhere.replace("=oak.", "=fern.")
    assert world.call("GET", "/accounts/maya/billing", cookie=forged).status == 401


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Billfold-Request": ""}, 403, "request_header_missing"),
        ({"Origin": "https://evil.example"}, 403, "origin_foreign"),
        ({"Origin": ""}, 403, "origin_foreign"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "media_type"),
        ({"Content-Type": "text/plain"}, 415, "media_type"),
    ],
)
def test_writes_from_other_sites_are_refused(
    world: World, headers: dict[str, str], status: int, code: str
) -> None:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 5000)
    answer = world.call(
        "POST", "/accounts/maya/quotes", {"scope": {"type": "balance"}}, cookie=cookie, headers=headers
    )
    assert (answer.status, answer.code) == (status, code)


def test_every_answer_forbids_caching_and_speaks_the_readers_language(world: World) -> None:
    answer = world.call("GET", "/accounts/maya/billing", headers={"Accept-Language": "es-US,es;q=0.9"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/problem+json"
    english = world.call("GET", "/accounts/maya/billing")
    assert answer.body["title"] != english.body["title"]


def test_issue_13_7_a_profile_may_be_kept_for_a_minute_and_is_the_same_for_everybody(world: World) -> None:
    """Nothing of the person who asks is in it, nor sent with it; what is refused is not kept."""
    cookie = world.person("maya@example.test", "maya")
    asked = [
        world.call("GET", "/practices/fern", cookie=who, headers={"Accept-Language": language})
        for who in ("", cookie)
        for language in ("en", "es")
    ]
    first = asked[0]
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert [(one.body, one.headers) for one in asked] == [(first.body, first.headers)] * 4
    assert "Set-Cookie" not in first.headers
    for theirs in ("maya", cookie.partition("=")[2]):
        assert theirs not in json.dumps(first.body).lower()
    assert world.call("GET", "/practices/nobody").headers["Cache-Control"] == "no-store"
    others = ["/default-practice", "/session", "/openapi.json"]
    assert {world.call("GET", one, cookie=cookie).headers["Cache-Control"] for one in others} == {"no-store"}


def test_an_unexpected_error_is_a_500_that_tells_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> None:
        raise ValueError("Maya Lopez owes for therapy")

    monkeypatch.setattr(world.app.practices, "practice", broken)
    answer = world.call("GET", "/practices/fern")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert "Maya" not in json.dumps(answer.body)


def test_the_checked_in_description_is_the_codes_own() -> None:
    assert OPENAPI.read_text(encoding="utf-8") == openapi.text(), "run: make openapi"


def test_the_description_gives_every_error_the_status_it_is_answered_with(world: World) -> None:
    cookie = world.person("maya@example.test", "maya")
    seen = [
        world.call("GET", "/practices/nobody"),
        world.call("GET", "/accounts/absent/billing", cookie=cookie),
        world.quote("maya", cookie, type="balance"),
        world.quote("maya", cookie, type="amount", amount_minor=0),
        world.call("POST", "/accounts/maya/quotes", b"{", cookie=cookie),
        world.call("POST", "/sign-in/sessions", {"practice": "fern", "code": "123456"}),
    ]
    from chalicelib.entrypoints.http.problems import status_of_code

    assert [(a.code, a.status) for a in seen] == [(a.code, status_of_code(a.code)) for a in seen]
