"""The runtime decorator: every route declares its policy, body, answer and errors, and is denied by default.

What a route raises becomes a problem here (an ordinary exception would be a 500 before Chalice's middleware
saw it). What it declares becomes docs/openapi.json and the tests that no route is without a policy.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from types import UnionType
from typing import Any
from urllib.parse import unquote

import msgspec
from chalice.app import Blueprint, Request, Response

from chalicelib import bootstrap
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.decoding import decode
from chalicelib.entrypoints.http.policies import Policy
from chalicelib.entrypoints.http.problems import problem, status_of
from chalicelib.kernel.errors import BillfoldError, Invalid, NotFound, Refused
from chalicelib.kernel.money import like
from chalicelib.kernel.outside import OutsideError

log = logging.getLogger("billfold.http")
PATH_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # RFC 9110, 5.6.2
_PARAMETER = rf'[ \t]*;[ \t]*(?:{_WORD}=(?:{_WORD}|"[^"\\]*"))?'
_JSON_TYPE = re.compile(rf"application/json(?P<parameters>(?:{_PARAMETER})*)[ \t]*", re.IGNORECASE)
_CHARSET = re.compile(r';[ \t]*charset="?(?P<charset>[^";, \t]*)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """A query parameter, for reading and for the OpenAPI document; `schema` is JSON Schema."""

    name: str
    schema: dict[str, Any]
    summary: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that needs more than a body: another status, headers or cookies (whole Set-Cookie values)."""

    body: object = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cookies: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    policy: Policy
    body: Any
    returns: Any
    status: int
    errors: tuple[str, ...]
    query: tuple[Query, ...]
    headers: tuple[str, ...]
    summary: str
    name: str

    @property
    def writes_from_our_pages(self) -> bool:
        """Whether it changes something, and only pages of ours may ask for that."""
        return self.method not in ("GET", "HEAD") and self.policy.our_pages

    @property
    def nullable(self) -> bool:
        """Whether an answer without a body is JSON's null rather than no bytes at all."""
        return isinstance(self.returns, UnionType)


ROUTES: list[Route] = []
View = Callable[..., object]


def endpoint(
    routes: Blueprint,
    method: str,
    path: str,
    *,
    policy: Policy,
    body: Any = None,
    returns: Any = None,
    status: int = 200,
    errors: tuple[str, ...] = (),
    query: tuple[Query, ...] = (),
    headers: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Register a view. It is called with a Context and its path parameters, URL-decoded, by name; for an
    `account_id` it gets the `ref` of that account, which its policy has made."""

    def register(view: View) -> View:
        summary = (view.__doc__ or "").strip()
        route = Route(
            method, path, policy, body, returns, status, errors, query, headers, summary, view.__name__
        )
        ROUTES.append(route)

        @wraps(view)
        def handle(**path_arguments: str) -> Response:
            return _answer(route, view, routes.current_request, path_arguments)

        routes.route(path, methods=[method], content_types=[], name=view.__name__)(handle)
        return view

    return register


def _answer(route: Route, view: View, request: Request, path_arguments: dict[str, str]) -> Response:
    locale = _locale(request)
    try:
        context = _admitted(route, _checked(route, Context(None, bootstrap.app(), request, locale)))
        with _amounts_of(context):
            result = view(context, **_arguments(route, context, path_arguments))
        reply = result if isinstance(result, Reply) else Reply(result)
        return _response(reply, route.status, nullable=route.nullable)
    except BillfoldError as error:
        return _refusal(error, locale)
    except OutsideError as error:
        if error.code:
            log.warning("refused outside", extra={"outside_code": error.code})
        return _refusal(Refused(error.problem), locale)
    except Exception:
        log.exception("unhandled", extra={"route": route.path})
        return _refusal(Refused("internal_error"), locale)


def _checked(route: Route, context: Context[None]) -> Context[None]:
    """Before anybody is looked up: the size, and where a write comes from."""
    if len(context.raw) > route.policy.max_body_bytes:
        raise Invalid("body_too_large")
    if route.writes_from_our_pages:
        _same_origin(context.request, context.app.settings.public_url)
    return context


def _admitted(route: Route, context: Context[None]) -> Context[Any]:
    """With its body and whoever the policy lets in: of others the body is read only where their proof is."""
    if route.policy.proof_in_body:
        read = _with_body(route, context)
        return replace(read, caller=route.policy.admit(read))
    admitted = replace(context, caller=route.policy.admit(context))
    with _amounts_of(admitted):
        return _with_body(route, admitted)


def _with_body(route: Route, context: Context[None]) -> Context[Any]:
    return replace(context, body=None if route.body is None else decode(context.raw, route.body))


@contextmanager
def _amounts_of(context: Context[Any]) -> Iterator[None]:
    """What is no amount is told what one looks like in the practice's currency, which is read only then."""
    try:
        yield
    except Invalid as error:
        if error.code == "amount_invalid":
            who = context.visitor
            error.details["like"] = like(context.app.profiles.currency(who.practice) if who else "USD")
        raise


def _arguments(route: Route, context: Context[Any], path: Mapping[str, str]) -> Mapping[str, object]:
    """What the view gets of its path. Of an account no id, but the right to it."""
    ids = {name: _id(name, text) for name, text in path.items()}
    account_id = ids.pop("account_id", None)
    return ids if account_id is None else {**ids, "ref": route.policy.ref(context, account_id)}


def _id(name: str, text: str) -> str:
    """A path parameter, URL-decoded. What cannot be an id is absent: the store is not asked for it."""
    found = unquote(text)
    if not PATH_ID.fullmatch(found):
        raise NotFound(f"{name.removesuffix('_id')}_not_found")
    return found


def _same_origin(request: Request, public_url: str) -> None:
    """Only our own pages write: with our header, our Origin and, if there is a body, JSON. No other site can
    send these."""
    if not _is_json(str(request.headers.get("content-type") or "application/json")):
        raise Refused("media_type")
    if request.headers.get("billfold-request") != "1":
        raise Refused("request_header_missing")
    if request.headers.get("origin") != public_url:
        raise Refused("origin_foreign")


def _is_json(media_type: str) -> bool:
    """Whether a Content-Type says JSON in UTF-8, and nothing that another reader could take otherwise."""
    found = _JSON_TYPE.fullmatch(media_type)
    charsets = _CHARSET.findall(found["parameters"]) if found else []
    return found is not None and all(charset.lower() == "utf-8" for charset in charsets)


def _locale(request: Request) -> str:
    return "es" if str(request.headers.get("accept-language") or "").lower().startswith("es") else "en"


def _refusal(error: BillfoldError, locale: str) -> Response:
    status = status_of(error)
    body = problem(error.code, status, locale, error.field, **error.details)
    headers = {"Content-Type": "application/problem+json"}
    if "retry_after_seconds" in error.details:
        headers["Retry-After"] = str(error.details["retry_after_seconds"])
    return _response(Reply(body, status, headers), status)


def _response(reply: Reply, status: int, *, nullable: bool = False) -> Response:
    headers: dict[str, Any] = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        **reply.headers,
    }
    if reply.cookies:
        headers["Set-Cookie"] = list(reply.cookies)
    body = b"" if reply.body is None and not nullable else msgspec.json.encode(reply.body)
    return Response(body.decode(), headers, reply.status or status)
