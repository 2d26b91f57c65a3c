"""Webhooks: signed as PayPal signs, retried, persistent, lost, doubled, late and forged on demand."""

import base64
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from sandbox.paypal import forging
from sandbox.paypal.delivery import BACK_OFF_SECONDS
from tests.contract.harness import Json, send
from tests.contract.paypal.harness import ORDERS, WEBHOOKS, Practice, Receiver, running, usd
from tests.support.waiting import wait_until

HOST = "messageverificationcerts.sandbox.paypal.com"
PAID = "PAYMENT.CAPTURE.COMPLETED"


def _deliveries(practice: Practice) -> list[Json]:
    found: list[Json] = practice.control("webhooks", method="GET")["deliveries"]
    return found


def _tried(practice: Practice, times: int) -> None:
    wait_until(lambda: _deliveries(practice)[0]["attempts"] >= times, what=f"try {times}")


def _why_false(practice: Practice, webhook: str, body: bytes, headers: dict[str, str]) -> str:
    """The first reason not to believe a message, "" when it is PayPal's: written apart from the stand-in."""
    url = headers.get("paypal-cert-url", "")
    if not url:
        return "unsigned"
    if headers["paypal-auth-algo"] != "SHA256withRSA":
        return "algorithm"
    if urlsplit(url).netloc != urlsplit(practice.origin).netloc:
        return "address"
    leaf, _ = x509.load_pem_x509_certificates(send("GET", url).body)
    trusted = x509.load_pem_x509_certificate(practice.control("authority", method="GET")["pem"].encode())
    key, issuer = leaf.public_key(), trusted.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert isinstance(issuer, ec.EllipticCurvePublicKey)
    try:
        issuer.verify(leaf.signature, leaf.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return "chain"
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if names.get_values_for_type(x509.DNSName) != [HOST]:
        return "name"
    if not leaf.not_valid_before_utc <= datetime.now(UTC) <= leaf.not_valid_after_utc:
        return "dates"
    ident, at = headers["paypal-transmission-id"], headers["paypal-transmission-time"]
    text = f"{ident}|{at}|{webhook}|{zlib.crc32(body)}".encode()
    try:
        key.verify(
            base64.b64decode(headers["paypal-transmission-sig"]), text, padding.PKCS1v15(), hashes.SHA256()
        )
    except InvalidSignature:
        return "signature"
    return ""


def test_a_message_is_signed_by_a_certificate_of_the_test_authority(
    practice: Practice, receiver: Receiver
) -> None:
    webhook = practice.listen(receiver.url)["id"]
    practice.paid()
    receiver.wait_for(3)
    assert receiver.types == ["CHECKOUT.ORDER.APPROVED", PAID, "CHECKOUT.ORDER.COMPLETED"]
    for body, headers in receiver.got:
        assert _why_false(practice, webhook, body, headers) == ""
        assert _why_false(practice, webhook, body + b" ", headers) == "signature"
        assert headers["paypal-auth-version"] == "v2"


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("unsigned", "unsigned"),
        ("signature", "signature"),
        ("authority", "chain"),
        ("name", "name"),
        ("expired", "dates"),
        ("webhook_id", "signature"),
        ("cert_url", "address"),
        ("body", "signature"),
        ("algorithm", "algorithm"),
    ],
)
def test_forges_in_one_way_at_a_time(practice: Practice, receiver: Receiver, how: str, why: str) -> None:
    webhook = practice.listen(receiver.url)["id"]
    forged = {"webhook": webhook, "event": {"event_type": PAID, "resource": {"id": "X"}}, "how": how}
    assert practice.control("forge", forged) == {"answer": "200"}
    ((body, headers),) = receiver.got
    assert json.loads(body)["resource"] == {"id": "X"}
    assert _why_false(practice, webhook, body, headers) == why


def test_each_way_to_forge_is_tried() -> None:
    assert set(forging.WAYS) == {
        "unsigned", "signature", "authority", "name", "expired", "webhook_id", "cert_url", "body", "algorithm"
    }  # fmt: skip


