"""The security headers of every response, from headers.json: one list for the CDN and the sandbox.

The processor's hosts in the Content-Security-Policy are those Stripe publishes for Stripe.js
(https://docs.stripe.com/security/guide#content-security-policy), without Google Maps, which only the
address field needs.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HEADERS_FILE = Path(__file__).with_name("headers.json")

_PolicyText = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class SecurityHeaders:
    """Header name → value, for the portal's pages and for the API's answers.

    Of a practice's profile the API itself says whether it may be kept: `profile` is without that.
    """

    pages: Mapping[str, str]
    api: Mapping[str, str]

    @property
    def profile(self) -> Mapping[str, str]:
        return {name: value for name, value in self.api.items() if name != "Cache-Control"}


def load_headers(stand_in_origin: str | None = None) -> SecurityHeaders:
    """The headers as they are sent; `stand_in_origin`, where given, replaces the processor's hosts."""
    groups = json.loads(HEADERS_FILE.read_text(encoding="utf-8"))
    return SecurityHeaders(
        pages=_rendered(groups["pages"], stand_in_origin),
        api=_rendered(groups["api"], stand_in_origin),
    )


def _rendered(group: Mapping[str, str | _PolicyText], stand_in_origin: str | None) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else _policy(value, stand_in_origin)
        for name, value in group.items()
    }


def _policy(directives: _PolicyText, stand_in_origin: str | None) -> str:
    return "; ".join(
        f"{name} {' '.join(_sources(sources, stand_in_origin))}" for name, sources in directives.items()
    )


def _sources(sources: Sequence[str], stand_in_origin: str | None) -> list[str]:
    """The sources of one directive, each once; every remote host becomes the stand-in's, if any."""
    if stand_in_origin is None:
        return list(sources)
    return list(dict.fromkeys(stand_in_origin if s.startswith("https://") else s for s in sources))
