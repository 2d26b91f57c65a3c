"""/v1: authenticate, match, validate, look at the idempotency key, do it in one transaction, answer."""

from dataclasses import dataclass, field, replace

from sandbox.standin import faults, idempotency
from sandbox.standin.attempts import attempted
from sandbox.standin.exchange import Request, Response, json_response
from sandbox.standin.store import Store
from sandbox.stripe import API_VERSION, auth, expansion, params, routes, schema
from sandbox.stripe.errors import Json, Refused, error_response, refuse
from sandbox.stripe.scope import Scope

KEY_LIVES_SECONDS = 24 * 3600
LONGEST_KEY = 255
_PLANTED: Json = {
    "error": {
        "type": "api_error",
        "message": "Sorry, something went wrong (planted by the sandbox's control API).",
    }
}


@dataclass
class Api:
    """The API over one store. `origin` is the stand-in's own address, for the URLs it hands out."""

    store: Store
    origin: str
    version: str = API_VERSION
    in_use: idempotency.InUse = field(default_factory=idempotency.InUse)

    def answer(self, request: Request, request_id: str) -> Response:
        """Always an answer: refusals become Stripe's error objects."""
        try:
            return self._authenticated(request, request_id)
        except Refused as refusal:
            return error_response(refusal.status, refusal.error, refusal.name)

    def _authenticated(self, request: Request, request_id: str) -> Response:
        account = auth.account_of(request)
        auth.check_version(request)
        template, handler, ids = routes.match(request.method, request.path)
        rights = auth.rights_of(request, self.store, account)
        rights.call(request.method, template)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        scope = Scope(self.store, account, self.origin, request_id, key, rights)
        call = Call(scope, handler, ids, _parameters(request, template), request)
        if key is None:
            return self._with_faults(call)
        if len(key) > LONGEST_KEY:
            raise refuse("idempotency_key_too_long")
        try:
            with self.in_use.held(account, key):
                return self._with_faults(call)
        except idempotency.KeyInUse:
            raise refuse("idempotency_in_use", key=key) from None

    def _with_faults(self, call: "Call") -> Response:
        """Do the call, unless a planted fault strikes first; one may also spoil the answer afterwards."""
        fault = faults.take(self.store, call.request.method, call.request.path)
        if fault is None:
            return self._once(call)
        if fault.kind == "unexpanded":
            return self._once(replace(call, params={**call.params, "expand": []}))
        answer = self._once(call) if fault.when == "after" else None
        struck = faults.strike(fault, answer, call.request.path, error=_PLANTED)
        if fault.saved:
            self._remember(call, struck)
        return struck

    def _once(self, call: "Call") -> Response:
        """The saved answer of the call's key, or the call's own, saved with its effects."""
        if call.scope.idempotency_key is None:
            return call.run()
        with self.store.transaction():
            saved = self._saved(call, call.scope.idempotency_key)
            if saved is not None:
                saved.headers["Idempotent-Replayed"] = "true"
                return saved
            answer = call.run()
            self._remember(call, answer)
            return answer

    def _saved(self, call: "Call", key: str) -> Response | None:
        try:
            return idempotency.replayed(
                self.store, call.scope.account, key, call.fingerprint, lives_seconds=KEY_LIVES_SECONDS
            )
        except idempotency.OtherRequest:
            raise refuse("idempotency_other_request", key=key) from None

    def _remember(self, call: "Call", answer: Response) -> None:
        key = call.scope.idempotency_key
        if key is not None:
            idempotency.remember(self.store, call.scope.account, key, call.fingerprint, answer)


@dataclass
class Call:
    """One validated call, ready to be done."""

    scope: Scope
    handler: routes.Handler
    ids: tuple[str, ...]
    params: Json
    request: Request

    @property
    def fingerprint(self) -> str:
        return idempotency.fingerprint(self.request.method, self.request.path, self.params)

    def run(self) -> Response:
        """Do it: all of its effects with its answer, or none. A refusal may keep its effects (a decline)."""
        answer = attempted(self.scope.store, self._answer)
        if isinstance(answer, Refused):
            return error_response(answer.status, answer.error, answer.name)
        return answer

    def _answer(self) -> Response:
        value = self.handler(self.scope, self.params, *self.ids)
        return _checked(self.scope, value, self.params.get("expand", []))


def _parameters(request: Request, template: str) -> Json:
    """Body and query, typed by the schema. Raises content_type_unsupported or a parameter_… refusal."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if request.body and content_type != schema.FORM:
        raise refuse("content_type_unsupported", content_type=content_type or "nothing")
    raw = request.body if request.method == "POST" and request.body else request.query
    return params.typed(schema.request_schema(request.method, template), params.read_form(raw))


def _checked(scope: Scope, value: Json, expand: list[str]) -> Response:
    """Hold the answer to the published schema before anything is expanded in it."""
    items = value["data"] if value.get("object") == "list" else [value]
    found = [fault for item in items for fault in schema.faults(schema.schema_name(item), item)]
    if found:
        error = {"type": "api_error", "message": "The sandbox broke Stripe's schema: " + "; ".join(found[:5])}
        return json_response(500, {"error": error}, Sandbox_Refusal="schema_broken")
    return json_response(200, expansion.expanded(scope, value, expand))
