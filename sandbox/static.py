"""The portal's built files, as the CDN serves them: one page for every address, assets kept for ever."""

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from sandbox.server import Reply, Request, text_reply

# Vite puts a hash of the content into these names.
_HASHED_FOLDER = "assets"
_KEEP_FOREVER = "public, max-age=31536000, immutable"
_ASK_EVERY_TIME = "no-cache"
_LONGEST_ADDRESS = 255  # file systems refuse to look for longer names


class StaticSite:
    """Files below `root`; addresses without a dot in their last part are pages of the one-page app."""

    def __init__(self, root: Path, headers: Mapping[str, str]) -> None:
        self._root = root.resolve()
        self._headers = tuple(headers.items())

    def __call__(self, request: Request) -> Reply:
        """Answer a request for a page or file."""
        if request.method not in ("GET", "HEAD"):
            return text_reply(405, "Method not allowed", ("Allow", "GET, HEAD"), *self._headers)
        if not (self._root / "index.html").is_file():
            return text_reply(503, "The portal is not built yet: run `make run`.", *self._headers)
        file = self._find(request.path)
        if file is None:
            return text_reply(404, "Not found", ("Cache-Control", "no-store"), *self._headers)
        return self._send(file, request.headers.get("If-None-Match"))

    def _find(self, path: str) -> Path | None:
        """The file for an address, or None. Nothing outside the root, whatever the address or a link says."""
        wanted = unquote(path)
        if "\0" in wanted or "\\" in wanted:
            return None
        candidate = (self._root / wanted.lstrip("/")).resolve()
        if not candidate.is_relative_to(self._root) or len(wanted) > _LONGEST_ADDRESS:
            return None
        if candidate.is_file():
            return candidate
        is_page = "." not in wanted.rpartition("/")[2]
        return self._root / "index.html" if is_page else None

    def _send(self, file: Path, known_tag: str | None) -> Reply:
        body = file.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        hashed = file.relative_to(self._root).parts[0] == _HASHED_FOLDER
        headers = (
            ("Content-Type", _content_type(file)),
            ("Cache-Control", _KEEP_FOREVER if hashed else _ASK_EVERY_TIME),
            ("ETag", tag),
            *self._headers,
        )
        if known_tag is not None and tag in (t.strip().removeprefix("W/") for t in known_tag.split(",")):
            return Reply(304, headers)
        return Reply(200, headers, body)


def _content_type(file: Path) -> str:
    if file.suffix == ".webmanifest":
        return "application/manifest+json"
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in ("application/javascript", "application/json", "image/svg+xml"):
        return f"{kind}; charset=utf-8"
    return kind
