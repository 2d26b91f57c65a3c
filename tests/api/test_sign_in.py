"""Signing in over HTTP, as the portal does it: what is answered, set in the browser, and refused."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.client
import pytest
from chalice.test import Client, HTTPResponse

from app import app as chalice_app
from chalicelib import bootstrap
from chalicelib.entrypoints.http import cookies
from chalicelib.identity.services.signing_in import MAX_TRIES
from chalicelib.mail.domain.setbacks import MailKind, Setback
from chalicelib.practice.domain.practices import Person
from chalicelib.practice.services.address_hashes import address_hash
from chalicelib.settings import load
from sandbox.resources import Resources
from tests.support.ses_events import complaint, of_mail
from tests.unit.identity.fakes import FakeClock, FakeMailer, grant, practice
from tests.unit.identity.world import CODE

ORIGIN = "https://bills.example"
KNOWN = "maya@example.test"
UNKNOWN = "nobody@example.test"


def queue_url(name: str) -> str:
    url: str = boto3.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    return url


def wired(resources: Resources, public_url: str) -> bootstrap.App:
    """The real app on moto, with a mailer that keeps what it was given and a clock that stands still."""
    settings = load(
        {
            "BILLFOLD_STAGE": "test",
            "BILLFOLD_TABLE": resources.table,
            "BILLFOLD_BUCKET": resources.bucket,
            "BILLFOLD_ANCHORS_BUCKET": resources.anchors_bucket,
            "BILLFOLD_SETTLE_QUEUE_URL": queue_url(resources.settle_queue),
            "BILLFOLD_DOCUMENTS_QUEUE_URL": queue_url(resources.documents_queue),
            "BILLFOLD_ISSUE_QUEUE_URL": queue_url(resources.issue_queue),
            "BILLFOLD_DELIVERY_QUEUE_URL": queue_url(resources.delivery_queue),
            "BILLFOLD_CATCH_UP_QUEUE_URL": queue_url(resources.catch_up_queue),
            "BILLFOLD_PUBLIC_URL": public_url,
            "BILLFOLD_MAIL_FROM": resources.mail_from,
            "BILLFOLD_SECRETS_PREFIX": resources.secrets_prefix,
            "BILLFOLD_STRIPE_API_BASE": "http://127.0.0.1:9",
        }
    )
    app = bootstrap.App(settings)
    app.clock = FakeClock()
    app.__dict__["mailer"] = FakeMailer()
    app.practices.save_practice(practice())
    hashed = address_hash(app.keys, "willow", KNOWN)
    app.people.save_person("willow", Person("p-maya", KNOWN, "es", (grant("acct-maya"),), (hashed,)))
    bootstrap.use(app)
    return app


@dataclass
class Browser:
    """Keeps cookies and sends what the portal sends."""

    client: Client
    app: bootstrap.App
    jar: dict[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(
        default_factory=lambda: {
            "Content-Type": "application/json",
            "Billfold-Request": "1",
            "Origin": ORIGIN,
        }
    )

    def call(self, method: str, path: str, body: object = None, **headers: str) -> HTTPResponse:
        sent = {**self.headers, "Cookie": "; ".join(f"{n}={v}" for n, v in self.jar.items()), **headers}
        raw = b"" if body is None else json.dumps(body).encode()
        response = self.client.http.request(method, path, headers=sent, body=raw)
        for line in set_cookies(response):
            name, _, value = line.partition(";")[0].partition("=")
            self.jar[name] = value
            if "Max-Age=0" in line:
                del self.jar[name]
        return response

    def ask(self, email: str = KNOWN) -> HTTPResponse:
        return self.call("POST", "/sign-in/codes", {"practice": "willow", "email": email})

    def enter(self, **secret: str) -> HTTPResponse:
        return self.call("POST", "/sign-in/sessions", {"practice": "willow", **secret})

    def mailed(self) -> tuple[str, str]:
        """Run the worker on its queue; the code and the token of the last mail."""
        sqs, url = boto3.client("sqs"), self.app.settings.documents_queue_url
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            event = self.client.events.generate_sqs_event([message["Body"] for message in messages])
            assert self.client.lambda_.invoke("documents", event).payload == {"batchItemFailures": []}
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        mailer = self.app.mailer
        assert isinstance(mailer, FakeMailer)
        text = mailer.sent[-1].text
        found = re.search(rf"#(\S+)$.*^\s*({CODE.pattern})\s*$", text, re.MULTILINE | re.DOTALL)
        assert found is not None, text
        return found[2], found[1]


def set_cookies(response: HTTPResponse) -> list[str]:
    values: Any = response.headers.get("Set-Cookie") or []
    return [values] if isinstance(values, str) else list(values)


@pytest.fixture
def browser(moto_aws: Resources) -> Iterator[Browser]:
    app = wired(moto_aws, ORIGIN)
    with Client(chalice_app) as client:
        yield Browser(client, app)
    bootstrap.use(None)


def rows(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName=browser.app.settings.table)["Items"]
    return sorted(found, key=lambda row: str(row["pk"]))


def code_of(response: HTTPResponse) -> tuple[int, str]:
    return response.status_code, response.json_body["code"]


# --- the path ---------------------------------------------------------------------------------------


def test_a_code_is_asked_for_typed_and_opens_a_session_until_signing_out(browser: Browser) -> None:
    asked = browser.ask()
    assert (asked.status_code, asked.body) == (202, b'{"expires_in_seconds":600}')
    code, _ = browser.mailed()

    entered = browser.enter(code=code)
    assert entered.status_code == 200
    assert entered.json_body == {
        "practice": "willow",
        "email": "maya@example.test",
        "locale": "es",
        "grants": [
            {
                "account_id": "acct-maya",
                "name": "Name of acct-maya",
                "relation": "self",
                "superbills": True,
                "paper": False,
            }
        ],
        "guest_payments": False,
        "expires_at": "2026-11-20T17:00:00Z",
        "idle_seconds": 900,
    }
    again = browser.call("GET", "/session")
    assert (again.status_code, again.body) == (200, entered.body)

    stolen = dict(browser.jar)
    assert browser.call("DELETE", "/session").status_code == 204
    assert list(browser.jar) == ["__Host-billfold-device"]
    browser.jar = stolen
    assert browser.call("GET", "/session").body == b"null"


def test_the_cookies_are_host_cookies_that_no_script_can_read(browser: Browser) -> None:
    (browser_cookie,) = set_cookies(browser.ask())
    code, _ = browser.mailed()
    session_cookie, gone, device_cookie = set_cookies(browser.enter(code=code))
    base = r"=[A-Za-z0-9_.-]+; Path=/; HttpOnly; SameSite=Strict; Secure"
    assert re.fullmatch(rf"__Host-billfold-device{base}; Max-Age={400 * 24 * 3600}", device_cookie)
    assert re.fullmatch(rf"__Host-billfold-browser{base}; Max-Age=3600", browser_cookie)
    assert re.fullmatch(rf"__Host-billfold{base}", session_cookie)
    assert gone == "__Host-billfold-browser=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0"


def test_over_plain_local_http_the_cookies_have_plain_names(moto_aws: Resources) -> None:
    local = "http://localhost:8000"
    app = wired(moto_aws, local)
    with Client(chalice_app) as client:
        here = Browser(client, app)
        here.headers = {**here.headers, "Origin": local}
        (cookie,) = set_cookies(here.ask())
        assert cookie.startswith("billfold-browser=")
        assert "Secure" not in cookie
        code, _ = here.mailed()
        session_cookie, _, device_cookie = set_cookies(here.enter(code=code))
        assert session_cookie.startswith("billfold=willow.")
        assert device_cookie.startswith("billfold-device=")
        assert "Secure" not in session_cookie + device_cookie
        assert here.call("GET", "/session").status_code == 200
    bootstrap.use(None)


def test_cookies_of_other_programs_on_this_host_sign_nobody_out(browser: Browser) -> None:
    browser.ask()
    code, _ = browser.mailed()
    browser.enter(code=code)
    browser.jar = {"theirs": '{"a": [1, 2]}', "x@y": '"', **browser.jar}
    assert browser.call("GET", "/session").status_code == 200


def test_a_code_is_taken_in_small_letters_with_spaces(browser: Browser) -> None:
    browser.ask()
    code, _ = browser.mailed()
    assert browser.enter(code=f" {code.lower().replace('-', ' ')} ").status_code == 200


def test_the_link_works_where_it_was_asked_for_and_says_so_elsewhere(browser: Browser) -> None:
    browser.ask()
    _, token = browser.mailed()
    elsewhere = Browser(browser.client, browser.app)
    assert code_of(elsewhere.enter(token=token)) == (403, "other_browser")
    assert browser.enter(token=token).status_code == 200
    assert code_of(browser.enter(token=token)) == (401, "code_expired")


def test_a_minted_link_works_in_any_browser_once(browser: Browser) -> None:
    url = browser.app.signing_in.mint("willow", email=KNOWN).url
    token = url.partition("#")[2]
    assert browser.enter(token=token).status_code == 200
    assert code_of(Browser(browser.client, browser.app).enter(token=token)) == (401, "code_expired")


def test_signing_in_again_in_the_same_browser_ends_the_first_session(browser: Browser) -> None:
    cookies_seen = []
    for _ in range(2):
        browser.ask()
        code, _ = browser.mailed()
        browser.enter(code=code)
        cookies_seen.append(browser.jar["__Host-billfold"])
    assert cookies_seen[0] != cookies_seen[1]
    assert browser.call("GET", "/session").status_code == 200
    browser.jar["__Host-billfold"] = cookies_seen[0]
    assert browser.call("GET", "/session").body == b"null"


@pytest.mark.parametrize("cookie", [None, "willow.x", f"willow.{'A' * 43}", f"nowhere.{'A' * 43}", ""])
def test_asking_who_is_signed_in_is_no_error_when_nobody_is(browser: Browser, cookie: str | None) -> None:
    """Every visit of the sign-in page asks; a 401 there was an error in each visitor's console."""
    browser.jar = {} if cookie is None else {"__Host-billfold": cookie}
    answer = browser.call("GET", "/session")
    assert (answer.status_code, answer.body) == (200, b"null")
    assert answer.headers["Content-Type"] == "application/json"
    assert set_cookies(answer) == []


