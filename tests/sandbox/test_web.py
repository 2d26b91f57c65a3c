"""Portal and API on one origin, over a real socket: what the CDN and API Gateway would do."""

import http.client
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Chalice, Response

from infra.headers import load_headers
from sandbox.server import MAX_BODY_BYTES, make_server
from sandbox.web import make_application

STAND_IN = "http://127.0.0.1:8002"
PDF = b"%PDF-1.7\n\xff\xfe"


def tiny_app() -> Chalice:
    app = Chalice(app_name="tiny")
    app.api.binary_types.append("application/pdf")

    @app.route("/hello")
    def hello() -> dict[str, str]:
        request = app.current_request
        assert request is not None
        query: Any = request.query_params or {}
        return {"query": query.get("q", ""), "cookie": request.headers.get("cookie", "")}

    @app.route("/echo", methods=["POST"], content_types=["application/octet-stream", "text/plain"])
    def echo() -> Any:
        request = app.current_request
        assert request is not None
        assert isinstance(request.raw_body, bytes)
        return Response(request.raw_body.decode("utf-8"), headers={"Content-Type": "text/plain"})

    @app.route("/cookies")
    def cookies() -> Any:
        return Response("", status_code=204, headers={"Set-Cookie": ["a=1; HttpOnly", "b=2"]})

    @app.route("/pdf")
    def pdf() -> Any:
        return Response(PDF, headers={"Content-Type": "application/pdf", "X-Frame-Options": "SAMEORIGIN"})

    @app.route("/raises")
    def raises() -> None:
        raise RuntimeError("a mistake")

    return app


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    files: Path = tmp_path_factory.mktemp("dist")
    (files / "index.html").write_text("<!doctype html>")
    with make_server(0, make_application(tiny_app(), files, STAND_IN)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    yield connection
    connection.close()


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request(method, path, body, {n.replace("_", "-"): v for n, v in headers.items()})
    response = connection.getresponse()
    return response, response.read()


def test_the_api_is_reached_without_its_prefix(connection: http.client.HTTPConnection) -> None:
    response, body = ask(connection, "GET", "/api/hello?q=a%20b", Cookie="s=1")
    assert response.status == 200
    assert body == b'{"query":"a b","cookie":"s=1"}'


def test_every_api_answer_carries_every_security_header_once(connection: http.client.HTTPConnection) -> None:
    for path in ("/api/hello", "/api/pdf", "/api/raises", "/api/no-such-route", "/api"):
        response, _ = ask(connection, "GET", path, Accept="application/pdf")
        for name, value in load_headers(STAND_IN).api.items():
            assert response.headers.get_all(name) == [value], (path, name)


def test_an_address_that_only_looks_like_the_api_is_a_page(connection: http.client.HTTPConnection) -> None:
    response, body = ask(connection, "GET", "/apiary")
    assert (response.status, body) == (200, b"<!doctype html>")


def test_issue_9_9_security_txt_is_served_and_holds_for_less_than_a_year(
    connection: http.client.HTTPConnection,
) -> None:
    response, body = ask(connection, "GET", "/.well-known/security.txt")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    fields = dict(line.split(": ", 1) for line in body.decode().splitlines())
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=300) < left < timedelta(days=365), fields["Expires"]
    assert fields["Contact"] == "mailto:security@billfold.example"
    assert [response.headers[name] for name in load_headers(STAND_IN).pages] == list(
        load_headers(STAND_IN).pages.values()
    )
    assert ask(connection, "HEAD", "/.well-known/security.txt")[0].status == 200
    assert ask(connection, "POST", "/.well-known/security.txt")[0].status == 405


def test_bytes_of_a_document_arrive_unchanged(connection: http.client.HTTPConnection) -> None:
    response, body = ask(connection, "GET", "/api/pdf", Accept="application/pdf")
    assert (response.headers["Content-Type"], body) == ("application/pdf", PDF)


def test_several_cookies_are_set_by_one_answer(connection: http.client.HTTPConnection) -> None:
    response, _ = ask(connection, "GET", "/api/cookies")
    assert response.headers.get_all("Set-Cookie") == ["a=1; HttpOnly", "b=2"]


def test_the_raw_body_reaches_the_function_byte_for_byte(connection: http.client.HTTPConnection) -> None:
    sent = '{"id": "evt_1",\n "name": "José"}'.encode()
    _, body = ask(connection, "POST", "/api/echo", sent, Content_Type="text/plain")
    assert body == sent


def test_head_has_the_headers_and_no_body(connection: http.client.HTTPConnection) -> None:
    response, body = ask(connection, "HEAD", "/")
    assert (response.status, response.headers["Content-Length"], body) == (200, "15", b"")
    assert ask(connection, "GET", "/")[1] == b"<!doctype html>"  # the connection is still in step


def test_a_function_that_raises_is_a_5xx_and_the_next_request_is_served(
    connection: http.client.HTTPConnection,
) -> None:
    assert ask(connection, "GET", "/api/raises")[0].status >= 500
    assert ask(connection, "GET", "/api/hello")[0].status == 200


def test_a_body_larger_than_the_gateways_limit_is_refused_unread(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/api/echo")
    connection.putheader("Content-Length", str(MAX_BODY_BYTES + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_body_of_unknown_length_is_refused(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/api/echo")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()


def test_requests_at_the_same_time_do_not_see_each_other(port: int) -> None:
    wrong: list[bytes] = []

    def caller(number: int) -> None:
        own = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for turn in range(20):
            _, body = ask(own, "GET", f"/api/hello?q={number}-{turn}", Cookie=f"s={number}")
            if body != f'{{"query":"{number}-{turn}","cookie":"s={number}"}}'.encode():
                wrong.append(body)
        own.close()

    threads = [threading.Thread(target=caller, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
