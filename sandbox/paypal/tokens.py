"""OAuth: an app's id and secret for an access token. In none of PayPal's published documents.

`client_sandbox_<practice>` with `secret_sandbox_<practice>` is the app of that practice; nothing is shared
between accounts. https://developer.paypal.com/api/rest/authentication/
"""

import base64
import binascii
import re
import secrets
from urllib.parse import parse_qs

from sandbox.paypal.errors import Refused, refuse
from sandbox.paypal.scope import account_id
from sandbox.standin.clock import now
from sandbox.standin.exchange import Json, Request, Response, json_response
from sandbox.standin.store import Store

PATH = "/v1/oauth2/token"
LIVES_SECONDS = 32_400
_APP = re.compile(r"client_sandbox_([A-Za-z0-9_-]{1,64})")
_FORM = "application/x-www-form-urlencoded"
SEARCH = "https://uri.paypal.com/services/reporting/search/read"
SCOPES = (
    "https://uri.paypal.com/services/payments/payment",
    "https://uri.paypal.com/services/payments/refund",
    "https://uri.paypal.com/services/applications/webhooks",
    "https://uri.paypal.com/services/disputes/read-seller",
    SEARCH,
)


def answer(store: Store, request: Request) -> Response:
    """A token, or OAuth's own kind of error."""
    try:
        return json_response(200, _granted(store, request))
    except Refused as refusal:
        body = {"error": refusal.error["name"], "error_description": refusal.error["message"]}
        return json_response(refusal.status, body, Sandbox_Refusal=refusal.name)


def _granted(store: Store, request: Request) -> Json:
    account = _account(request.headers.get("authorization", ""))
    form = parse_qs(request.body.decode("utf-8", "replace"))
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if content_type != _FORM or form.get("grant_type") != ["client_credentials"]:
        raise refuse("grant_unsupported")
    token = f"A21AA{secrets.token_urlsafe(48)}"
    at = int(now(store))
    store.save(account, {"object": "token", "id": token, "created": at, "over": at + LIVES_SECONDS})
    return {
        "scope": " ".join(scopes_of(store, account)),
        "access_token": token,
        "token_type": "Bearer",
        "app_id": f"APP-{account_id(account)}",
        "expires_in": LIVES_SECONDS,
        "nonce": f"{at}{secrets.token_hex(12)}",
    }


def _account(header: str) -> str:
    """The practice of a Basic header."""
    scheme, _, rest = header.partition(" ")
    try:
        client, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client, secret = "", ""
    app = _APP.fullmatch(client)
    if scheme.lower() != "basic" or app is None or secret != f"secret_sandbox_{app[1]}":
        raise refuse("client_unknown")
    return app[1]


def scopes_of(store: Store, account: str) -> list[str]:
    """What the app may do; the control API may take some of it away."""
    found: list[str] = store.setting(f"scopes:{account}", list(SCOPES))
    return found


def account_of(store: Store, request: Request) -> str:
    """The account of a request's token. Error: token_missing, token_unknown."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise refuse("token_missing")
    row = store.row(
        "SELECT account FROM objects WHERE id = ? AND type = 'token' AND json_extract(body, '$.over') > ?",
        token, now(store),
    )  # fmt: skip
    if row is None:
        raise refuse("token_unknown")
    return str(row["account"])


def check_permission(store: Store, account: str, template: str) -> None:
    """An app may lack any right; that to search has to be given to it. Error: permission_missing."""
    needed = next(scope for start, scope in _NEEDED.items() if template.startswith(start))
    if needed not in scopes_of(store, account):
        raise refuse("permission_missing")


_NEEDED = {
    "/v2/checkout/": SCOPES[0],
    "/v2/payments/captures/{capture_id}/refund": SCOPES[1],
    "/v2/payments/": SCOPES[0],
    "/v1/notifications/": SCOPES[2],
    "/v1/customer/": SCOPES[3],
    "/v1/reporting/": SEARCH,
}