# --- known and unknown addresses --------------------------------------------------------------------


def shown(response: HTTPResponse) -> tuple[object, ...]:
    """All that an answer shows, but for the random part of the browser's cookie."""
    lines = [re.sub(r"[A-Za-z0-9_-]{43}(?=[.;])", "RANDOM", line) for line in set_cookies(response)]
    headers = {name: value for name, value in response.headers.items() if name != "Set-Cookie"}
    return response.status_code, response.body, headers, lines


def test_answers_are_the_same_byte_for_byte_for_known_and_unknown_addresses(browser: Browser) -> None:
    seen = []
    for email in (KNOWN, UNKNOWN):
        fresh = Browser(browser.client, browser.app)
        seen.append(
            [shown(fresh.ask(email))]
            + [shown(fresh.enter(code="0000-0000")) for _ in range(MAX_TRIES + 1)]
            + [shown(fresh.ask(email)) for _ in range(12)]
        )
    assert seen[0] == seen[1]
    assert [answer[0] for answer in seen[0]] == [202] + [401] * (MAX_TRIES + 1) + [202] * 12
    assert len({answer[1] for answer in seen[0] if answer[0] == 202}) == 1


def test_asking_is_answered_alike_when_strangers_have_used_up_the_mails_of_an_address(
    browser: Browser,
) -> None:
    mailer = browser.app.mailer
    assert isinstance(mailer, FakeMailer)
    answers = [shown(Browser(browser.client, browser.app).ask()) for _ in range(8)]
    browser.mailed()
    assert len(mailer.sent) == 3
    assert len({str(answer) for answer in answers}) == 1

    fresh = Browser(browser.client, browser.app)
    assert str(shown(fresh.ask())) == str(answers[0])
    browser.mailed()
    assert len(mailer.sent) == 3


