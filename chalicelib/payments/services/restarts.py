"""Start webhooks that were not worked off, and payments and refunds that do not end, again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.ledger.domain.payments import overdue
from chalicelib.ledger.domain.refunds import Refund, State
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.work import Due
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.sweeping import call_if_stuck
from chalicelib.payments.services import webhooks
from chalicelib.payments.services.paying import Paying
from chalicelib.payments.services.refunding import Refunding
from chalicelib.platform.ports import Clock, Queue

ASKED = 3  # tries about a payment or refund, before its age calls a person
UNHEARD = timedelta(hours=1)  # that it may take to hear what became of a refund


@dataclass(frozen=True)
class PaymentRestarts:
    paying: Paying
    refunding: Refunding
    settle_queue: Queue
    alerting: Alerting
    clock: Clock

    def event(self, due: Due) -> None:
        call_if_stuck(self.alerting, AlertName.INBOX_STUCK, due)
        processor, _, event_id = due.id.partition("#")
        self.settle_queue.send(webhooks.message(due.practice, processor, event_id))

    def payment(self, due: Due) -> None:
        try:
            self.paying.check(due.ref, due.id)
        finally:
            self._call_about(due)

    def _call_about(self, due: Due) -> None:
        """Whatever keeps the payment from ending: until then nobody can pay what it holds.

        One that nobody had asked about for hours has a few tries of its own first.
        """
        if due.sweeps < ASKED:
            return
        payment = self.paying.payment(due.ref, due.id)
        if overdue(payment, self.clock.now()):
            about = {"account": payment.account_id, "payment": payment.id, "state": payment.state.value}
            subject = f"{payment.account_id} {payment.id}"
            self.alerting.raise_alert(due.practice, Cause(AlertName.PAYMENT_STUCK, subject, about))

    def refund(self, due: Due) -> None:
        try:
            self.refunding.find_out(due.practice, self._refund(due))
        finally:
            self._call_about_refund(due)

    def _call_about_refund(self, due: Due) -> None:
        """Whatever keeps it from being known: until then nobody can refund its amount."""
        refund = self._refund(due)
        age = self.clock.now() - datetime.fromisoformat(refund.asked_at)
        if due.sweeps >= ASKED and refund.state is State.ASKED and age >= UNHEARD:
            about: dict[str, str | int] = {
                "account": refund.account_id, "payment": refund.payment_id, "refund": refund.id,
                "amount_minor": refund.amount_minor,
            }  # fmt: skip
            self.alerting.raise_alert(due.practice, Cause(AlertName.REFUND_UNHEARD, refund.id, about))

    def _refund(self, due: Due) -> Refund:
        payment_id, _, refund_id = due.id.partition("#")
        return self.refunding.ledgers.refunds(due.ref, payment_id)[refund_id]
