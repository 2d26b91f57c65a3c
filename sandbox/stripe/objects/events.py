"""/v1/events: everything that happened in 30 days, for those who lost the webhook.

https://docs.stripe.com/api/events/list
"""

from typing import Any

from sandbox.stripe import listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope

KEPT_SECONDS = 30 * 24 * 3600
MOST_TYPES = 20


def _counted(scope: Scope, event: Json) -> Json:
    """With the number of endpoints that have not yet taken it."""
    row = scope.store.row(
        "SELECT count(DISTINCT endpoint) AS open FROM deliveries "
        "WHERE event = ? AND state IN ('pending', 'held')",
        event["id"],
    )
    return event | {"pending_webhooks": row["open"] if row else 0}


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    return _counted(scope, scope.require("event", ident, "id"))


def _types(params: Json) -> list[str]:
    named: list[str] = params.get("types") or []
    if named and "type" in params:
        raise refuse("event_types_both_ways", param="types")
    if len(named) > MOST_TYPES:
        raise refuse("event_types_too_many", param="types")
    return named or ([params["type"]] if "type" in params else [])


def _kept(scope: Scope, asked: Any) -> Json:
    """Nothing older than 30 days is listed, whatever is asked for."""
    oldest = scope.now - KEPT_SECONDS
    bounds = asked if isinstance(asked, dict) else {} if asked is None else {"gte": asked, "lte": asked}
    return bounds | {"gte": max(bounds.get("gte", 0), oldest)}


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "type", "types")
    wanted = _types(params)
    paging = {name: value for name, value in params.items() if name not in ("type", "types")}
    paging["created"] = _kept(scope, params.get("created"))
    found = listing.listed(scope, "event", paging, "/v1/events", one_of={"type": wanted} if wanted else {})
    return found | {"data": [_counted(scope, event) for event in found["data"]]}
