"""/v1/webhook_endpoints: where events go. The signing secret is shown once, when the endpoint is made."""

from urllib.parse import urlsplit

from sandbox.stripe import API_VERSION, listing
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.params import merged_metadata, only
from sandbox.stripe.scope import Scope, random_text

MOST = 16  # an account, in each mode: https://docs.stripe.com/webhooks


def create(scope: Scope, params: Json) -> Json:
    only(params, "url", "enabled_events", "description", "metadata", "api_version")
    if params.get("api_version", API_VERSION) != API_VERSION:
        raise refuse("endpoint_version_unsupported", param="api_version", speaks=API_VERSION)
    _check_room(scope)
    endpoint = scope.new(
        "webhook_endpoint",
        api_version=params.get("api_version"),
        enabled_events=params["enabled_events"],
        metadata=merged_metadata({}, params.get("metadata")),
        status="enabled",
        url=_url(params["url"]),
    )
    endpoint["description"] = params.get("description")
    secret = f"whsec_{random_text(32)}"
    scope.save(endpoint, {"secrets": [{"secret": secret, "until": None}]})
    return endpoint | {"secret": secret}


def _check_room(scope: Scope) -> None:
    sql = "SELECT COUNT(*) AS found FROM objects WHERE account = ? AND type = 'webhook_endpoint'"
    row = scope.store.row(sql, scope.account)
    if row and row["found"] >= MOST:
        raise refuse("endpoints_too_many", most=MOST)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refuse("endpoint_url_invalid", param="url", value=text)
    return text


def update(scope: Scope, params: Json, ident: str) -> Json:
    only(params, "url", "enabled_events", "description", "metadata", "disabled")
    endpoint = scope.require("webhook_endpoint", ident, "webhook_endpoint")
    if "url" in params:
        endpoint["url"] = _url(params["url"])
    if "enabled_events" in params:
        endpoint["enabled_events"] = params["enabled_events"]
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    endpoint["description"] = params.get("description", endpoint["description"])
    endpoint["metadata"] = merged_metadata(endpoint["metadata"], params.get("metadata"))
    return scope.save(endpoint)


def roll_secret(scope: Scope, ident: str, old_lives_seconds: int) -> str:
    """A new secret; the old one signs beside it for a while, as when rolled in the dashboard."""
    endpoint = scope.require("webhook_endpoint", ident, "webhook_endpoint")
    until = scope.now + old_lives_seconds
    kept = [
        entry | {"until": entry["until"] or until}
        for entry in scope.private("webhook_endpoint", ident)["secrets"]
    ]
    secret = f"whsec_{random_text(32)}"
    scope.save(endpoint, {"secrets": [{"secret": secret, "until": None}, *kept]})
    return secret


def secrets_now(scope: Scope, ident: str) -> list[str]:
    """Those that sign at this moment, newest first."""
    entries = scope.private("webhook_endpoint", ident).get("secrets", [])
    return [entry["secret"] for entry in entries if entry["until"] is None or entry["until"] > scope.now]


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    return scope.require("webhook_endpoint", ident, "webhook_endpoint")


def delete(scope: Scope, params: Json, ident: str) -> Json:
    scope.require("webhook_endpoint", ident, "webhook_endpoint")
    scope.store.delete(ident)
    scope.store.run("DELETE FROM deliveries WHERE endpoint = ? AND state IN ('pending', 'held')", ident)
    return {"id": ident, "object": "webhook_endpoint", "deleted": True}


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before")
    return listing.listed(scope, "webhook_endpoint", params, "/v1/webhook_endpoints")
