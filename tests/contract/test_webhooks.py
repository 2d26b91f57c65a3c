"""Webhooks: signed, retried, persistent, and steered by the control API."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest
import stripe

from sandbox.stripe.delivery import BACK_OFF_SECONDS
from tests.contract.harness import Json, Practice, Receiver, running
from tests.support.waiting import wait_until


def _listen(practice: Practice, receiver: Receiver, *events: str) -> Json:
    wanted = list(events or ("customer.created",))
    return practice.made("/v1/webhook_endpoints", {"url": receiver.url, "enabled_events": wanted})


def _deliveries(practice: Practice) -> list[Json]:
    found: list[Json] = practice.control("GET", "webhooks")["deliveries"]
    return found


def _settled(practice: Practice, *states: str) -> None:
    wait_until(lambda: [each["state"] for each in _deliveries(practice)] == list(states), what=f"{states}")


def _tried(practice: Practice, times: int) -> None:
    wait_until(lambda: _deliveries(practice)[0]["attempts"] >= times, what=f"try {times}")


def test_stripes_own_client_accepts_the_signature(practice: Practice, receiver: Receiver) -> None:
    secret = _listen(practice, receiver)["secret"]
    customer = practice.customer()
    receiver.wait_for(1)
    body, header = receiver.signed(0)
    event = stripe.Webhook.construct_event(body, header, secret)
    assert (event.type, event.data.object["id"]) == ("customer.created", customer)
    assert event.api_version == "2026-08-26.dahlia"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", header, secret)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, header, "whsec_other")


def test_the_secret_is_shown_once(practice: Practice, receiver: Receiver) -> None:
    endpoint = _listen(practice, receiver)
    assert endpoint["secret"].startswith("whsec_")
    path = f"/v1/webhook_endpoints/{endpoint['id']}"
    assert "secret" not in practice.get(path).json
    assert "secret" not in practice.post(path, {"description": "x"}).json
    assert "secret" not in practice.get("/v1/webhook_endpoints").json["data"][0]


def test_a_rolled_secret_signs_beside_the_old_one_until_that_ends(
    practice: Practice, receiver: Receiver
) -> None:
    endpoint = _listen(practice, receiver)
    body = {"account": "demo", "endpoint": endpoint["id"], "old_lives_seconds": 3600}
    new = practice.control("POST", "webhooks/roll", body)["secret"]
    practice.customer()
    receiver.wait_for(1)
    payload, header = receiver.signed(0)
    assert header.count("v1=") == 2
    for secret in (endpoint["secret"], new):
        stripe.Webhook.construct_event(payload, header, secret)
    practice.control("POST", "clock", {"advance_seconds": 3601})
    practice.customer()
    receiver.wait_for(2)
    payload, header = receiver.signed(1)
    assert header.count("v1=") == 1
    stripe.Webhook.construct_event(payload, header, new)


def test_the_signature_is_the_published_scheme(practice: Practice, receiver: Receiver) -> None:
    secret = _listen(practice, receiver)["secret"]
    practice.customer()
    receiver.wait_for(1)
    body, header = receiver.signed(0)
    at, mark = (part.partition("=")[2] for part in header.split(","))
    assert mark == hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def test_only_events_asked_for_go_to_enabled_endpoints(practice: Practice, receiver: Receiver) -> None:
    endpoint = _listen(practice, receiver, "customer.updated")
    customer = practice.customer()
    practice.made(f"/v1/customers/{customer}", {"name": "c"})
    receiver.wait_for(1)
    practice.made(f"/v1/webhook_endpoints/{endpoint['id']}", {"disabled": True})
    practice.made(f"/v1/customers/{customer}", {"name": "d"})
    Practice(practice.server, "other").customer()
    assert receiver.types == ["customer.updated"]
    assert len(_deliveries(practice)) == 1


def test_a_payment_sends_its_events(practice: Practice, receiver: Receiver) -> None:
    _listen(practice, receiver, "*")
    practice.paid()
    receiver.wait_for(4)
    created, charged, paid, settled = receiver.types
    assert (created, charged) == ("payment_intent.created", "charge.succeeded")
    assert (paid, settled) == ("payment_intent.succeeded", "charge.updated")


def test_tries_again_after_each_refusal_with_growing_pauses(practice: Practice, receiver: Receiver) -> None:
    receiver.answers += [500, 404, 302]
    _listen(practice, receiver)
    practice.customer()
    for tries in (1, 2, 3):
        _tried(practice, tries)
        now = practice.control("GET", "clock")["now"]
        wait = _deliveries(practice)[0]["due"] - now
        assert BACK_OFF_SECONDS[tries - 1] - 1 < wait <= BACK_OFF_SECONDS[tries - 1]
        assert receiver.got == []
        practice.control("POST", "webhooks/retry")
    receiver.wait_for(1)
    _settled(practice, "delivered")


def test_gives_up_after_the_last_pause(practice: Practice, receiver: Receiver) -> None:
    receiver.answers += [500] * 50
    _listen(practice, receiver)
    practice.customer()
    for tries in range(1, len(BACK_OFF_SECONDS) + 2):
        _tried(practice, tries)
        practice.control("POST", "webhooks/retry")
    _settled(practice, "failed")
    event = practice.get("/v1/events").json["data"][0]
    assert event["pending_webhooks"] == 0


def test_pending_webhooks_counts_endpoints_that_wait(practice: Practice, receiver: Receiver) -> None:
    receiver.answers += [500]
    _listen(practice, receiver)
    practice.customer()
    _tried(practice, 1)
    assert practice.get("/v1/events").json["data"][0]["pending_webhooks"] == 1


def test_what_was_queued_is_delivered_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    state = tmp_path / "stripe.sqlite3"
    with running(state) as server:
        practice = Practice(server, "demo")
        _listen(practice, receiver)
        practice.control("POST", "webhooks", {"delay_seconds": 1})
        practice.customer()
        assert receiver.got == []
    with running(state):
        receiver.wait_for(1)


def test_drops_and_the_event_stays_to_be_listed(practice: Practice, receiver: Receiver) -> None:
    _listen(practice, receiver)
    practice.control("POST", "webhooks", {"drop": True})
    lost = practice.customer()
    practice.control("POST", "webhooks", {})
    practice.customer()
    receiver.wait_for(1)
    _settled(practice, "dropped", "delivered")
    assert lost in {each["data"]["object"]["id"] for each in practice.get("/v1/events").json["data"]}
    practice.control("POST", "webhooks/flush", {"dropped": True})
    assert len(receiver.got) == 2


def test_duplicates(practice: Practice, receiver: Receiver) -> None:
    _listen(practice, receiver)
    practice.control("POST", "webhooks", {"duplicate": 2})
    practice.customer()
    receiver.wait_for(3)
    assert len(set(receiver.ids)) == 1


def test_delays_by_the_sandboxes_clock(practice: Practice, receiver: Receiver) -> None:
    _listen(practice, receiver)
    practice.control("POST", "webhooks", {"delay_seconds": 3 * 86400})
    practice.customer()
    _settled(practice, "pending")
    practice.control("POST", "clock", {"advance_seconds": 3 * 86400 + 1})
    receiver.wait_for(1)


@pytest.mark.parametrize("order", ["as_sent", "reverse", "shuffle"])
def test_reorders_what_was_held(practice: Practice, receiver: Receiver, order: str) -> None:
    _listen(practice, receiver)
    practice.control("POST", "webhooks", {"hold": True})
    sent = [practice.customer() for _ in range(6)]
    assert receiver.got == []
    practice.control("POST", "webhooks/flush", {"order": order, "seed": 7})
    got = [json.loads(body)["data"]["object"]["id"] for body, _ in receiver.got]
    assert sorted(got) == sorted(sent)
    assert (got == sent) == (order == "as_sent")
    assert (got == sent[::-1]) == (order == "reverse")


def test_resends_one_event(practice: Practice, receiver: Receiver) -> None:
    _listen(practice, receiver)
    practice.customer()
    receiver.wait_for(1)
    practice.control("POST", "webhooks/resend", {"event": receiver.ids[0]})
    receiver.wait_for(2)
    assert receiver.ids[0] == receiver.ids[1]


def test_a_deleted_endpoint_gets_nothing_more(practice: Practice, receiver: Receiver) -> None:
    endpoint = _listen(practice, receiver)["id"]
    practice.control("POST", "webhooks", {"hold": True})
    practice.customer()
    practice.api("DELETE", f"/v1/webhook_endpoints/{endpoint}")
    practice.control("POST", "webhooks/flush")
    assert receiver.got == []
