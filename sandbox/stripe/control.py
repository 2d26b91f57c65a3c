"""/_control: what a test may do to the sandbox beyond Stripe's API. JSON in and out."""

import json
from dataclasses import dataclass
from functools import partial

from sandbox.standin.control import Action, SharedControl
from sandbox.standin.delivery import Deliverer
from sandbox.standin.exchange import Request, Response, json_response
from sandbox.standin.journal import Journal
from sandbox.standin.store import Store
from sandbox.standin.worker import Worker
from sandbox.stripe import control_methods
from sandbox.stripe.errors import Json, Refused, error_response
from sandbox.stripe.objects import (
    account,
    balance,
    checkout_flow,
    debit_outcomes,
    disputes,
    refunds,
    webhook_endpoints,
)
from sandbox.stripe.scope import Scope


@dataclass
class Control:
    """The control API. Every action answers what there is to see of its effect."""

    store: Store
    origin: str
    deliverer: Deliverer
    worker: Worker
    journal: Journal

    def answer(self, request: Request) -> Response:
        action = self._actions().get((request.method, request.path.removeprefix("/_control/")))
        if action is None:
            return json_response(
                404, {"error": "no such control", "controls": sorted(map(" ".join, self._actions()))}
            )
        try:
            return json_response(200, action(json.loads(request.body or b"{}")))
        except Refused as refusal:
            return error_response(refusal.status, refusal.error, refusal.name)
        except (ValueError, TypeError, KeyError) as error:
            return json_response(400, {"error": f"{type(error).__name__}: {error}"})

    def _actions(self) -> dict[tuple[str, str], Action]:
        own: dict[tuple[str, str], Action] = {
            ("POST", "webhooks/roll"): self._roll,
            ("POST", "refunds"): self._refund,
            ("POST", "debits"): self._end_debit,
            ("POST", "methods"): self._switch_on,
            ("POST", "sessions/complete"): self._complete,
            ("POST", "disputes"): self._dispute,
            ("POST", "disputes/close"): self._decide,
            ("POST", "settlement"): self._settle_in,
            ("POST", "fees"): self._bill,
            ("POST", "balance"): self._move,
            ("POST", "account"): self._change_account,
            ("POST", "rights"): self._give_rights,
        }
        shared = SharedControl(self.store, self.deliverer, self.journal, self.worker).actions()
        of_methods = {
            name: partial(self._of_methods, action) for name, action in control_methods.ACTIONS.items()
        }
        return shared | own | of_methods

    def _of_methods(self, action: control_methods.Action, body: Json) -> Json:
        with self.store.transaction():
            answer = action(self._scope(body), body)
        self.worker.wake()
        return answer

    def _scope(self, body: Json) -> Scope:
        return Scope(self.store, body["account"], self.origin)

    def _roll(self, body: Json) -> Json:
        """{"account", "endpoint", "old_lives_seconds"}: a new signing secret, both sign for a while."""
        with self.store.transaction():
            secret = webhook_endpoints.roll_secret(
                self._scope(body), body["endpoint"], int(body.get("old_lives_seconds", 86400))
            )
        return {"secret": secret}

    def _refund(self, body: Json) -> Json:
        """{"account", "payment_intent", "amount"?}: a refund made in the dashboard."""
        with self.store.transaction():
            wanted: Json = {
                name: body[name] for name in ("payment_intent", "charge", "amount", "reason") if name in body
            }
            refund = refunds.create(self._scope(body), wanted)
        self.worker.wake()
        return refund

    def _end_debit(self, body: Json) -> Json:
        """{"account", "payment_intent", "outcome"}: the bank pays the debit ("paid") or returns it (why)."""
        with self.store.transaction():
            intent = debit_outcomes.decide(self._scope(body), body["payment_intent"], body["outcome"])
        self.worker.wake()
        return intent

    def _complete(self, body: Json) -> Json:
        """{"account", "session", "intent"}: the payer is through, and the intent is still requires_action
        (test deposits are under way), requires_confirmation, or not there yet ("")."""
        with self.store.transaction():
            scope = self._scope(body)
            session = scope.require("checkout.session", body["session"])
            return checkout_flow.complete_early(scope, session, body["intent"])

    def _switch_on(self, body: Json) -> Json:
        """{"account", "types"}: what sessions and intents offer when they name no payment_method_types."""
        self.store.set_setting(f"types:{body['account']}", body["types"])
        return body

    def _dispute(self, body: Json) -> Json:
        """{"account", "payment_intent", "reason"?, "amount"?}: the payer's bank takes the money back."""
        with self.store.transaction():
            scope = self._scope(body)
            intent = scope.require("payment_intent", body["payment_intent"])
            dispute = disputes.open_for(
                scope, intent["latest_charge"], body.get("reason"), body.get("amount")
            )
        self.worker.wake()
        return dispute

    def _decide(self, body: Json) -> Json:
        """{"account", "dispute", "won" or "status", "back"?, "fee_back"?}: the bank decides (of what is lost,
        too: on appeal); Stripe gives its fee back, or not. "status": "" only gives money back."""
        with self.store.transaction():
            scope = self._scope(body)
            status, back = body.get("status", "won" if body.get("won") else "lost"), body.get("back")
            fee_back, dispute = bool(body.get("fee_back")), scope.require("dispute", body["dispute"])
            if status:
                dispute = disputes.decide(scope, dispute, status, back=back, fee_back=fee_back)
            else:
                dispute = disputes.give_back(scope, dispute, int(back or 0), fee_back=fee_back)
        self.worker.wake()
        return dispute

    def _settle_in(self, body: Json) -> Json:
        """{"account", "currency", "rate"}: what the practice is paid out in, and how many units of that one
        of the payer's is, as a text; for movements of other currencies from now on."""
        self.store.set_setting(f"settles:{body['account']}", [body["currency"], body["rate"]])
        return body

    def _bill(self, body: Json) -> Json:
        """{"account", "amount", "currency"?, "about"?}: Stripe bills what belongs to no payment."""
        with self.store.transaction():
            currency, about = body.get("currency", "usd"), body.get("about", "Radar")
            return balance.bill(self._scope(body), int(body["amount"]), currency, about)

    def _move(self, body: Json) -> Json:
        """{"account", "type", "category", "amount", "fee"?, "currency"?}: Stripe moves money."""
        with self.store.transaction():
            return balance.other(
                self._scope(body), body["type"], body["category"], int(body["amount"]),
                fee=int(body.get("fee", 0)), currency=body.get("currency", "usd"),
            )  # fmt: skip

    def _change_account(self, body: Json) -> Json:
        """{"account", …fields of the account}: as if changed in the dashboard; objects are merged."""
        with self.store.transaction():
            changes = {name: value for name, value in body.items() if name != "account"}
            return account.change(self._scope(body), changes)

    def _give_rights(self, body: Json) -> Json:
        """{"account", "rights": ["rak_charge_read" …]}: what the account's restricted key may do."""
        self.store.set_setting(f"rights:{body['account']}", body["rights"])
        return body
