"""OpenAPI 3.1 of the routes that are declared by now."""

import json
import re
from typing import Any

import msgspec

from chalicelib.entrypoints.http import idempotency, schemas
from chalicelib.entrypoints.http.policies import Anyone
from chalicelib.entrypoints.http.problems import status_of_code
from chalicelib.entrypoints.http.runtime import PATH_ID, ROUTES, Route

REF = "#/components/schemas/{name}"
VERSION = "0.1.0"
_PATH_ID = {"type": "string", "pattern": rf"^{PATH_ID.pattern}\Z"}
_HEADERS = {idempotency.HEADER: {"pattern": rf"^{idempotency.KEY.pattern}\Z"}}
_ALWAYS = ("store_busy", "internal_error")
_WRITES = ("media_type", "request_header_missing", "origin_foreign", "body_too_large")
_BODY = ("body_invalid", "field_unknown", "field_missing", "field_invalid")


def document() -> dict[str, Any]:
    """The whole description as plain data, the same for the same routes."""
    types = [t for route in ROUTES for t in (route.body, route.returns) if t is not None]
    _, components = msgspec.json.schema_components([*types, schemas.Problem], ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in sorted(ROUTES, key=lambda r: (r.path, r.method)):
        paths.setdefault(route.path, {})[route.method.lower()] = operation(route)
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "Billfold",
            "version": VERSION,
            "description": "Client billing for therapy practices. Amounts are integer minor units.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-billfold"},
            },
        },
    }
    _spell_ends_as_javascript_does(described)
    return described


def operation(route: Route) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary.split("\n")[0],
        "x-policy": route.policy.name,
        "parameters": _parameters(route),
        "responses": {str(route.status): _success(route), **_problems(route)},
    }
    if route.policy.session:
        described["security"] = [{"session": []}]
    if isinstance(route.policy, Anyone) and route.policy.visitor:
        described["security"] = [{"session": []}, {}]
    if route.body is not None:
        described["requestBody"] = {"required": True, "content": _json(route.body, "application/json")}
    return described


def _parameters(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", route.path)
    in_path = [{"name": n, "in": "path", "required": True, "schema": _PATH_ID} for n in names]
    query = [
        {"name": q.name, "in": "query", "required": q.required, "schema": q.schema, "description": q.summary}
        for q in route.query
    ]
    headers = [
        {"name": n, "in": "header", "required": True, "schema": {"type": "string", **_HEADERS.get(n, {})}}
        for n in route.headers
    ]
    if route.writes_from_our_pages:
        ours = {"type": "string", "enum": ["1"]}
        headers.append({"name": "Billfold-Request", "in": "header", "required": True, "schema": ours})
    return [*in_path, *query, *headers]


def _success(route: Route) -> dict[str, Any]:
    if route.status == 303:
        return {"description": "See Other", "headers": {"Location": {"schema": {"type": "string"}}}}
    if route.returns is None:
        return {"description": "Done"}
    return {"description": "Done", "content": _json(route.returns, "application/json")}


def _problems(route: Route) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in sorted({*route.errors, *_implied(route)}):
        by_status.setdefault(status_of_code(code), []).append(code)
    content = _json(schemas.Problem, "application/problem+json")
    return {
        str(status): {"description": ", ".join(codes), "content": content}
        for status, codes in sorted(by_status.items())
    }


def _implied(route: Route) -> tuple[str, ...]:
    writes = _WRITES if route.writes_from_our_pages else ()
    return (*_ALWAYS, *route.policy.errors, *writes, *(_BODY if route.body is not None else ()))


def _spell_ends_as_javascript_does(part: Any) -> None:
    """JSON Schema's patterns are ECMA-262's: `$` is the end there. Python's stops before a line feed, too."""
    if isinstance(part, dict) and isinstance(part.get("pattern"), str):
        part["pattern"] = part["pattern"].replace(r"\Z", "$")
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _spell_ends_as_javascript_does(inner)


def _json(type_: Any, media_type: str) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([type_], ref_template=REF)
    return {media_type: {"schema": schema}}


def text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
