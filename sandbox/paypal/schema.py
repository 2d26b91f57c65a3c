"""PayPal's published OpenAPI documents: what requests may say and what answers must look like.

The documents let unknown fields pass; the stand-in does not. OAuth is in none of them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema_rs

from sandbox.standin.exchange import Json

FOLDER = Path(__file__).parents[2] / "tests" / "contract" / "paypal" / "documents"
DOCUMENTS = (
    "checkout_orders_v2",
    "payments_payment_v2",
    "customer_disputes_v1",
    "notifications_webhooks_v1",
    "reporting_transactions_v1",
)
_ADDITIONS = "additions"
# An event is sent back as it came when its signature is asked about.
_AS_ANSWERED = ("#/components/schemas/event",)
_KEPT = ("type", "enum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")


@dataclass(frozen=True)
class Operation:
    """One method of one path; `document` is the name of the file that publishes it."""

    document: str
    method: str
    template: str

    @property
    def published(self) -> Json:
        return cast(Json, read(self.document)["paths"][self.template][self.method.lower()])


@cache
def read(document: str) -> Json:
    """The document as published, with what newer versions of the API add."""
    whole: Json = json.loads((FOLDER / f"{document}.json").read_text())
    added = json.loads((FOLDER / f"{_ADDITIONS}.json").read_text()).get(document, {})
    for name, more in added.items():
        properties = whole["components"]["schemas"][name]["properties"]
        properties |= more.get("properties", {})
        for field, values in more.get("values", {}).items():
            properties[field]["enum"] += values
    return whole


@cache
def operations() -> dict[tuple[str, str], Operation]:
    found = {}
    for document in DOCUMENTS:
        for template, methods in read(document)["paths"].items():
            for method in methods:
                name = method.upper()
                found[name, template] = Operation(document, name, template)
    return found


@cache
def pattern(template: str) -> re.Pattern[str]:
    """The groups are the ids in a path."""
    return re.compile("^" + re.sub(r"\{[^}]+\}", "([^/]+)", template) + r"\Z")


def _target(document: str, node: Json) -> Json:
    """What a $ref leads to, or the node itself."""
    while "$ref" in node:
        found: Any = read(document)
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def strict(document: str, node: Json, *, request: bool) -> Json:
    """A JSON Schema that refuses unknown fields; of a request also those that only answers have."""
    request = request and node.get("$ref") not in _AS_ANSWERED
    node = _target(document, node)
    if "allOf" in node:
        return _merged([strict(document, part, request=request) for part in node["allOf"]])
    plain = {key: node[key] for key in _KEPT if key in node}
    for key in ("anyOf", "oneOf"):
        if key in node:
            plain[key] = [strict(document, part, request=request) for part in node[key]]
    if "items" in node:
        plain["items"] = strict(document, node["items"], request=request)
    if "properties" in node:
        fields = node["properties"].items()
        read_only = {name for name, inner in fields if request and inner.get("readOnly")}
        plain["properties"] = {
            name: strict(document, inner, request=request) for name, inner in fields if name not in read_only
        }
        plain["required"] = [name for name in node.get("required", []) if name not in read_only]
        plain["additionalProperties"] = bool(node.get("additionalProperties", False))
    return plain


def _merged(parts: list[Json]) -> Json:
    """One object with the fields of all parts."""
    whole: Json = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    for part in parts:
        whole["properties"] |= part.get("properties", {})
        whole["required"] += part.get("required", [])
    return whole


@cache
def body_validator(operation: Operation) -> jsonschema_rs.Draft202012Validator | None:
    """None: no JSON is published as its body."""
    body = _target(operation.document, operation.published.get("requestBody", {}))
    content = body.get("content", {}).get("application/json")
    if content is None:
        return None
    return jsonschema_rs.Draft202012Validator(strict(operation.document, content["schema"], request=True))


def parameters(operation: Operation, place: str) -> dict[str, Json]:
    """The parameters of a place (query, header), by name as published."""
    listed = operation.published.get("parameters", [])
    found = [_target(operation.document, each) for each in listed]
    return {each["name"]: each for each in found if each["in"] == place}


@cache
def parameter_validator(operation: Operation, place: str) -> jsonschema_rs.Draft202012Validator:
    """Of the query unknown parameters are refused; of the headers only what is published is looked at."""
    found = parameters(operation, place)
    schemas = {name: strict(operation.document, each["schema"], request=True) for name, each in found.items()}
    required = [name for name, each in found.items() if each.get("required")]
    return jsonschema_rs.Draft202012Validator(
        {"type": "object", "properties": schemas, "required": required, "additionalProperties": False}
    )


@cache
def answer_validator(operation: Operation, status: int) -> jsonschema_rs.Draft202012Validator | None:
    """None: nothing is published about the body of that status."""
    response = operation.published["responses"].get(str(status))
    content = (_target(operation.document, response) if response else {}).get("content")
    if not content:
        return None
    schema = strict(operation.document, content["application/json"]["schema"], request=False)
    return jsonschema_rs.Draft202012Validator(schema)


def answer_faults(operation: Operation, status: int, value: Any) -> list[str]:
    """Where an answer departs from what is published; empty when it does not."""
    if str(status) not in operation.published["responses"]:
        return [f"{operation.method} {operation.template} answers no {status}"]
    validator = answer_validator(operation, status)
    if validator is None:
        return []
    return [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in validator.iter_errors(value)]


@cache
def issues(operation: Operation, status: int) -> dict[str, str]:
    """Every issue published for a status of an operation, with its text."""
    response = operation.published["responses"].get(str(status), {})
    return dict(_issues(operation.document, response))


def _issues(document: str, node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for inner in node:
            yield from _issues(document, inner)
    elif isinstance(node, dict):
        node = _target(document, node)
        named = node.get("properties", {}).get("issue", {}).get("enum", [])
        if named:
            texts = node["properties"].get("description", {}).get("enum", [""])
            yield str(named[0]), str(texts[0])
        for inner in node.values():
            yield from _issues(document, inner)