def test_forges_a_body_that_its_signature_holds_for(practice: Practice, receiver: Receiver) -> None:
    """Only a CRC is signed; a message is a hint, whatever its signature says."""
    webhook = practice.listen(receiver.url, PAID)["id"]
    practice.paid()
    receiver.wait_for(1)
    true = receiver.events[0]
    event = true | {"resource": true["resource"] | {"amount": usd("9999.00")}}
    practice.control("forge", {"webhook": webhook, "event": event, "how": "crc", "like": true["id"]})
    body, headers = receiver.got[1]
    assert json.loads(body) == event
    assert zlib.crc32(body) == zlib.crc32(receiver.got[0][0])
    assert _why_false(practice, webhook, body, headers) == ""


def test_verify_webhook_signature_counts_every_byte(practice: Practice, receiver: Receiver) -> None:
    webhook = practice.listen(receiver.url, PAID)["id"]
    practice.paid()
    receiver.wait_for(1)
    body, headers = receiver.got[0]

    def asked(event: bytes, **changes: str) -> str:
        told = {
            "auth_algo": headers["paypal-auth-algo"],
            "cert_url": headers["paypal-cert-url"],
            "transmission_id": headers["paypal-transmission-id"],
            "transmission_sig": headers["paypal-transmission-sig"],
            "transmission_time": headers["paypal-transmission-time"],
            "webhook_id": webhook,
        } | changes
        raw = json.dumps(told).encode()[:-1] + b', "webhook_event": ' + event + b"}"
        path = "/v1/notifications/verify-webhook-signature"
        reply = practice.api("POST", path, raw)
        assert reply.status == 200, reply.json
        return str(reply.json["verification_status"])

    assert asked(body) == "SUCCESS"
    assert asked(json.dumps(json.loads(body)).encode()) == "FAILURE"
    assert asked(body, webhook_id="WEBHOOKOFANOTHER1") == "FAILURE"
    assert asked(body, transmission_id="another-one") == "FAILURE"
    assert asked(body, auth_algo="SHA1withRSA") == "FAILURE"
    assert asked(body, cert_url=headers["paypal-cert-url"] + "x") == "FAILURE"


def test_tries_again_25_times_and_gives_up(practice: Practice, receiver: Receiver) -> None:
    receiver.answers += [500] * 50
    practice.listen(receiver.url, PAID)
    practice.paid()
    for tries in range(1, len(BACK_OFF_SECONDS) + 2):
        _tried(practice, tries)
        practice.control("webhooks/retry")
    wait_until(lambda: _deliveries(practice)[0]["state"] == "failed", what="the end of it")
    assert (len(BACK_OFF_SECONDS), receiver.got) == (25, [])
    assert 2.9 * 86400 < sum(BACK_OFF_SECONDS) < 3.1 * 86400


def test_a_retry_is_signed_anew(practice: Practice, receiver: Receiver) -> None:
    receiver.answers += [500]
    webhook = practice.listen(receiver.url, PAID)["id"]
    practice.paid()
    _tried(practice, 1)
    practice.control("webhooks/retry")
    receiver.wait_for(1)
    assert _why_false(practice, webhook, *receiver.got[0]) == ""


def test_lost_and_found_in_the_list_of_events(practice: Practice, receiver: Receiver) -> None:
    practice.listen(receiver.url, PAID)
    practice.control("webhooks", {"drop": True})
    capture = practice.paid()["id"]
    practice.control("webhooks", {})
    (event,) = practice.get(f"{WEBHOOKS}-events", event_type=PAID, transaction_id=capture).json["events"]
    assert receiver.got == []
    practice.post(f"{WEBHOOKS}-events/{event['id']}/resend", {})
    receiver.wait_for(1)
    assert receiver.events == [event]


