"""The page where a payer tells the code of the test deposit (hosted_verification_url)."""

from html import escape

from sandbox.standin.attempts import attempted
from sandbox.standin.exchange import Request, Response
from sandbox.standin.html import alert, field, page
from sandbox.stripe.errors import Json, Refused
from sandbox.stripe.objects import deposit_outcomes, deposits
from sandbox.stripe.scope import Scope


def view(scope: Scope, ident: str, request: Request, form: Json) -> Response:
    """GET asks, POST answers. A wrong code says so, until there were too many."""
    kind = "setup_intent" if ident.startswith("seti_") else "payment_intent"
    intent = scope.require(kind, ident)
    if request.method != "POST":
        return _asked(None) if deposits.awaited(intent) else _answered(intent)
    code = {"descriptor_code": str(form.get("code") or "").strip()}
    outcome = attempted(scope.store, lambda: deposit_outcomes.verify(scope, intent, code))
    after = scope.require(kind, ident)
    if isinstance(outcome, Refused) and deposits.awaited(after):
        return _asked(str(outcome))
    return _answered(after)


def _asked(error: str | None) -> Response:
    words = "<p>A deposit of $0.01 is on its way to you. Its line begins with SM: type that code.</p>"
    hint = "Sandbox: the code is SM11AA."
    code = field("code", "Code", hint=hint, autocomplete="off", maxlength="6")
    button = '<p><button type="submit">Verify</button></p>'
    body = f"<h1>Verify your bank account</h1>{words}{alert(error)}<form method='post'>{code}{button}</form>"
    return page("Verify your bank account", body, status=402 if error else 200)


def _answered(intent: Json) -> Response:
    error = intent.get("last_payment_error") or intent.get("last_setup_error") or {}
    ok = intent["status"] in ("succeeded", "processing")
    words = "Your bank account is verified." if ok else error.get("message", "Nothing is waiting here.")
    body = f'<h1>Verify your bank account</h1><p id="outcome">{escape(words)}</p>'
    return page("Verify your bank account", body)
