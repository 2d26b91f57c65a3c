"""Every answer of the API and every page carries exactly these headers: no more, no less."""

import json
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from moto import mock_aws

from app import app as chalice_app
from chalicelib import bootstrap
from chalicelib.entrypoints.http.runtime import ROUTES, Route
from infra.headers import load_headers
from sandbox.resources import make_resources
from sandbox.server import Application, Reply, Request
from sandbox.web import make_application
from tests.conftest import TEST_RESOURCES
from tests.security.town import Caller, Town, ids_of, sample
from tests.support.api import ORIGIN

STAND_IN = "http://127.0.0.1:8002"
HTML = "text/html; charset=utf-8"
HSTS = "max-age=63072000"
API = {
    "Content-Security-Policy": (
        "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Strict-Transport-Security": HSTS,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
SANDBOX_POLICY = (
    f"default-src 'none'; script-src 'self' {STAND_IN}; style-src 'self'; img-src 'self' data:; "
    f"font-src 'self'; connect-src 'self' {STAND_IN}; frame-src {STAND_IN}; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with mock_aws():
        make_resources(TEST_RESOURCES)
        yield Town(TEST_RESOURCES)
        bootstrap.use(None)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Application:
    files: Path = tmp_path_factory.mktemp("dist")
    (files / "assets").mkdir()
    (files / "index.html").write_text("<!doctype html>")
    (files / "assets" / "main-1a2b.js").write_text("export {}")
    return make_application(chalice_app, files, STAND_IN)


def ask(site: Application, method: str, target: str, body: bytes = b"", **headers: str) -> Reply:
    message: Message[str, str] = Message()
    for name, value in {"Origin": ORIGIN, "Billfold-Request": "1", **headers}.items():
        message[name] = value
    return site(Request(method, target, message, body))


def call(site: Application, town: Town, route: Route, caller: Caller) -> Reply:
    made = sample(route, caller)
    raw = made if isinstance(made, bytes) else b"" if made is None else json.dumps(made).encode()
    headers = {
        "Content-Type": "application/json",
        "Cookie": town.cookie(caller),
        "Stripe-Signature": caller.signature,
        "Idempotency-Key": "a-key-that-nobody-used",
    }
    target = "/api" + route.path.format_map(ids_of(route))
    reply = ask(site, route.method, target, raw, **{n: v for n, v in headers.items() if v})
    if reply.status == 204:
        town.sign_in_again()
    return reply


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_answer_of_the_api_carries_exactly_these(town: Town, site: Application, route: Route) -> None:
    for caller in town.callers:
        reply = call(site, town, route, caller)
        kind = "application/json" if reply.status < 400 else "application/problem+json"
        more = {"Location"} if reply.status == 303 else set()
        more |= {"Set-Cookie"} if "sign-in" in route.path or route.name == "sign_out" else set()
        names = [name for name, _ in reply.headers]
        assert len(names) - names.count("Set-Cookie") == len(set(names) - {"Set-Cookie"}), names
        found = {name: value for name, value in reply.headers if name not in more}
        kept = {"Cache-Control": "public, max-age=60"} if route.name == "get_practice" else {}
        assert found == {**API, **kept, "Content-Type": kind}, (caller.name, reply.status)


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/api/none", 404), ("OPTIONS", "/api/session", 404), ("HEAD", "/api/session", 404)],
)
def test_an_answer_of_the_gateway_carries_them_too(
    site: Application, method: str, target: str, status: int
) -> None:
    reply = ask(site, method, target)
    assert reply.status == status
    assert dict(reply.headers) == {**API, "Content-Type": "application/problem+json"}


def test_a_limit_says_when_to_come_back(town: Town, site: Application) -> None:
    (route,) = [route for route in ROUTES if route.name == "request_code"]
    replies = [call(site, town, route, town.nobody) for _ in range(31)]
    limited = dict(replies[-1].headers)
    assert replies[-1].status == 429
    assert 1 <= int(limited.pop("Retry-After")) <= 900
    assert limited == {**API, "Content-Type": "application/problem+json"}


def test_cookies_are_locked_to_this_site_and_end_with_it(town: Town, site: Application) -> None:
    (sign_out,) = [route for route in ROUTES if route.name == "sign_out"]
    gone = dict(call(site, town, sign_out, town.owner).headers)["Set-Cookie"]
    assert gone == "billfold=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"


@pytest.mark.parametrize(
    ("method", "target", "status", "more"),
    [
        ("GET", "/", 200, {"Cache-Control": "no-cache", "Content-Type": HTML}),
        ("HEAD", "/fern/billing", 200, {"Cache-Control": "no-cache", "Content-Type": HTML}),
        ("GET", "/assets/main-1a2b.js", 200, {"Cache-Control": "public, max-age=31536000, immutable"}),
        ("GET", "/assets/none.js", 404, {"Cache-Control": "no-store"}),
        ("POST", "/", 405, {"Allow": "GET, HEAD"}),
        ("OPTIONS", "/", 405, {"Allow": "GET, HEAD"}),
    ],
)  # fmt: skip
def test_every_page_carries_exactly_these(
    site: Application, method: str, target: str, status: int, more: dict[str, str]
) -> None:
    cloud = load_headers().pages  # held to the letter by tests/infra/test_headers.py
    reply = ask(site, method, target)
    found = dict(reply.headers)
    assert len(found) == len(reply.headers)
    assert reply.status == status
    if status == 200:
        assert found.pop("ETag").startswith('"')
    kind = found.pop("Content-Type")
    assert kind == more.pop("Content-Type", kind)
    assert found == {**cloud, "Content-Security-Policy": SANDBOX_POLICY, **more}
