"""Messages that PayPal did not send, each wrong in one way: for a receiver to turn away, or see through."""

import json
import zlib
from collections.abc import Callable

from sandbox.paypal import signing
from sandbox.paypal.delivery import AGENT, written
from sandbox.paypal.scope import Scope
from sandbox.standin.delivery import post
from sandbox.standin.exchange import Json

_OTHER_CA = "Somebody else's CA"
_FREE = 64  # more white space than a CRC has bits


def _unsigned(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    return {}


def _signature(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    """PayPal's certificate, another's key."""
    other = signing.signer(scope.store, ca=_OTHER_CA)
    signed = signing.headers(scope.store, scope.origin, payload, webhook, other)
    return signed | {"Paypal-Cert-Url": _true(scope, payload, webhook)["Paypal-Cert-Url"]}


def _authority(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    """The right name, under an authority that nobody trusts."""
    other = signing.signer(scope.store, ca=_OTHER_CA)
    return signing.headers(scope.store, scope.origin, payload, webhook, other)


def _name(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    """A certificate of a trusted authority, for another's name."""
    other = signing.signer(scope.store, host="evil.example")
    return signing.headers(scope.store, scope.origin, payload, webhook, other)


def _expired(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    other = signing.signer(scope.store, days=-1)
    return signing.headers(scope.store, scope.origin, payload, webhook, other)


def _webhook_id(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    """Signed by PayPal, for another webhook: another practice's message."""
    return _true(scope, payload, "WEBHOOKOFANOTHER1")


def _cert_url(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    """An address that only begins like PayPal's."""
    signed = _true(scope, payload, webhook)
    forged = signed["Paypal-Cert-Url"].replace("://", "://api.paypal.com@")
    return signed | {"Paypal-Cert-Url": forged}


def _body(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    """The headers of the event as PayPal tells it; the body is another (and its CRC too)."""
    return _true(scope, b"{}", webhook)


def _algorithm(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    return _true(scope, payload, webhook) | {"Paypal-Auth-Algo": "SHA1withRSA"}


def _true(scope: Scope, payload: bytes, webhook: str) -> dict[str, str]:
    return signing.headers(scope.store, scope.origin, payload, webhook)


WAYS: dict[str, Callable[[Scope, bytes, str], dict[str, str]]] = {
    "unsigned": _unsigned,
    "signature": _signature,
    "authority": _authority,
    "name": _name,
    "expired": _expired,
    "webhook_id": _webhook_id,
    "cert_url": _cert_url,
    "body": _body,
    "algorithm": _algorithm,
}


def send(scope: Scope, body: Json) -> Json:
    """{"webhook", "event", "how"}: send that JSON, forged so. Answers the receiver's status.

    "crc": `like` names a true event; the forged one's bytes have its CRC-32, and its headers hold.
    """
    webhook = scope.require("webhook", body["webhook"])
    payload = json.dumps(body["event"], separators=(",", ":")).encode()
    if body["how"] == "crc":
        true = written(scope.require("event", body["like"]))
        signed = _true(scope, true, webhook["id"])
        payload = with_crc(payload, zlib.crc32(true))
    else:
        signed = WAYS[body["how"]](scope, payload, webhook["id"])
    return {"answer": post(webhook["url"], payload, AGENT | signed)}


def with_crc(payload: bytes, wanted: int) -> bytes:
    """The same JSON with white space after it, so that its CRC-32 is the wanted one.

    A CRC is affine: what each place's being a tab and not a space changes of it adds up (by XOR), so which
    places are tabs is a system of 32 equations.
    """
    spaces = bytearray(b" " * _FREE)
    start = zlib.crc32(payload + spaces)
    rows = []  # (change of the CRC, the places that make it), each with a leading bit of its own
    for place in range(_FREE):
        tabbed = spaces.copy()
        tabbed[place] = ord("\t")
        rows.append((zlib.crc32(payload + tabbed) ^ start, 1 << place))
    chosen = _solved(rows, wanted ^ start)
    for place in range(_FREE):
        if chosen >> place & 1:
            spaces[place] = ord("\t")
    return payload + bytes(spaces)


def _solved(rows: list[tuple[int, int]], change: int) -> int:
    """The places whose changes add up to that one: elimination over two elements."""
    basis: dict[int, tuple[int, int]] = {}
    for found, places in rows:
        left, by = _reduced(found, places, basis)
        if left:
            basis[left.bit_length()] = (left, by)
    left, places = _reduced(change, 0, basis)
    assert not left, "the white space has too few degrees of freedom"
    return places


def _reduced(value: int, places: int, basis: dict[int, tuple[int, int]]) -> tuple[int, int]:
    while value and value.bit_length() in basis:
        other, by = basis[value.bit_length()]
        value, places = value ^ other, places ^ by
    return value, places
