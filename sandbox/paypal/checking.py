"""Holds requests to the published schemas, or refuses naming the place."""

import json
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

from sandbox.paypal import schema
from sandbox.paypal.errors import Refused, refuse
from sandbox.standin.exchange import Json, Request

JSON = "application/json"
REQUEST_ID = "PayPal-Request-Id"


def body_of(operation: schema.Operation, request: Request) -> Any:
    """The body of a POST, {} when it is empty. Error: content_type_unsupported, body_not_json, field_…."""
    validator = schema.body_validator(operation)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if request.method == "POST" and content_type != JSON:
        raise refuse("content_type_unsupported", content_type=content_type or "nothing")
    if validator is None or not request.body:
        return {}
    try:
        value = json.loads(request.body)
    except ValueError:
        raise refuse("body_not_json") from None
    _hold(validator, value)
    return value


def query_of(operation: schema.Operation, request: Request) -> Json:
    """The query of a request, numbers as numbers. Error: field_…."""
    known = schema.parameters(operation, "query")
    found: Json = dict(parse_qsl(request.query.decode("latin-1"), keep_blank_values=True))
    for name, text in found.items():
        if known.get(name, {}).get("schema", {}).get("type") == "integer" and text.isdigit():
            found[name] = int(text)
    _hold(schema.parameter_validator(operation, "query"), found)
    return found


def check_headers(operation: schema.Operation, request: Request) -> None:
    """Those that are published for the operation. Error: field_…."""
    names = schema.parameters(operation, "header")
    found = {name: request.headers[name.lower()] for name in names if name.lower() in request.headers}
    _hold(schema.parameter_validator(operation, "header"), found)


def _hold(validator: jsonschema_rs.Draft202012Validator, value: Any) -> None:
    error = next(iter(validator.iter_errors(value)), None)
    if error is not None:
        raise _refused(error)


def _refused(error: jsonschema_rs.ValidationError) -> Refused:
    field = "/" + "/".join(map(str, error.instance_path))
    match str(error.schema_path[-1]):
        case "required":
            return refuse("field_missing", field=field)
        case "additionalProperties":
            return refuse("field_unknown", field=field)
        case "minLength" | "maxLength":
            return refuse("field_length", field=field)
        case "minItems":
            return refuse("array_short", field=field)
        case "maxItems":
            return refuse("array_long", field=field)
        case "pattern" | "type":
            return refuse("field_syntax", field=field)
        case _:
            return refuse("field_value", field=field)