def test_issue_9_5_a_complaint_about_a_code_is_taken_in_and_asking_is_answered_alike(
    browser: Browser,
) -> None:
    """The mail's own tags come back with the report; then no code is mailed, and nobody can tell."""
    mailer, before = browser.app.mailer, shown(browser.ask())
    assert isinstance(mailer, FakeMailer)
    browser.mailed()
    (mail,) = mailer.sent
    event = of_mail(complaint(), to=mail.to, tags=dict(mail.tags))
    task, url = json.dumps({"task": "mail-event", "event": event}), browser.app.settings.documents_queue_url
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody=task)
    browser.mailed()

    for email in (KNOWN, UNKNOWN):
        assert shown(Browser(browser.client, browser.app).ask(email)) == before
    browser.mailed()
    assert mailer.sent == [mail]
    stops = browser.app.addresses.stops("willow", KNOWN)
    assert [(stop.setback, stop.kind) for stop in stops] == [(Setback.COMPLAINT, MailKind.SIGN_IN)]
    (alert,) = browser.app.alerting.listed("willow")
    assert alert.cause.facts["kind"] == "sign-in"

    browser.app.addresses.lift("willow", KNOWN)
    browser.ask()
    assert browser.enter(code=browser.mailed()[0]).status_code == 200
    assert len(mailer.sent) == 2


