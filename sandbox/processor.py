"""Connects a practice to Stripe: the stand-in with keys anyone may know, or the person's own test keys.

What the app needs is kept where it looks for it: SSM, `<prefix>/practices/<practice>/stripe`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import stripe

from sandbox.config import DEMO_PRACTICE, SECRETS_PREFIX, SandboxConfig
from sandbox.supervisor import SandboxError

STRIPE_VERSION = "2026-08-26.dahlia"
_FOLDER = f"{SECRETS_PREFIX}/practices"
_STAND_IN_MARK = "_test_sandbox_"


@dataclass(frozen=True)
class StripeKeys:
    """A practice's own keys. `webhook_secret` is None when Stripe cannot reach this machine."""

    secret_key: str
    publishable_key: str
    webhook_secret: str | None = None


def own_keys(environment: Mapping[str, str]) -> StripeKeys | None:
    """The person's own keys from STRIPE_…, or None for the stand-in.

    Raises SandboxError for what does not belong here: half a pair, a live key, one of the stand-in's.
    """
    secret = environment.get("STRIPE_SECRET_KEY", "")
    publishable = environment.get("STRIPE_PUBLISHABLE_KEY", "")
    if not secret and not publishable:
        return None
    if not (secret and publishable):
        raise SandboxError("set both STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY, or neither")
    for name, key, kinds in (
        ("STRIPE_SECRET_KEY", secret, ("sk_test_", "rk_test_")),
        ("STRIPE_PUBLISHABLE_KEY", publishable, ("pk_test_",)),
    ):
        if "_live_" in key:
            raise SandboxError(f"{name} is a live key; the sandbox takes test keys only")
        if _STAND_IN_MARK in key:
            raise SandboxError(f"{name} is a key of the stand-in and means nothing to Stripe; unset it")
        if not key.startswith(kinds):
            raise SandboxError(f"{name} does not look like a Stripe test key ({kinds[0]}…)")
    return StripeKeys(secret, publishable, environment.get("STRIPE_WEBHOOK_SECRET") or None)


def connect_known(config: SandboxConfig, ssm: Any, keys: StripeKeys | None) -> None:
    """Connect the demo practice, and again whatever was connected to the stand-in before. Safe to repeat.

    The person's own keys go to the demo practice only: they belong to one account.
    """
    connect_practice(config, ssm, DEMO_PRACTICE, keys)
    if keys is None:
        for practice, parameter in _all_kept(ssm).items():
            if practice != DEMO_PRACTICE and _STAND_IN_MARK in parameter["secret_key"]:
                connect_practice(config, ssm, practice, None)


def connect_new(config: SandboxConfig, ssm: Any, practices: Iterable[str]) -> None:
    """Connect those of `practices` to the stand-in that have no keys yet."""
    if config.real_stripe:
        return
    kept = _all_kept(ssm)
    for practice in practices:
        if practice not in kept:
            connect_practice(config, ssm, practice, None)


def connect_practice(config: SandboxConfig, ssm: Any, practice: str, keys: StripeKeys | None) -> None:
    """Keep the keys the practice uses, with a webhook endpoint of its own at the stand-in. Safe to repeat."""
    before = _all_kept(ssm).get(practice, {})
    if keys is not None:
        secrets = [keys.webhook_secret] if keys.webhook_secret else []
        wanted = _parameter(keys.secret_key, keys.publishable_key, secrets)
    else:
        wanted = _stand_in_parameter(config, practice, before)
    if wanted != before:
        name = f"{_FOLDER}/{practice}/stripe"
        ssm.put_parameter(Name=name, Value=json.dumps(wanted), Type="SecureString", Overwrite=True)


def _stand_in_parameter(config: SandboxConfig, practice: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """The stand-in's keys; a new endpoint unless the present one is at this address and its secret known."""
    secret_key = f"sk{_STAND_IN_MARK}{practice}"
    publishable_key = f"pk{_STAND_IN_MARK}{practice}"
    client = stripe.StripeClient(
        secret_key,
        stripe_version=STRIPE_VERSION,
        base_addresses={"api": config.stripe_url},
        max_network_retries=2,
    )
    path = f"/api/webhooks/{practice}/stripe"
    url = f"{config.portal_url}{path}"
    ours = [
        e
        for e in client.v1.webhook_endpoints.list(params={"limit": 100}).data
        if (e.url or "").endswith(path)
    ]
    known = before.get("secret_key") == secret_key and before.get("webhook_secrets")
    if known and [endpoint.url for endpoint in ours] == [url]:
        return dict(before)
    for endpoint in ours:
        client.v1.webhook_endpoints.delete(endpoint.id)
    made = client.v1.webhook_endpoints.create(
        params={"url": url, "enabled_events": ["*"], "api_version": "2026-08-26.dahlia"}
    )
    account = client.v1.accounts.retrieve_current()
    # As `billfold practice connect-stripe` would keep it.
    return {
        "account": account.id,
        "currency": str(account.default_currency).upper(),
        "category": (account.business_profile and account.business_profile.mcc) or "",
        "webhook_endpoint": made.id,
        **_parameter(secret_key, publishable_key, [str(made.secret)]),
    }


def _parameter(secret_key: str, publishable_key: str, webhook_secrets: list[str]) -> dict[str, Any]:
    return {
        "secret_key": secret_key,
        "publishable_key": publishable_key,
        "webhook_secrets": webhook_secrets,
    }


def _all_kept(ssm: Any) -> dict[str, dict[str, Any]]:
    """The Stripe keys kept, by practice."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path=_FOLDER, Recursive=True, WithDecryption=True
    )
    found = [parameter for page in pages for parameter in page["Parameters"]]
    return {p["Name"].split("/")[-2]: json.loads(p["Value"]) for p in found if p["Name"].endswith("/stripe")}
