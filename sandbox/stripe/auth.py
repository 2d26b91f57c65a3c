"""Keys. `sk_test_sandbox_<practice>` is the account of that practice; nothing is shared between accounts.

`rk_test_sandbox_<practice>` is a restricted key of the same account.
"""

import base64
import binascii
import re
from collections.abc import Collection

from sandbox.standin.exchange import Request
from sandbox.standin.store import Store
from sandbox.stripe import API_VERSION
from sandbox.stripe.errors import refuse
from sandbox.stripe.objects import account
from sandbox.stripe.rights import Rights

_SECRET = re.compile(r"[sr]k_test_sandbox_([A-Za-z0-9_-]{1,64})")
_PUBLISHABLE = re.compile(r"pk_test_sandbox_([A-Za-z0-9_-]{1,64})")


def account_of(request: Request) -> str:
    """The account of the secret or restricted key of a Basic or Bearer header. Raises api_key_…."""
    key = _key(request.headers.get("authorization", ""))
    if not key:
        raise refuse("api_key_missing")
    if "_live_" in key:
        raise refuse("api_key_live", key=masked(key))
    if key.startswith("pk_"):
        raise refuse("api_key_publishable")
    match = _SECRET.fullmatch(key)
    if match is None:
        raise refuse("api_key_invalid", key=masked(key))
    return match[1]


def rights_of(request: Request, store: Store, practice: str) -> Rights:
    """What the key of that request, an account's own, may do."""
    key = _key(request.headers.get("authorization", ""))
    given = store.setting(f"rights:{practice}", []) if key.startswith("rk_") else None
    return Rights(masked(key), account.ident(practice), given)


def account_of_client(key: str) -> str:
    """The account of a publishable key: what a browser may know."""
    match = _PUBLISHABLE.fullmatch(key)
    if match is None:
        raise refuse("client_key_invalid", key=masked(key))
    return match[1]


def check_version(request: Request) -> None:
    """Answering one version's shapes to a client that asked for another's would hide mistakes."""
    asked = request.headers.get("stripe-version", API_VERSION)
    if asked != API_VERSION:
        raise refuse("version_unsupported", speaks=API_VERSION, asked=asked)


def masked(key: str) -> str:
    return f"{key[:8]}****{key[-4:]}" if len(key) > 16 else "****"


def _key(header: str) -> str:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def check_client_secret(given: str, known: Collection[str | None], thing: str) -> None:
    """Whoever has an object's client_secret may ask about it. Raises client_secret_invalid."""
    if given not in known:
        raise refuse("client_secret_invalid", thing=thing)
