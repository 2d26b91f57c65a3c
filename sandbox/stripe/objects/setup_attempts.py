"""/v1/setup_attempts: each try to save a payment method, as it went."""

from sandbox.stripe import listing
from sandbox.stripe.errors import Json
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope


def note(scope: Scope, intent: Json, method: Json, status: str, error: Json | None = None) -> None:
    """The intent's attempt stands at `status`; one that still waited goes on, else a new one begins."""
    latest = scope.find("setup_attempt", intent["latest_attempt"])
    if latest is None or latest["status"] != "requires_action" or latest["payment_method"] != method["id"]:
        latest = scope.new(
            "setup_attempt",
            customer=intent["customer"],
            payment_method=method["id"],
            payment_method_details={"type": method["type"], method["type"]: {}},
            setup_intent=intent["id"],
            status=status,
            usage=intent["usage"],
        )
    scope.save(latest | {"status": status, "setup_error": error})
    intent["latest_attempt"] = latest["id"]


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "setup_intent")
    scope.require("setup_intent", params["setup_intent"], "setup_intent")
    return listing.listed(scope, "setup_attempt", params, "/v1/setup_attempts")
