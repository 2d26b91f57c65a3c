"""/v1/notifications/webhooks-events: what was told, for those who lost it; and checks of a signature."""

import json
import re

from sandbox.paypal import signing
from sandbox.paypal.objects import supported
from sandbox.paypal.scope import Scope, instant
from sandbox.standin.exchange import Json

_SPACE = re.compile(r"\s*")


def find_all(scope: Scope, query: Json) -> Json:
    """The newest first."""
    times = supported.instants(query, "start_time", "end_time")
    found = [each for each in reversed(scope.every("event")) if _asked_for(each, query, times)]
    page = found[: query.get("page_size", 10)]
    return {"events": page, "count": len(page), "links": [scope.link("/v1/notifications/webhooks-events")]}


def _asked_for(event: Json, query: Json, times: dict[str, float]) -> bool:
    at = instant(event["create_time"])
    return (
        query.get("event_type", event["event_type"]) == event["event_type"]
        and query.get("transaction_id", event["resource"].get("id")) == event["resource"].get("id")
        and times.get("start_time", at) <= at <= times.get("end_time", at)
    )


def retrieve(scope: Scope, body: Json, ident: str) -> Json:
    return scope.require("event", ident)


def resend(scope: Scope, body: Json, ident: str) -> Json:
    """To the webhooks named, or to all that had it."""
    event = scope.require("event", ident)
    wanted = body.get("webhook_ids") or [each["id"] for each in scope.every("webhook")]
    for webhook in wanted:
        scope.require("webhook", webhook)
        scope.store.run(
            "INSERT INTO deliveries (account, event, endpoint, due, state) VALUES (?, ?, ?, 0, 'pending')",
            scope.account, ident, webhook,
        )  # fmt: skip
    return event


def verify(scope: Scope, body: Json) -> Json:
    """POST verify-webhook-signature. The event's bytes count as sent: one space more is a FAILURE."""
    payload = member(scope.raw, "webhook_event").encode()
    good = scope.find("webhook", body["webhook_id"]) is not None and signing.holds(
        scope.store, scope.origin, payload, body
    )
    return {"verification_status": "SUCCESS" if good else "FAILURE"}


def member(text: str, name: str) -> str:
    """The text of one member of a JSON object, untouched."""
    decoder, place = json.JSONDecoder(), text.index("{") + 1
    while True:
        key, place = decoder.raw_decode(text, _past(text, place))
        start = _past(text, _past(text, place) + 1)
        _, place = decoder.raw_decode(text, start)
        if key == name:
            return text[start:place]
        place = _past(text, place) + 1


def _past(text: str, place: int) -> int:
    """After the white space."""
    return place + len(_SPACE.match(text, place)[0])  # type: ignore[index]
