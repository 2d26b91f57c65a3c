"""/v1/events: everything that happened, for those who lost the webhook."""

from sandbox.stripe import listing
from sandbox.stripe.errors import Json
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope


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


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "type", "types")
    wanted = params.get("types") or ([params["type"]] if "type" in params else [])
    paging = {name: value for name, value in params.items() if name not in ("type", "types")}
    found = listing.listed(scope, "event", paging, "/v1/events", one_of={"type": wanted} if wanted else {})
    return found | {"data": [_counted(scope, event) for event in found["data"]]}
