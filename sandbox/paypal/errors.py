"""Refusals in PayPal's error shape; the table of them is in refusals.py."""

import secrets

from sandbox.paypal import schema
from sandbox.paypal.refusals import REFUSALS
from sandbox.standin.attempts import Refused
from sandbox.standin.exchange import Json, Response, json_response

__all__ = ["Refused", "error_body", "error_response", "refuse", "turned_down"]

NAMES = {
    400: ("INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema."),
    401: (
        "AUTHENTICATION_FAILURE",
        "Authentication failed due to missing authorization header, or invalid authentication credentials.",
    ),
    403: ("NOT_AUTHORIZED", "Authorization failed due to insufficient permissions."),
    404: ("RESOURCE_NOT_FOUND", "The specified resource does not exist."),
    409: ("RESOURCE_CONFLICT", "The server has detected a conflict while processing this request."),
    415: (
        "UNSUPPORTED_MEDIA_TYPE",
        "The server does not support the request payload's media type.",
    ),
    422: (
        "UNPROCESSABLE_ENTITY",
        "The requested action could not be performed, semantically incorrect, or failed business validation.",
    ),
    429: ("RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting."),
    500: ("INTERNAL_SERVER_ERROR", "An internal server error occurred."),
    503: ("SERVICE_UNAVAILABLE", "Service Unavailable."),
}
_DOCS = "https://developer.paypal.com/docs/api/orders/v2/#error-"


def refuse(
    refusal: str, /, *, field: str = "", value: object = None, keeps_effects: bool = False, **words: object
) -> Refused:
    """Build the refusal of that name; `field` is a JSON pointer into the body, `words` fill its text."""
    row = REFUSALS[refusal]
    error: Json = {"issues": list(row.issues), "message": row.words.format(**words)}
    if row.name:
        error["name"] = row.name
    if field:
        error["field"] = field
    if value is not None:
        error["value"] = str(value)
    return Refused(refusal, row.status, error, keeps_effects=keeps_effects)


def turned_down(
    issue: str, *, status: int = 422, links: list[Json] | None = None, keeps_effects: bool = False
) -> Refused:
    """What a payer's bank, PayPal's risk department or the mock header decides, by its issue."""
    return Refused(
        issue,
        status,
        {"issues": [issue], "message": issue, "links": links or []},
        keeps_effects=keeps_effects,
    )


def error_body(status: int) -> Json:
    name, message = NAMES.get(status, NAMES[500])
    return {"name": name, "message": message, "debug_id": secrets.token_hex(7)}


def error_response(refused: Refused, operation: schema.Operation | None) -> Response:
    """As PayPal says it: the issue and its published text. Its own name goes along for the tests."""
    body, error = error_body(refused.status), refused.error
    published = schema.issues(operation, refused.status) if operation else {}
    issue = next((each for each in error["issues"] if each in published), None)
    issue = issue or next(iter(error["issues"]), None)
    body["links"] = list(error.get("links", []))
    if issue:
        detail = {"issue": issue, "description": published.get(issue, "") or error["message"]}
        body["details"] = [detail | _place(error)]
        link = {"href": f"{_DOCS}{issue}", "rel": "information_link", "method": "GET"}
        body["links"].insert(0, link)
    if "name" in error:
        body |= {"name": error["name"], "message": error["message"]}
    return json_response(refused.status, body, Sandbox_Refusal=refused.name, Paypal_Debug_Id=body["debug_id"])


def _place(error: Json) -> Json:
    found = {name: error[name] for name in ("field", "value") if name in error}
    return found | {"location": "body"} if found else {}