def test_a_browser_that_has_signed_in_is_mailed_and_may_type_whatever_strangers_do(browser: Browser) -> None:
    browser.ask()
    browser.enter(code=browser.mailed()[0])
    browser.call("DELETE", "/session")
    for _ in range(24):  # its own network is used up, too
        Browser(browser.client, browser.app).ask()
    while Browser(browser.client, browser.app).ask("x@example.test").status_code == 202:
        pass
    mailer = browser.app.mailer
    assert isinstance(mailer, FakeMailer)
    before = len(mailer.sent)
    assert browser.ask().status_code == 202
    code, _ = browser.mailed()
    assert len(mailer.sent) == before + 2 + 1  # what strangers had left, and hers
    assert browser.enter(code=code).status_code == 200


def test_a_network_that_asks_too_often_is_told_to_wait_for_known_and_unknown_addresses(
    browser: Browser,
) -> None:
    for number in range(30):
        assert browser.ask(f"someone{number}@example.test").status_code == 202
    seen = [shown(Browser(browser.client, browser.app).ask(email)) for email in (KNOWN, UNKNOWN)]
    assert seen[0] == seen[1]
    assert seen[0][0] == 429
    headers = seen[0][2]
    assert isinstance(headers, dict)
    assert headers["Retry-After"] == "900"


