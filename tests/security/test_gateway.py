"""What answers before any route does: problems there, too; no other origin or host is let in."""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from chalice.app import Chalice

from chalicelib.entrypoints.http.problems import problem
from infra.table import load_template
from sandbox.config import ROOT
from sandbox.gateway import NO_SUCH_ROUTE
from sandbox.server import make_server
from sandbox.web import make_application

TEMPLATE = load_template(ROOT / "infra" / "app.yaml")
API, PARAMETERS = TEMPLATE["Resources"]["RestAPI"]["Properties"], TEMPLATE["Parameters"]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    files: Path = tmp_path_factory.mktemp("dist")
    (files / "index.html").write_text("<!doctype html>")
    app = Chalice(app_name="tiny")
    app.route("/hello")(lambda: {"hello": "you"})
    echo = app.route("/echo", methods=["POST", "PUT"], content_types=[])
    echo(lambda: {"body": bytes(app.current_request.raw_body).hex()})  # type: ignore[union-attr, arg-type]
    with make_server(0, make_application(app, files, None)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def ask(port: int, method: str, target: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, target, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize("kind", API["GatewayResponses"])
def test_the_gateways_own_refusals_are_problems_that_the_api_knows(kind: str) -> None:
    answer = API["GatewayResponses"][kind]
    body = answer["ResponseTemplates"]["application/json"]
    status = int(answer["StatusCode"])
    assert body.encode() == msgspec.json.encode(problem(json.loads(body)["code"], status, "en"))
    assert answer["ResponseParameters"]["Headers"]["Content-Type"] == "'application/problem+json'"


def test_the_gateway_throttles_and_logs_no_bodies() -> None:
    """What a class of routes has of its own limits takes nothing of this from it."""
    classes = API["MethodSettings"]
    assert [each for each in classes if (each["ResourcePath"], each["HttpMethod"]) == ("/*", "*")]
    for each in classes:
        rate, burst = (PARAMETERS[each[f"Throttling{of}Limit"]["Ref"]]["Default"] for of in ("Rate", "Burst"))
        assert 0 < rate <= burst <= 1000
        assert each["DataTraceEnabled"] is False


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/api/nothing"), ("GET", "/api"), ("POST", "/api/hello"), ("PUT", "/api/hello"),
        ("DELETE", "/api/hello"), ("OPTIONS", "/api/hello"), ("OPTIONS", "/api/nothing"), ("GET", "/api//["),
    ],
)  # fmt: skip
def test_no_such_route_or_method_is_404_and_lets_no_origin_in(port: int, method: str, target: str) -> None:
    status, headers, body = ask(
        port, method, target, Origin=f"http://127.0.0.1:{port}", Access_Control_Request_Method="GET",
        Authorization="Basic YTpi",
    )  # fmt: skip
    assert (status, body) == (404, NO_SUCH_ROUTE["body"])
    assert headers["content-type"] == "application/problem+json"
    assert not [name for name in headers if name.startswith("access-control")]
    assert "allow" not in headers


def test_head_of_the_api_says_no_more_than_get_of_nothing(port: int) -> None:
    status, _, body = ask(port, "HEAD", "/api/hello")
    assert (status, body) == (404, b"")


def send(port: int, body: bytes, *media_types: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/api/echo")
    for media_type in media_types:
        connection.putheader("Content-Type", media_type)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    got = answer.status, bytes.fromhex(json.loads(answer.read())["body"])
    connection.close()
    return got


@pytest.mark.parametrize("body", [b"", b"abc", b"\xff\xfe\x00", "é".encode()])
def test_a_body_of_any_type_reaches_the_app_as_the_cloud_hands_it_over(port: int, body: bytes) -> None:
    """Issue 9, number 7: a text under a binary type was a 502. As text, what is no UTF-8 is replaced."""
    for binary in (*Chalice("any").api.binary_types, "image/png; name=a", "IMAGE/PNG"):
        assert send(port, body, binary) == (200, body), binary
    text = body.decode("utf-8", "replace").encode()
    for media_types in (
        ["text/plain"],
        ["multipart/form-data; boundary=a"],
        ["/"],
        [""],
        ["é"],
        [],
        ["a", "b"],
    ):
        assert send(port, body, *media_types) == (200, text), media_types


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "<script>"])
def test_other_methods_are_refused_without_an_echo(port: int, method: str) -> None:
    status, headers, body = ask(port, method, "/api/hello", Cookie="billfold=fern.secret")
    assert (status, body) == (501, b"501\n")
    assert headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("localhost:8000", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200),
        ("evil.example", 421), ("evil.example:8000", 421), ("localhost.evil.example", 421), ("", 421),
    ],
)  # fmt: skip
def test_only_this_machines_names_are_answered(port: int, host: str, status: int) -> None:
    """A foreign site whose name was made to lead here is in the browser's eyes the origin it reads from."""
    assert ask(port, "GET", "/", Host=host)[0] == status
    assert ask(port, "GET", "/api/hello", Host=host)[0] == status


@pytest.mark.parametrize("target", ["/", "/api/hello", "/api/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_another_sites_page_is_refused_before_anything_is_read(port: int, method: str, target: str) -> None:
    """Stricter than the cloud, where the API refuses writes alone: this machine is not a public address."""
    status, headers, _ = ask(port, method, target, Origin="https://evil.example")
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize("target", ["//[", "/" + "x" * 5000, "//evil.example/%2e%2e", "/%00", "*"])
def test_odd_addresses_are_answered_and_the_server_lives(port: int, target: str) -> None:
    status, headers, _ = ask(port, "GET", target)
    assert status in (200, 404)
    assert "location" not in headers
    assert ask(port, "GET", "/")[0] == 200
