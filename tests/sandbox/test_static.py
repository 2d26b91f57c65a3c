"""The portal's files: one page for every address, nothing outside the folder, right headers and caching."""

import gzip
from email.message import Message
from pathlib import Path

import pytest

from infra.headers import load_headers
from sandbox.server import Reply, Request
from sandbox.static import StaticSite

HEADERS = load_headers("http://127.0.0.1:8002").pages
PAGE = b"<!doctype html><title>Billfold</title>"
PUBLIC_PAGE = b"<!doctype html><title>Pay Your Bill Online</title>"


@pytest.fixture
def site(tmp_path: Path) -> StaticSite:
    (tmp_path / "secret.txt").write_text("not the portal's")
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_bytes(PAGE)
    (root / "pay-online.html").write_bytes(PUBLIC_PAGE)
    (root / "assets" / "main-1a2b.js").write_text("export {}")
    (root / "icon.svg").write_text("<svg/>")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    return StaticSite(root, HEADERS)


def ask(site: StaticSite, target: str, method: str = "GET", **headers: str) -> Reply:
    message: Message[str, str] = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return site(Request(method, target, message))


def header(reply: Reply, name: str) -> list[str]:
    return [value for sent, value in reply.headers if sent.lower() == name.lower()]


@pytest.mark.parametrize("target", ["/", "/billing", "/pay/result/", "/history?from=2026-01-01", "/a/b/c"])
def test_every_page_address_gets_the_one_page(site: StaticSite, target: str) -> None:
    reply = ask(site, target)
    assert (reply.status, reply.body) == (200, PAGE)
    assert header(reply, "Content-Type") == ["text/html; charset=utf-8"]
    assert header(reply, "Cache-Control") == ["no-cache"]


@pytest.mark.parametrize("target", ["/willow/pay-online", "/willow/pay-online/", "/willow/pay-online?x=1"])
def test_g3_a_practices_public_page_has_a_file_of_its_own(site: StaticSite, target: str) -> None:
    reply = ask(site, target)
    assert (reply.status, reply.body) == (200, PUBLIC_PAGE)
    assert ask(site, "/pay-online").body == ask(site, "/willow/pay-online/more").body == PAGE


def test_assets_may_be_kept_for_ever(site: StaticSite) -> None:
    reply = ask(site, "/assets/main-1a2b.js")
    assert header(reply, "Cache-Control") == ["public, max-age=31536000, immutable"]
    assert header(reply, "Content-Type")[0].startswith(("text/javascript", "application/javascript"))


def test_a_missing_file_is_not_answered_with_the_page(site: StaticSite) -> None:
    assert ask(site, "/assets/gone-9z.js").status == 404
    assert ask(site, "/favicon.ico").status == 404


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "//etc/hosts.txt",
        "/..\\secret.txt",
        "/%5c..%5csecret.txt",
        "/secret.txt%00.js",
        "/link.txt",
    ],
)
def test_nothing_outside_the_folder_is_served(site: StaticSite, target: str) -> None:
    reply = ask(site, target)
    assert reply.status == 404
    assert b"not the portal" not in reply.body


@pytest.mark.parametrize("target", ["/", "/icon.svg", "/missing.js"])
def test_every_answer_carries_every_security_header_once(site: StaticSite, target: str) -> None:
    reply = ask(site, target)
    for name, value in HEADERS.items():
        assert header(reply, name) == [value]


def test_a_browser_that_has_the_file_gets_304(site: StaticSite) -> None:
    first = ask(site, "/icon.svg")
    [tag] = header(first, "ETag")
    again = ask(site, "/icon.svg", If_None_Match=f'"other", W/{tag}')
    assert (again.status, again.body) == (304, b"")
    assert header(again, "ETag") == [tag]
    assert ask(site, "/icon.svg", If_None_Match='"other"').status == 200


SCRIPT = b"export const words = 'one and the same';\n" * 60


def test_issue_10_files_are_compressed_as_the_cdn_does(site: StaticSite, tmp_path: Path) -> None:
    """By kind and size, for browsers that take it; the tag then says that the bytes are not the file's."""
    assets = tmp_path / "dist" / "assets"
    (assets / "main-2b3c.js").write_bytes(SCRIPT)
    (assets / "photo-4d.png").write_bytes(SCRIPT)
    plain = ask(site, "/assets/main-2b3c.js")
    packed = ask(site, "/assets/main-2b3c.js", Accept_Encoding="br, gzip;q=0.8")
    assert header(packed, "Content-Encoding") == ["gzip"]
    assert gzip.decompress(packed.body) == SCRIPT == plain.body
    assert len(packed.body) < len(SCRIPT) / 4
    assert header(packed, "ETag") == [f"W/{header(plain, 'ETag')[0]}"]
    assert header(packed, "Vary") == header(plain, "Vary") == ["Accept-Encoding"]
    known = header(packed, "ETag")[0]
    assert ask(site, "/assets/main-2b3c.js", Accept_Encoding="gzip", If_None_Match=known).status == 304
    for target, accepted in (
        ("/assets/main-2b3c.js", "gzip;q=0"),
        ("/assets/main-2b3c.js", "br"),
        ("/assets/photo-4d.png", "gzip"),
        ("/", "gzip"),  # too small to gain
    ):
        assert header(ask(site, target, Accept_Encoding=accepted), "Content-Encoding") == []


def test_an_icon_is_sent_as_one(site: StaticSite, tmp_path: Path) -> None:
    (tmp_path / "dist" / "favicon.ico").write_bytes(b"\0")
    assert header(ask(site, "/favicon.ico"), "Content-Type") == ["image/vnd.microsoft.icon"]


def test_only_get_and_head_are_for_files(site: StaticSite) -> None:
    reply = ask(site, "/", "POST")
    assert reply.status == 405
    assert header(reply, "Allow") == ["GET, HEAD"]


def test_an_unbuilt_portal_says_what_to_do(tmp_path: Path) -> None:
    reply = ask(StaticSite(tmp_path, HEADERS), "/")
    assert reply.status == 503
    assert b"make run" in reply.body
