"""The portal's built files, as the CDN serves them: one page for every address but that of a public page,
assets kept for ever."""

import functools
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

from sandbox.server import Reply, Request, text_reply

# Vite puts a hash of the content into these names.
_HASHED_FOLDER = "assets"
_KEEP_FOREVER = "public, max-age=31536000, immutable"
_ASK_EVERY_TIME = "no-cache"
# What a CDN compresses, by its own word: files of these sizes and kinds, for browsers that take it.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
_COMPRESSED_BYTES = range(1_000, 10_000_001)
_COMPRESSED_KINDS = (
    "text/",
    "application/javascript",
    "application/json",
    "image/svg+xml",
    "image/vnd.microsoft.icon",
)
# The only page that search engines may keep; as infra/site.yaml has it.
_PUBLIC_PAGE = re.compile(r"/[^/]+/pay-online/?")
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
        return self._send(file, request.headers)

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
        if _PUBLIC_PAGE.fullmatch(wanted):
            return self._root / "pay-online.html"
        is_page = "." not in wanted.rpartition("/")[2]
        return self._root / "index.html" if is_page else None

    def _send(self, file: Path, asked: "Message[str, str]") -> Reply:
        body = file.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        hashed = file.relative_to(self._root).parts[0] == _HASHED_FOLDER
        kind = _content_type(file)
        headers = [
            ("Content-Type", kind),
            ("Cache-Control", _KEEP_FOREVER if hashed else _ASK_EVERY_TIME),
            *self._headers,
        ]
        if kind.startswith(_COMPRESSED_KINDS) and len(body) in _COMPRESSED_BYTES:
            headers.append(("Vary", "Accept-Encoding"))
            if _takes_gzip(asked.get("Accept-Encoding", "")):
                body = _compressed(body)
                tag = f"W/{tag}"  # the same words, but not the same bytes
                headers.append(("Content-Encoding", "gzip"))
        headers.append(("ETag", tag))
        known = asked.get("If-None-Match")
        if known is not None and _strong(tag) in (_strong(each) for each in known.split(",")):
            return Reply(304, tuple(headers))
        return Reply(200, tuple(headers), body)


@functools.lru_cache(maxsize=64)
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip, and not by `q=0` to refuse it."""
    for each in accepted.lower().split(","):
        name, _, quality = each.replace(" ", "").partition(";q=")
        if name == "gzip":
            return quality.rstrip("0") not in ("0.", "") if quality else True
    return False


def _strong(tag: str) -> str:
    return tag.strip().removeprefix("W/")


def _content_type(file: Path) -> str:
    if file.suffix == ".webmanifest":
        return "application/manifest+json"
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in ("application/javascript", "application/json", "image/svg+xml"):
        return f"{kind}; charset=utf-8"
    return kind
