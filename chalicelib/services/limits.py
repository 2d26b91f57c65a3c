"""How often something may be asked for, by whom, in a window of time."""

import ipaddress
from dataclasses import dataclass

from chalicelib.domain.errors import Refused
from chalicelib.services.ports import Access, Keys

_V6_NETWORK_BITS = 64  # what one subscriber is given; single addresses of it cost nothing


@dataclass(frozen=True, slots=True)
class Limit:
    """`uses` in each window; windows begin at multiples of `window_seconds`."""

    name: str
    uses: int
    window_seconds: int


def spend(limit: Limit, subject: str, *, practice: str, access: Access, keys: Keys, now_seconds: int) -> None:
    """Count one use by `subject`, which is kept as a keyed hash only.

    Error: Refused too_many_requests, with `retry_after_seconds`.
    """
    key = keys.keyed_hash("limit", f"{limit.name}/{subject}")
    window_seconds = limit.window_seconds
    if not access.allow(practice, key, limit=limit.uses, window_seconds=window_seconds, now=now_seconds):
        retry_after_seconds = window_seconds - now_seconds % window_seconds
        raise Refused("too_many_requests", retry_after_seconds=retry_after_seconds)


def network_of(ip: str) -> str:
    """Whom an IP address stands for: itself, or its /64 for IPv6. Other text stands for itself."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _V6_NETWORK_BITS), strict=False))
