"""Connects a practice to the PayPal stand-in, by an app that anyone may know.

What the app needs is kept where it looks for it: SSM, `<prefix>/practices/<practice>/paypal`.
"""

import json
import urllib.request
from base64 import b64encode
from typing import Any

from sandbox.config import DEMO_PRACTICE, SECRETS_PREFIX, SandboxConfig

_WEBHOOKS = "/v1/notifications/webhooks"


def connect_known(config: SandboxConfig, ssm: Any) -> None:
    """The demo practice, and again whatever was connected before. Safe to repeat."""
    for practice in {DEMO_PRACTICE, *_kept(ssm)}:
        connect_practice(config, ssm, practice)


def connect_new(config: SandboxConfig, ssm: Any, practices: Any) -> None:
    """Those of `practices` that are not connected yet."""
    kept = _kept(ssm)
    for practice in practices:
        if practice not in kept:
            connect_practice(config, ssm, practice)


def connect_practice(config: SandboxConfig, ssm: Any, practice: str) -> None:
    """Keep the keys of the practice's app, with an address for its events. Safe to repeat."""
    client, secret = f"client_sandbox_{practice}", f"secret_sandbox_{practice}"
    basic = b64encode(f"{client}:{secret}".encode()).decode()
    token = _asked(config, "/v1/oauth2/token", f"Basic {basic}", b"grant_type=client_credentials")
    bearer = f"Bearer {token['access_token']}"
    url = f"{config.portal_url}/api/webhooks/{practice}/paypal"
    known = _asked(config, _WEBHOOKS, bearer).get("webhooks", [])
    found = next((each for each in known if each["url"] == url), None)
    if found is None:
        wanted = {"url": url, "event_types": [{"name": "*"}]}
        found = _asked(config, _WEBHOOKS, bearer, json.dumps(wanted).encode())
    parameter = {
        "client_id": client,
        "secret": secret,
        "live": False,
        "webhook_id": found["id"],
        "authority": _asked(config, "/_control/authority", "")["pem"],
    }
    if _kept(ssm).get(practice) != parameter:
        name = f"{SECRETS_PREFIX}/practices/{practice}/paypal"
        ssm.put_parameter(Name=name, Value=json.dumps(parameter), Type="SecureString", Overwrite=True)


def _asked(config: SandboxConfig, path: str, authorization: str, data: bytes | None = None) -> dict[str, Any]:
    form = path.startswith("/v1/oauth2/")
    request = urllib.request.Request(
        config.paypal_url + path,
        data=data,
        headers={
            "Authorization": authorization,
            "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found


def _kept(ssm: Any) -> dict[str, dict[str, Any]]:
    """The keys kept, by practice."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path=f"{SECRETS_PREFIX}/practices", Recursive=True, WithDecryption=True
    )
    found = [parameter for page in pages for parameter in page["Parameters"]]
    return {p["Name"].split("/")[-2]: json.loads(p["Value"]) for p in found if p["Name"].endswith("/paypal")}
