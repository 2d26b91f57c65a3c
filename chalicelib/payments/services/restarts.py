"""Start webhooks that were not worked off, and payments that do not end, again."""

from dataclasses import dataclass

from chalicelib.ledger.domain.payments import overdue
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.work import Due
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.sweeping import call_if_stuck
from chalicelib.payments.services import webhooks
from chalicelib.payments.services.paying import Paying
from chalicelib.platform.ports import Clock, Queue

ASKED = 3  # tries about a payment, before its age calls a person


@dataclass(frozen=True)
class PaymentRestarts:
    paying: Paying
    settle_queue: Queue
    alerting: Alerting
    clock: Clock

    def event(self, due: Due) -> None:
        call_if_stuck(self.alerting, AlertName.INBOX_STUCK, due)
        processor, _, event_id = due.id.partition("#")
        self.settle_queue.send(webhooks.message(due.practice, processor, event_id))

    def payment(self, due: Due) -> None:
        try:
            self.paying.check(due.practice, due.account_id, due.id)
        finally:
            self._call_about(due)

    def _call_about(self, due: Due) -> None:
        """Whatever keeps the payment from ending: until then nobody can pay what it holds.

        One that nobody had asked about for hours has a few tries of its own first.
        """
        if due.sweeps < ASKED:
            return
        payment = self.paying.payment(due.practice, due.account_id, due.id)
        if overdue(payment, self.clock.now()):
            about = {"account": payment.account_id, "payment": payment.id, "state": payment.state.value}
            subject = f"{payment.account_id} {payment.id}"
            self.alerting.raise_alert(due.practice, Cause(AlertName.PAYMENT_STUCK, subject, about))
