"""Tokens, planted faults, and what was told; the process by itself."""

import http.client
import re
import subprocess
import sys
import urllib.error
from pathlib import Path

import pytest

from tests.contract.harness import send
from tests.contract.paypal.harness import ORDERS, Practice, captures_of, order

BROKEN = (http.client.HTTPException, urllib.error.URLError, ConnectionError, TimeoutError)


def _fault(practice: Practice, **body: object) -> None:
    practice.control("faults", dict(body))


def _captures(practice: Practice, ident: str) -> int:
    unit = practice.get(f"{ORDERS}/{ident}").json["purchase_units"][0]
    return len(unit.get("payments", {}).get("captures", []))


def test_a_token_lives_nine_hours(practice: Practice) -> None:
    told = practice.ask_token().json
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 32_400)
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    practice.advance(32_400 - 60)
    assert practice.api("GET", "/v1/notifications/webhooks", **headers).status == 200
    practice.advance(120)
    assert practice.api("GET", "/v1/notifications/webhooks", **headers).status == 401


@pytest.mark.parametrize(("when", "captures"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("kind", ["cut", "timeout"])
def test_a_capture_whose_answer_is_lost(practice: Practice, kind: str, when: str, captures: int) -> None:
    ident = practice.approved()
    _fault(practice, kind=kind, when=when, seconds=0, method="POST", path=f"{ORDERS}/{ident}/capture")
    with pytest.raises(BROKEN):
        practice.capture(ident)
    assert _captures(practice, ident) == captures
    assert len(captures_of(practice.capture(ident).json)) == 1


def test_a_create_whose_answer_is_lost_is_asked_again_under_its_id(practice: Practice) -> None:
    _fault(practice, kind="timeout", when="after", seconds=0, method="POST", path=ORDERS)
    with pytest.raises(BROKEN):
        practice.post(ORDERS, order(), "k")
    assert practice.post(ORDERS, order(), "k").status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_in_paypals_words(practice: Practice, status: int) -> None:
    _fault(practice, status=status, method="POST")
    reply = practice.post(ORDERS, order(), "k")
    assert reply.status == status
    names = {429: "RATE_LIMIT_REACHED", 500: "INTERNAL_SERVER_ERROR", 503: "SERVICE_UNAVAILABLE"}
    assert reply.json["name"] == names[status]
    assert reply.json["debug_id"]
    assert practice.post(ORDERS, order(), "k").status == 201


def test_money_that_the_api_did_not_ask_for(practice: Practice) -> None:
    ident = practice.approved()
    practice.capture(ident)
    practice.control("captures", {"order": ident})
    assert _captures(practice, ident) == 2


def test_tells_what_it_was_told_without_secrets_and_cards(practice: Practice) -> None:
    ident = practice.created(order(custom_id="att-1"))["id"]
    guest = {"way": "card", "email": "g@example.org", "number": "4111111111111111", "expiry": "12/40"}
    practice.page(ident, guest | {"cvc": "987"})
    told = practice.control("requests", method="GET")["data"]
    text = str(told)
    assert '"custom_id": "att-1"' in text
    assert "create" in {each["headers"].get("paypal-request-id") for each in told}
    assert "****1111" in text
    assert "4111111111111111" not in text
    assert "cvc=***" in text
    assert practice.token not in text
    assert "secret_sandbox_demo" not in text


def test_an_unknown_control_says_which_there_are(practice: Practice) -> None:
    reply = send("POST", f"{practice.origin}/_control/nothing", b"{}")
    assert reply.status == 404
    assert "POST forge" in reply.json["controls"]
    assert send("POST", f"{practice.origin}/_control/disputes", b'{"account": "demo"}').status == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("captures/end", '{"account": "demo", "capture": "%s", "status": "COMPLETED"}'),
        ("refunds/end", '{"account": "demo", "refund": "%s", "status": "PAID"}'),
    ],
)
def test_ends_only_what_is_pending(practice: Practice, path: str, body: str) -> None:
    capture = practice.paid()["id"]
    ident = capture if path.startswith("captures") else practice.refund(capture).json["id"]
    reply = send("POST", f"{practice.origin}/_control/{path}", (body % ident).encode())
    assert reply.status == 400


@pytest.mark.parametrize("path", [ORDERS, "/v1/oauth2/token", "/_control/forge", "/checkoutnow?token=X"])
def test_another_sites_page_is_kept_out(practice: Practice, path: str) -> None:
    headers = {"Origin": "http://evil.example", "Sec_Fetch_Site": "cross-site"}
    assert send("POST", practice.origin + path, b"{}", **headers).status == 403
    assert send("POST", practice.origin + path, b"{}", Host="evil.example").status == 421


def test_runs_by_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.paypal", "--port", "0", "--state", str(tmp_path / "s.sqlite3")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = re.fullmatch(r"PayPal stand-in: (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
            assert told is not None
            assert send("GET", f"{told[1]}/_control/clock").status == 200
        finally:
            process.terminate()
        assert process.wait(timeout=20) == 0
