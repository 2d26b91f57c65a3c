"""Which network address a request comes from."""

import hmac
from collections.abc import Collection

from chalice.app import Request

EDGE_HEADER = "billfold-edge"
_VIEWER_HEADER = "cloudfront-viewer-address"


def address(request: Request, edge_secrets: Collection[str]) -> str:
    """The viewer's IP address as the CDN gives it, else that of whoever connected to the gateway.

    Behind the CDN the gateway sees the CDN's address: limits by it would be shared by strangers. Anybody can
    send the CDN's header to the gateway, so it counts only beside a secret that the CDN adds.
    """
    known = str(request.headers.get(EDGE_HEADER) or "")
    viewer = str(request.headers.get(_VIEWER_HEADER) or "").rpartition(":")[0].strip("[]")  # less the port
    if viewer and any(hmac.compare_digest(known.encode(), secret.encode()) for secret in edge_secrets):
        return viewer
    return str((request.context.get("identity") or {}).get("sourceIp") or "")