def test_aws_is_called_alike_for_known_and_unknown_addresses(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.ask("someone@example.test")  # secrets are read and clients made
    calls: list[tuple[str, int]] = []
    original = botocore.client.BaseClient._make_api_call

    def watched(client: Any, operation: str, arguments: Any) -> Any:
        calls.append((operation, len(json.dumps(arguments, default=str))))
        return original(client, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", watched)
    seen = []
    for email in (KNOWN, "m" + UNKNOWN[2:]):
        calls.clear()
        Browser(browser.client, browser.app).ask(email)
        seen.append(list(calls))
    assert seen[0] == seen[1]
    assert [operation for operation, _ in seen[0]] == [
        "GetItem",
        "UpdateItem",
        "PutItem",
        "SendMessage",
    ]


# --- refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH"])
@pytest.mark.parametrize("path", ["/sign-in/codes", "/sign-in/sessions"])
def test_only_post_uses_a_code_or_link(browser: Browser, method: str, path: str) -> None:
    browser.ask()
    code, token = browser.mailed()
    before = rows(browser)
    body = {"practice": "willow", "code": code}
    assert browser.call(method, f"{path}?practice=willow&token={token}", body).status_code == 405
    assert rows(browser) == before
    assert browser.enter(token=token).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"practice": "willow"}, 422, "code"),
        ({"practice": "willow", "code": "ABCD-2345", "token": "x"}, 422, "code"),
        ({"practice": "willow", "code": "ABCD-234"}, 422, "code"),
        ({"practice": "willow", "code": "ABCD-234U"}, 422, "code"),
        ({"practice": "willow", "code": "A" * 41}, 422, "code"),
        ({"practice": "willow", "code": 12345678}, 422, "code"),
        ({"practice": "wil/low", "code": "ABCD-2345"}, 422, "practice"),
        ({"practice": "willow", "code": "ABCD-2345", "more": 1}, 422, "more"),
        ({"code": "ABCD-2345"}, 422, "practice"),
    ],
)
def test_a_sign_in_that_makes_no_sense_names_its_field(
    browser: Browser, body: object, status: int, field: str
) -> None:
    browser.ask()
    before = rows(browser)
    response = browser.call("POST", "/sign-in/sessions", body)
    assert (response.status_code, response.json_body["field"]) == (status, field)
    assert rows(browser) == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"practice": "nowhere", "email": KNOWN}, 404, "practice_not_found"),
        ({"practice": "willow", "email": "not an address"}, 422, "email_invalid"),
        ({"practice": "willow", "email": KNOWN, "locale": "fr"}, 422, "field_invalid"),
        ({"practice": "willow", "email": ["a@b.test"]}, 422, "field_invalid"),
    ],
)
def test_a_request_for_a_code_that_makes_no_sense_writes_nothing(
    browser: Browser, body: object, status: int, code: str
) -> None:
    before = rows(browser)
    assert code_of(browser.call("POST", "/sign-in/codes", body)) == (status, code)
    assert rows(browser) == before


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Billfold-Request", "", 403),
        ("Origin", "https://evil.example", 403),
        ("Origin", "", 403),
        ("Content-Type", "application/x-www-form-urlencoded", 415),
        ("Content-Type", "text/plain", 415),
    ],
)
def test_another_sites_request_is_refused_and_changes_nothing(
    browser: Browser, header: str, value: str, status: int
) -> None:
    browser.ask()
    code, _ = browser.mailed()
    browser.enter(code=code)
    before = rows(browser)
    asked = {"practice": "willow", "email": KNOWN}
    assert browser.call("POST", "/sign-in/codes", asked, **{header: value}).status_code == status
    assert browser.call("DELETE", "/session", **{header: value}).status_code == status
    assert rows(browser) == before
    assert browser.call("GET", "/session").status_code == 200


def test_refusals_are_in_the_readers_language(browser: Browser) -> None:
    titles = {
        language: browser.call("DELETE", "/session", **{"Accept-Language": language}).json_body["title"]
        for language in ("en", "es")
    }
    assert titles == {"en": "Sign in to go on.", "es": "Inicie sesión para continuar."}


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("billfold=a", "a"),
        (" x = 1 ;billfold = a ", "a"),
        ("notbillfold=x; billfold=a; billfold=b", "a"),
        ("billfold", ""),
        ("", ""),
        ('x={"billfold": 1}; billfold=a=b', "a=b"),
    ],
)
def test_a_cookie_is_found_whatever_stands_beside_it(header: str, value: str) -> None:
    assert cookies.read(header, "billfold") == value
