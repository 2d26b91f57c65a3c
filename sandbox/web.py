"""Portal and API on one origin, as the CDN gives them: `python -m sandbox.web --port 8000`.

`/api/*` goes to the Chalice app with the prefix taken off; everything else is the portal's built files,
and the security.txt that `make deploy` puts beside them.
"""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from chalice.app import Chalice

from infra.headers import load_headers
from infra.security_txt import ADDRESS, CONTENT_TYPE, SecurityContact, security_txt
from sandbox.config import ROOT
from sandbox.gateway import ApiGateway, is_api_path
from sandbox.logs import log_to_stderr
from sandbox.server import Application, Reply, Request, serve
from sandbox.static import StaticSite

PORTAL_FILES = ROOT / "portal" / "dist"
_CONTACT = SecurityContact("security@billfold.example")  # nobody's, as all addresses of a sandbox


def make_application(app: Chalice, portal_files: Path, stand_in_origin: str | None) -> Application:
    """Everything behind the portal's origin."""
    headers = load_headers(stand_in_origin)
    api = ApiGateway(app, headers.api)
    pages = StaticSite(portal_files, headers.pages)

    def answer(request: Request) -> Reply:
        if request.path == f"/{ADDRESS}" and request.method in ("GET", "HEAD"):
            return _contact(tuple(headers.pages.items()))
        return api(request) if is_api_path(request.path) else pages(request)

    return answer


def _contact(headers: tuple[tuple[str, str], ...]) -> Reply:
    text = security_txt(_CONTACT, public_url="http://localhost", today=datetime.now(UTC).date())
    sent = (("Content-Type", CONTENT_TYPE), ("Cache-Control", "no-cache"), *headers)
    return Reply(200, sent, text.encode())


def stand_in_origin() -> str | None:
    """The Stripe stand-in's origin, from what the app is told; None when the app talks to Stripe."""
    url = os.environ.get("BILLFOLD_STRIPE_JS_URL")
    return "{0.scheme}://{0.netloc}".format(urlsplit(url)) if url else None


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.web")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    log_to_stderr()
    from app import app  # reads its settings from the environment when imported

    serve(options.port, make_application(app, PORTAL_FILES, stand_in_origin()))


if __name__ == "__main__":
    main()
