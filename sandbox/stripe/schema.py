"""Stripe's published OpenAPI document, subset: what requests may say and what objects must look like."""

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema_rs

from sandbox.stripe.errors import Json

_FOLDER = Path(__file__).parents[2] / "tests" / "contract"
DOCUMENTS = [_FOLDER / "stripe-openapi-subset.json", _FOLDER / "stripe-additions.json"]
FORM = "application/x-www-form-urlencoded"


@cache
def document() -> Json:
    """OpenAPI 3.0 as published (nullable, $ref into #/components/schemas), with what it lacks."""
    whole, more = (cast(Json, json.loads(path.read_text())) for path in DOCUMENTS)
    whole["paths"] |= more["paths"]
    whole["components"]["schemas"] |= more["components"]["schemas"]
    return whole


@cache
def request_schema(method: str, template: str) -> Json:
    """What the body (POST) or the query (GET, DELETE) of an operation may hold, as an object schema."""
    operation = document()["paths"][template][method.lower()]
    if method == "POST":
        return cast(Json, operation["requestBody"]["content"][FORM]["schema"])
    inside = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {p["name"]: p["schema"] for p in inside},
        "required": [p["name"] for p in inside if p.get("required")],
    }


@cache
def blank(name: str) -> Json:
    """Every nullable property of an object, as null, the way Stripe sends them. Not to be changed."""
    properties = document()["components"]["schemas"][name]["properties"]
    return {key: None for key, shape in properties.items() if shape.get("nullable")}


def new(name: str, **values: Any) -> Json:
    """An object of the schema `name`: nulls first, then `values`. Its `object` field is `name`."""
    return copy.deepcopy(blank(name)) | {"object": name} | values


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    schemas = _plain(document()["components"]["schemas"])
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    )


def _plain(node: Any) -> Any:
    """OpenAPI 3.0 to JSON Schema: nullable is spelled out, formats Stripe made up are left out."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(value) for key, value in node.items() if key not in ("nullable", "format")}
    if node.get("nullable") is True:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain


def faults(name: str, value: Json) -> list[str]:
    """Where `value` departs from the schema `name`; empty when it does not. Unknown fields are faults."""
    known = document()["components"]["schemas"][name]["properties"]
    unknown = [f"{name}.{key} is not in the schema" for key in value if key not in known]
    return unknown + [f"{name}: {error.message}" for error in _validator(name).iter_errors(value)]


def schema_name(value: Json) -> str:
    """The schema an object is to be held to, by its `object` and `deleted` fields."""
    name = str(value["object"])
    return f"deleted_{name}" if value.get("deleted") else name


def templates() -> dict[str, re.Pattern[str]]:
    """Each path of the document with a pattern whose groups are the ids in it."""
    return {
        path: re.compile("^" + re.sub(r"\{[^}]+\}", "([^/]+)", path) + r"\Z") for path in document()["paths"]
    }
