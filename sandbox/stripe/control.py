"""/_control: what a test may do to the sandbox beyond Stripe's API. JSON in and out."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sandbox.standin import clock, delivery, faults
from sandbox.standin.clock import now
from sandbox.standin.delivery import POLICY, Deliverer
from sandbox.standin.exchange import Request, Response, json_response
from sandbox.standin.store import Store
from sandbox.stripe import control_methods
from sandbox.stripe.errors import Json, Refused, error_response
from sandbox.stripe.journal import Journal
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
from sandbox.stripe.worker import Worker, run_jobs


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

    def _actions(self) -> dict[tuple[str, str], Callable[[Json], Json]]:
        return {
            ("GET", "clock"): lambda _: {"now": now(self.store)},
            ("POST", "clock"): self._advance,
            ("GET", "webhooks"): lambda _: self._webhooks(),
            ("POST", "webhooks"): self._set_policy,
            ("POST", "webhooks/flush"): self._flush,
            ("POST", "webhooks/retry"): self._retry,
            ("POST", "webhooks/resend"): self._resend,
            ("POST", "webhooks/roll"): self._roll,
            ("POST", "faults"): self._plant,
            ("DELETE", "faults"): self._clear_faults,
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
            ("GET", "requests"): lambda _: {"data": self.journal.entries()},
            ("DELETE", "requests"): self._forget_requests,
        } | {name: partial(self._of_methods, action) for name, action in control_methods.ACTIONS.items()}

    def _of_methods(self, action: control_methods.Action, body: Json) -> Json:
        with self.store.transaction():
            answer = action(self._scope(body), body)
        self.worker.wake()
        return answer

    def _scope(self, body: Json) -> Scope:
        return Scope(self.store, body["account"], self.origin)

    def _advance(self, body: Json) -> Json:
        """{"advance_seconds": n}: jobs that come due are done before this answers."""
        with self.store.transaction():
            clock.advance(self.store, float(body["advance_seconds"]))
        run_jobs(self.store, self.origin)
        self.worker.wake()
        return {"now": now(self.store)}

    def _webhooks(self) -> Json:
        return {
            "policy": POLICY | self.store.setting("webhooks", {}),
            "deliveries": delivery.listed(self.store),
        }

    def _set_policy(self, body: Json) -> Json:
        """Any of drop, hold, duplicate, delay_seconds; for events from now on; {} is normal again."""
        unknown = body.keys() - POLICY.keys()
        if unknown:
            raise ValueError(f"unknown: {sorted(unknown)}")
        self.store.set_setting("webhooks", body)
        return POLICY | body

    def _flush(self, body: Json) -> Json:
        """Deliver all pending and held events now, in the order as_sent, reverse or shuffle (with a seed)."""
        states = ("pending", "held", "dropped") if body.get("dropped") else ("pending", "held")
        rows = self.store.rows("SELECT id, state FROM deliveries ORDER BY id")
        ids = [row["id"] for row in rows if row["state"] in states]
        order = body.get("order", "as_sent")
        if order == "reverse":
            ids.reverse()
        elif order == "shuffle":
            random.Random(body["seed"]).shuffle(ids)  # noqa: S311 - a test's shuffle, replayed from its seed
        elif order != "as_sent":
            raise ValueError(f"order: {order}")
        for ident in ids:
            self.store.run(
                "UPDATE deliveries SET state = 'pending' WHERE id = ? AND state = 'dropped'", ident
            )
        return {"delivered": [{"id": ident, "state": self.deliverer.deliver(ident)} for ident in ids]}

    def _retry(self, body: Json) -> Json:
        """Have everything that waits for its back-off tried again at once."""
        count = self.store.run("UPDATE deliveries SET due = 0 WHERE state = 'pending'").rowcount
        self.worker.wake()
        return {"due": count}

    def _resend(self, body: Json) -> Json:
        """{"event": "evt_…"}: send an event again to each endpoint that had it, as the dashboard's Resend."""
        count = self.store.run(
            "INSERT INTO deliveries (account, event, endpoint, due, state) "
            "SELECT DISTINCT account, event, endpoint, 0, 'pending' FROM deliveries WHERE event = ?",
            body["event"],
        ).rowcount
        self.worker.wake()
        return {"queued": count}

    def _roll(self, body: Json) -> Json:
        """{"account", "endpoint", "old_lives_seconds"}: a new signing secret, both sign for a while."""
        with self.store.transaction():
            secret = webhook_endpoints.roll_secret(
                self._scope(body), body["endpoint"], int(body.get("old_lives_seconds", 86400))
            )
        return {"secret": secret}

    def _plant(self, body: Json) -> Json:
        faults.plant(self.store, faults.Fault(**body))
        return body

    def _clear_faults(self, body: Json) -> Json:
        faults.clear(self.store)
        return {}

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

    def _forget_requests(self, body: Json) -> Json:
        self.journal.forget()
        return {}
