"""PayPal's published documents, read apart from the stand-in's own reading of them."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.contract.harness import Json

FOLDER = Path(__file__).parent / "documents"
DOCUMENTS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*_v[0-9].json"))}
ADDITIONS = json.loads((FOLDER / "additions.json").read_text())


def _added(name: str, document: Json) -> None:
    """What newer versions of the API have joins the schemas."""
    for schema, more in ADDITIONS.get(name, {}).items():
        properties = document["components"]["schemas"][schema]["properties"]
        properties.update(more.get("properties", {}))
        for field, values in more.get("values", {}).items():
            properties[field]["enum"].extend(values)


for _name, _document in DOCUMENTS.items():
    _added(_name, _document)


def operation(method: str, path: str) -> tuple[str, Json]:
    """(document, operation) of a request. Raises KeyError for one that is in no document."""
    bare = path.partition("?")[0]
    for name, document in DOCUMENTS.items():
        for template, methods in document["paths"].items():
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
            if re.fullmatch(pattern, bare) and method.lower() in methods:
                return name, methods[method.lower()]
    raise KeyError(f"{method} {bare}")


def _followed(name: str, node: Json) -> Json:
    while "$ref" in node:
        found: Any = DOCUMENTS[name]
        for step in node["$ref"].split("/")[1:]:
            found = found[step]
        node = found
    return node


@cache
def _answer_schema(method: str, bare: str, status: int) -> tuple[str, Json] | None:
    """(document, schema) of an answer; None: it has no body."""
    name, found = operation(method, bare)
    response = _followed(name, found["responses"].get(str(status), found["responses"]["default"]))
    content = response.get("content", {}).get("application/json")
    return None if content is None else (name, content["schema"])


@cache
def _validator(name: str, schema: str) -> jsonschema_rs.Draft4Validator:
    whole = {"allOf": [json.loads(schema)], "components": DOCUMENTS[name]["components"]}
    return jsonschema_rs.Draft4Validator(whole)


def _faults(name: str, schema: Json, value: Any) -> list[str]:
    """Where a value departs from a schema as published, and its fields that are published nowhere in it."""
    errors = [error.message for error in _validator(name, json.dumps(schema)).iter_errors(value)]
    return errors + [f"{place} is published nowhere" for place in _unknown(name, schema, value, "")]


def answer_faults(method: str, path: str, status: int, body: Any) -> list[str]:
    """Of an answer to a request."""
    found = _answer_schema(method, path.partition("?")[0], status)
    return [] if found is None else _faults(*found, body)


def request_faults(method: str, path: str, body: Any) -> list[str]:
    """Of a request's body."""
    name, found = operation(method, path)
    content = _followed(name, found.get("requestBody", {})).get("content", {}).get("application/json")
    return [] if content is None else _faults(name, content["schema"], body)


def _unknown(name: str, schema: Json, value: Any, place: str) -> list[str]:
    """The places of fields that no part of the schema names."""
    parts = _parts(name, schema)
    if isinstance(value, list):
        items = [part["items"] for part in parts if "items" in part]
        inner = {"allOf": items}
        return [each for i, item in enumerate(value) for each in _unknown(name, inner, item, f"{place}/{i}")]
    if not isinstance(value, dict) or any(part.get("additionalProperties") for part in parts):
        return []
    found = []
    for field, item in value.items():
        named = [part["properties"][field] for part in parts if field in part.get("properties", {})]
        here = f"{place}/{field}"
        found += _unknown(name, {"allOf": named}, item, here) if named else [here]
    return found


def _parts(name: str, schema: Json) -> list[Json]:
    """The schema and all that it is made of."""
    schema = _followed(name, schema)
    inner = [*schema.get("allOf", []), *schema.get("anyOf", []), *schema.get("oneOf", [])]
    return [schema, *(part for each in inner for part in _parts(name, each))]
