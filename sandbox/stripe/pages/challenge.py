"""The 3-D Secure challenge: the payer's bank asks; here two buttons answer."""

from html import escape
from urllib.parse import urlencode

from sandbox.standin.attempts import attempted
from sandbox.standin.exchange import Request, Response
from sandbox.standin.html import page, redirect
from sandbox.stripe import money
from sandbox.stripe.errors import Json, Refused, refuse
from sandbox.stripe.objects import checkout_flow
from sandbox.stripe.params import read_form
from sandbox.stripe.scope import Scope


def view(scope: Scope, ident: str, request: Request, form: Json) -> Response:
    """GET asks, POST answers; with return_url the payer goes there, in a frame the page tells its parent."""
    kind = "setup_intent" if ident.startswith("seti_") else "payment_intent"
    intent = scope.require(kind, ident)
    if read_form(request.query).get("client_secret") != intent["client_secret"]:
        raise refuse("challenge_secret_invalid", thing=kind)
    if request.method != "POST":
        return _asked(scope, intent) if intent["status"] == "requires_action" else _answered(intent)
    back = ((intent["next_action"] or {}).get("redirect_to_url") or {}).get("return_url")
    passed = form.get("outcome") == "complete"
    outcome = attempted(scope.store, lambda: checkout_flow.finish_challenge(scope, intent, passed=passed))
    if isinstance(outcome, Refused) and not outcome.keeps_effects:
        raise outcome
    after = scope.require(kind, ident)
    return redirect(_with_status(back, after)) if back else _answered(after)


def _asked(scope: Scope, intent: Json) -> Response:
    amount = money.shown(intent["amount"], intent["currency"]) if "amount" in intent else None
    what = f"a payment of {amount} to {scope.account}" if amount else f"saving this card with {scope.account}"
    body = f"""
<h1>Your bank asks you to confirm</h1>
<p>3-D Secure test page. Confirm {escape(what)}?</p>
<form method="post">
<p><button type="submit" name="outcome" value="complete">Complete</button>
<button type="submit" name="outcome" value="fail" class="secondary">Fail</button></p>
</form>"""
    return page("3-D Secure", body, framed=True)


def _answered(intent: Json) -> Response:
    ok = intent["status"] in ("succeeded", "requires_capture")
    body = (
        f'<p id="outcome" data-intent="{escape(intent["id"])}">{"Confirmed." if ok else "Not confirmed."}</p>'
    )
    return page("3-D Secure", body, framed=True, script="challenge.js")


def _with_status(url: str, intent: Json) -> str:
    """What Stripe adds to a return_url."""
    kind = intent["object"]
    ok = intent["status"] in ("succeeded", "requires_capture")
    query = {
        kind: intent["id"],
        f"{kind}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if ok else "failed",
    }
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
