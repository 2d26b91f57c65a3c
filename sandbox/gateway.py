"""The API behind /api, as CDN and API Gateway pass it on: the Chalice app, called in this process."""

import base64
import traceback
from collections.abc import Mapping
from email.message import Message
from typing import Any

import msgspec
from chalice.app import Chalice
from chalice.config import Config
from chalice.local import CustomLocalChalice, LocalChalice, LocalGateway, LocalGatewayException

from chalicelib.entrypoints.http.problems import problem
from sandbox.server import Reply, Request

PREFIX = "/api"
PROFILES = f"{PREFIX}/practices/"  # whether these may be kept is the app's own to say, as in infra/site.yaml
# As infra/app.yaml has the gateway answer.
NO_SUCH_ROUTE: Mapping[str, Any] = {
    "statusCode": 404,
    "headers": {"Content-Type": "application/problem+json"},
    "body": msgspec.json.encode(problem("route_not_found", 404, "en")),
}


def is_api_path(path: str) -> bool:
    """Whether an address belongs to the API rather than to the portal."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


class ApiGateway:
    """Calls the app with events as API Gateway makes them. `headers` are set on every answer."""

    def __init__(self, app: Chalice, headers: Mapping[str, str], function_timeout_seconds: int = 30) -> None:
        _keep_requests_apart(app)
        config = Config(user_provided_params={"lambda_timeout": function_timeout_seconds})
        self._gateway = LocalGateway(app, config)
        self._headers = headers
        self._binary_types = frozenset(app.api.binary_types)

    def __call__(self, request: Request) -> Reply:
        """Answer one request to /api/…"""
        if request.method == "OPTIONS":
            return self._reply(request, NO_SUCH_ROUTE)  # no route declares it, and no other origin is let in
        try:
            answer: Mapping[str, Any] = self._gateway.handle_request(
                method=request.method,
                path=request.target.removeprefix(PREFIX) if request.path != PREFIX else "/",
                headers=_joined(request.headers),
                body=_as_gateway_sends(request.body, binary=self._is_binary(request)),  # type: ignore[arg-type]
            )
        except LocalGatewayException:
            answer = NO_SUCH_ROUTE
        except Exception:  # as API Gateway: a function that raises is a 502, and the next request is served
            traceback.print_exc()
            answer = {"statusCode": 502, "headers": {}, "body": '{"message": "Internal server error"}'}
        # API Gateway knows no method that a route does not declare.
        return self._reply(request, NO_SUCH_ROUTE if answer["statusCode"] == 405 else answer)

    def _is_binary(self, request: Request) -> bool:
        return request.headers.get_content_type() in self._binary_types

    def _reply(self, request: Request, answer: Mapping[str, Any]) -> Reply:
        headers = self._headers
        if request.path.startswith(PROFILES) and "Cache-Control" in answer["headers"]:
            headers = {name: value for name, value in headers.items() if name != "Cache-Control"}
        ours = {name.lower() for name in headers}
        sent = [(n, str(v)) for n, v in (answer.get("headers") or {}).items() if n.lower() not in ours]
        several = answer.get("multiValueHeaders") or {}
        sent += [(n, str(v)) for n, values in several.items() for v in values if n.lower() not in ours]
        if not any(name.lower() == "content-type" for name, _ in sent):
            sent.append(("Content-Type", "application/json"))
        return Reply(int(answer["statusCode"]), (*sent, *headers.items()), _body(answer))


def _keep_requests_apart(app: Chalice) -> None:
    """Give each thread its own `app.current_request`, as `chalice local` does when it serves threaded."""
    if not isinstance(app, LocalChalice):
        CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
        app.__class__ = CustomLocalChalice


def _joined(headers: "Message[str, str]") -> dict[str, str]:
    """Headers by name; repeated ones joined as HTTP allows (cookies by semicolon)."""
    joined: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        separator = "; " if key == "cookie" else ", "
        joined[key] = f"{joined[key]}{separator}{value}" if key in joined else value
    return joined


def _as_gateway_sends(body: bytes, *, binary: bool) -> bytes | str | None:
    """API Gateway hands a body over as text, what is no UTF-8 replaced, unless its type is a binary one."""
    if not body:
        return None
    return body if binary else body.decode("utf-8", "replace")


def _body(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body") or b""
    if answer.get("isBase64Encoded"):
        return base64.b64decode(body)
    return body if isinstance(body, bytes) else str(body).encode()