def test_doubled_and_out_of_order(practice: Practice, receiver: Receiver) -> None:
    practice.listen(receiver.url)
    practice.control("webhooks", {"hold": True, "duplicate": 1})
    practice.paid()
    practice.control("webhooks/flush", {"order": "reverse"})
    assert receiver.types == [
        "CHECKOUT.ORDER.COMPLETED", "CHECKOUT.ORDER.COMPLETED", PAID, PAID,
        "CHECKOUT.ORDER.APPROVED", "CHECKOUT.ORDER.APPROVED",
    ]  # fmt: skip


def test_late_by_the_stand_ins_clock(practice: Practice, receiver: Receiver) -> None:
    practice.listen(receiver.url, PAID)
    practice.control("webhooks", {"delay_seconds": 86400})
    practice.paid()
    wait_until(lambda: _deliveries(practice)[0]["state"] == "pending", what="the queue")
    assert receiver.got == []
    practice.advance(86401)
    receiver.wait_for(1)


def test_an_approval_that_nobody_used_is_told(practice: Practice, receiver: Receiver) -> None:
    practice.listen(receiver.url, "CHECKOUT.PAYMENT-APPROVAL.REVERSED")
    ident = practice.approved()
    practice.capture(practice.approved(key="other"))
    practice.advance(6 * 3600 + 1)
    receiver.wait_for(1)
    assert [event["resource"]["id"] for event in receiver.events] == [ident]


@pytest.mark.parametrize(
    ("payer", "told"),
    [
        ("pending", ["PENDING", "COMPLETED"]),
        ("denied", ["PENDING", "DENIED"]),
        ("captured-declined", ["DECLINED"]),
        ("second-try", ["DECLINED", "COMPLETED"]),
    ],
)
def test_what_becomes_of_captures_is_told(
    practice: Practice, receiver: Receiver, payer: str, told: list[str]
) -> None:
    names = [f"PAYMENT.CAPTURE.{name}" for name in ("COMPLETED", "PENDING", "DECLINED", "DENIED")]
    practice.listen(receiver.url, *names)
    practice.paid(f"{payer}@example.org") if len(told) == 1 else practice.capture(
        practice.approved(f"{payer}@example.org")
    )
    practice.advance(61)
    receiver.wait_for(len(told))
    assert receiver.types == [f"PAYMENT.CAPTURE.{name}" for name in told]


def test_refunds_are_told_when_they_complete_and_never_when_they_fail(
    practice: Practice, receiver: Receiver
) -> None:
    practice.listen(receiver.url, "PAYMENT.CAPTURE.REFUNDED")
    capture = practice.paid()["id"]
    practice.control("refunds/next", {"status": "PENDING"})
    pending = practice.refund(capture, {"amount": usd("5.00")}).json["id"]
    practice.control("refunds/end", {"refund": pending, "status": "FAILED"})
    done = practice.refund(capture, {"amount": usd("6.00")}).json["id"]
    receiver.wait_for(1)
    assert [(event["resource_type"], event["resource"]["id"]) for event in receiver.events] == [
        ("refund", done)
    ]


def test_goes_on_after_a_restart_with_the_same_authority(tmp_path: Path, receiver: Receiver) -> None:
    state = tmp_path / "paypal.sqlite3"
    with running(state) as server:
        practice = Practice(server, "demo")
        practice.listen(receiver.url, PAID)
        authority = practice.control("authority", method="GET")
        practice.control("webhooks", {"delay_seconds": 1})
        ident = practice.approved()
        practice.capture(ident)
    with running(state) as server:
        practice = Practice(server, "demo")
        assert practice.control("authority", method="GET") == authority
        assert practice.get(f"{ORDERS}/{ident}").json["status"] == "COMPLETED"
        receiver.wait_for(1)


def test_a_deleted_webhook_gets_nothing_more(practice: Practice, receiver: Receiver) -> None:
    webhook = practice.listen(receiver.url)["id"]
    practice.control("webhooks", {"hold": True})
    practice.paid()
    practice.api("DELETE", f"{WEBHOOKS}/{webhook}")
    practice.control("webhooks/flush")
    assert receiver.got == []
    assert practice.get(WEBHOOKS).json == {"webhooks": []}
