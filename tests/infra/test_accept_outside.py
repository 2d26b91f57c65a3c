"""What `make accept` sees of the web: by a server on this machine."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.accept.outside import Billfold, PlainWeb
from tests.deploy.certificate import write_certificate


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(301 if self.path == "/moved" else 200)
        self.send_header("Location", "https://elsewhere.example/")
        self.send_header("X-Agent", self.headers.get("User-Agent", ""))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as made:
        yield made


def serve(server: ThreadingHTTPServer) -> str:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_address[1]}"


def test_a_page_is_read_as_it_is_and_a_redirect_not_followed(server: ThreadingHTTPServer) -> None:
    host = serve(server)
    page = PlainWeb().get(f"http://{host}/moved", {"User-Agent": "a reader"})
    assert (page.status, page.headers["location"], page.headers["x-agent"]) == (
        301, "https://elsewhere.example/", "a reader",
    )  # fmt: skip
    assert 0 < page.seconds < 15


def test_where_nobody_listens_or_speaks_otherwise_it_is_an_oserror(server: ThreadingHTTPServer) -> None:
    port = server.server_address[1]
    server.server_close()
    for ask in (
        lambda: PlainWeb().get(f"http://127.0.0.1:{port}/"),
        lambda: PlainWeb().accepts(f"127.0.0.1:{port}", "1.2"),
    ):
        with pytest.raises(OSError, match="refused"):
            ask()


def test_it_is_seen_which_tls_is_taken_and_a_wrong_certificate_is_none(
    server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = write_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    host = serve(server)
    assert PlainWeb().accepts(host, "1.2") is False, "nobody has signed it"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert (PlainWeb().accepts(host, "1.2"), PlainWeb().accepts(host, "1.1")) == (True, False)


def test_a_name_that_nobody_has_has_no_address() -> None:
    assert PlainWeb().addresses("nowhere.invalid") == frozenset()
    assert PlainWeb().addresses("localhost") >= {"127.0.0.1"}


def test_a_command_gets_its_file_and_its_status_is_told() -> None:
    status, printed = Billfold(lambda _: {}).run("--version", of="prod")
    assert (status, printed.startswith("billfold ")) == (0, True)
    status, printed = Billfold(lambda _: {"BILLFOLD_TABLE": ""}).run("restore", "FILE", of="prod", file="x")
    assert (status, printed) == (2, "")
