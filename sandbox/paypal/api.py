"""The API: authenticate, match, validate, look at the request id, do it in one transaction, answer."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sandbox.paypal import checking, request_ids, schema, signing, tokens
from sandbox.paypal.errors import Refused, error_body, error_response, refuse, turned_down
from sandbox.paypal.routes import Route, match
from sandbox.paypal.scope import Scope
from sandbox.standin import faults, idempotency
from sandbox.standin.attempts import attempted
from sandbox.standin.exchange import Json, Request, Response, json_response
from sandbox.standin.store import Store

MOCK = "paypal-mock-response"
_WHOLE = "return=representation"
_SHORT = ("id", "status", "links")
_SCHEMA_BROKEN = "The sandbox broke PayPal's schema: "


@dataclass(frozen=True)
class Call:
    """One validated call, ready to be done."""

    scope: Scope
    request: Request
    operation: schema.Operation
    route: Route
    ids: tuple[str, ...]
    body: Any

    @property
    def keyed(self) -> bool:
        return bool(self.route.key_lives_seconds and self.scope.request_id)


@dataclass
class Api:
    """The API over one store. `origin` is the stand-in's own address, for the URLs it hands out."""

    store: Store
    origin: str
    in_use: idempotency.InUse = field(default_factory=idempotency.InUse)

    def answer(self, request: Request) -> Response:
        """Always an answer: refusals become PayPal's error objects."""
        if (request.method, request.path) == ("POST", tokens.PATH):
            return tokens.answer(self.store, request)
        if request.method == "GET" and request.path.startswith(signing.CERTIFICATES):
            return self._certificate(request)
        operation = None
        try:
            operation, route, ids = match(request.method, request.path)
            return self._held(self._call(request, operation, route, ids))
        except Refused as refusal:
            return error_response(refusal, operation)

    def _certificate(self, request: Request) -> Response:
        found = signing.certificate(self.store, request.path.removeprefix(signing.CERTIFICATES))
        if found is None:
            return json_response(404, error_body(404))
        return Response(200, found.encode(), "application/x-pem-file")

    def _call(
        self, request: Request, operation: schema.Operation, route: Route, ids: tuple[str, ...]
    ) -> Call:
        account = tokens.account_of(self.store, request)
        tokens.check_permission(self.store, account, operation.template)
        checking.check_headers(operation, request)
        query = checking.query_of(operation, request)
        body = checking.body_of(operation, request)
        request_id = request.headers.get("paypal-request-id", "")
        scope = Scope(self.store, account, self.origin, request_id, request.body.decode("utf-8", "replace"))
        return Call(scope, request, operation, route, ids, query if request.method == "GET" else body)

    def _held(self, call: Call) -> Response:
        """One at a time under a request id, and one capture of an order."""
        with ExitStack() as held:
            self._hold_order(held, call)
            if call.keyed:
                try:
                    key = f"{call.request.path} {call.scope.request_id}"
                    held.enter_context(self.in_use.held(call.scope.account, key))
                except idempotency.KeyInUse:
                    raise refuse("request_in_progress") from None
            return self._with_faults(call)

    def _hold_order(self, held: ExitStack, call: Call) -> None:
        if not call.request.path.endswith("/capture"):
            return
        try:
            held.enter_context(self.in_use.held(call.scope.account, call.ids[0]))
        except idempotency.KeyInUse:
            raise refuse("order_in_progress") from None

    def _with_faults(self, call: Call) -> Response:
        """Do the call, unless it asks for an error or a planted fault strikes; one may spoil the answer."""
        _check_mock(call)
        fault = faults.take(self.store, call.request.method, call.request.path)
        if fault is None:
            return self._once(call)
        answer = self._once(call) if fault.when == "after" else None
        return faults.strike(fault, answer, call.request.path, error=error_body(fault.status))

    def _once(self, call: Call) -> Response:
        """The latest state of what the request id made, or the call's own, remembered with its effects."""
        with self.store.transaction():
            if not call.keyed:
                return self._done(call)
            path, lives = call.request.path, call.route.key_lives_seconds
            known = request_ids.known(call.scope, path, call.body, lives)
            if known is None:
                return self._done(call)
            if known.refused:
                raise known.refused
            assert call.route.latest is not None
            return _checked(call, call.route.repeated, call.route.latest(call.scope, known.ident))

    def _done(self, call: Call) -> Response:
        made = attempted(self.store, lambda: call.route.handler(call.scope, call.body, *call.ids))
        if call.keyed:
            request_ids.remember(call.scope, call.request.path, call.body, made)
        if isinstance(made, Refused):
            return error_response(made, call.operation)
        return _checked(call, call.route.status, made)


def _check_mock(call: Call) -> None:
    """PayPal-Mock-Response: an error that PayPal publishes for the operation, on demand. Nothing is done."""
    text = call.request.headers.get(MOCK)
    if text is None:
        return
    try:
        wanted = json.loads(text)["mock_application_codes"]
    except (ValueError, TypeError, KeyError):
        wanted = ""
    wanted = wanted[0] if isinstance(wanted, list) and wanted else wanted
    if wanted == "INTERNAL_SERVER_ERROR":
        raise Refused(wanted, 500, {"issues": [], "message": wanted})
    for status in (400, 401, 403, 404, 409, 422):
        if wanted in schema.issues(call.operation, status):
            raise turned_down(wanted, status=status)
    raise refuse("mock_unknown", value=text)


def _checked(call: Call, status: int, value: Json) -> Response:
    """Hold the answer to the published schema, then shorten it to what was asked for."""
    if status == 204:
        return Response(204)
    found = schema.answer_faults(call.operation, status, value)
    if not found and call.route.short and call.request.headers.get("prefer") != _WHOLE:
        value = {name: value[name] for name in _SHORT if name in value}
        found = schema.answer_faults(call.operation, status, value)
    if found:
        error = error_body(500) | {"message": _SCHEMA_BROKEN + "; ".join(found[:5])}
        return json_response(500, error, Sandbox_Refusal="schema_broken")
    return json_response(status, value)
