"""Where PayPal is: the live one, its sandbox, or the stand-in; and who signs its events there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LIVE_BASE, SANDBOX_BASE = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
_CERTIFICATE = re.compile(r"/v1/notifications/certs/[A-Za-z0-9._-]{1,200}")


@dataclass(frozen=True, slots=True)
class Environment:
    """`certificates`: the origins that a certificate is fetched from; `signer`: the name that it is for.
    `authority`: the certificate, as PEM, that all others there rest on; "": those that the web trusts."""

    base: str
    certificates: frozenset[str]
    signer: str
    authority: str = ""

    def may_fetch(self, url: str) -> bool:
        """Whether a certificate is to be had there. The address comes from whoever sends the message."""
        return any(
            url.startswith(origin) and _CERTIFICATE.fullmatch(url[len(origin) :])
            for origin in self.certificates
        )


LIVE = Environment(
    LIVE_BASE,
    frozenset({"https://api.paypal.com", LIVE_BASE}),
    "messageverificationcerts.paypal.com",
)
SANDBOX = Environment(
    SANDBOX_BASE,
    frozenset({"https://api.sandbox.paypal.com", SANDBOX_BASE}),
    "messageverificationcerts.sandbox.paypal.com",
)


def stand_in(base: str, authority: str) -> Environment:
    return Environment(base, frozenset({base}), SANDBOX.signer, authority)


def environment_of(credentials: Mapping[str, Any], stand_in_base: str) -> Environment:
    """Where a practice's keys are taken. Only the stand-in has an authority of its own."""
    if stand_in_base:
        return stand_in(stand_in_base, credentials.get("authority", ""))
    return LIVE if credentials.get("live", True) else SANDBOX
