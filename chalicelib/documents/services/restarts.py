"""Ask the documents function again for receipts and notices that it has not sent."""

from dataclasses import dataclass

from chalicelib.documents.services.estimates.notices import message as estimate_message
from chalicelib.documents.services.invoices.notices import message as invoice_message
from chalicelib.documents.services.superbills.notices import message as superbill_message
from chalicelib.mail.ports import MailPaused
from chalicelib.mail.services.pacing import AccountWatch
from chalicelib.operations.domain.alerts import AlertName
from chalicelib.operations.ports.work import Due
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.mail_pauses import MailPauses
from chalicelib.operations.services.sweeping import call_if_stuck
from chalicelib.payments.services.notices import receipt_message, returned_message
from chalicelib.platform.ports import Queue


@dataclass(frozen=True)
class MailRestarts:
    """Errors: Busy; MailPaused, where the service would take none: that calls nobody a second time."""

    documents_queue: Queue
    watch: AccountWatch
    pauses: MailPauses
    alerting: Alerting

    def receipt(self, due: Due) -> None:
        self.check(due)
        call_if_stuck(self.alerting, AlertName.RECEIPT_STUCK, due)
        self.documents_queue.send(receipt_message(due.practice, due.id))

    def returned(self, due: Due) -> None:
        self.check(due)
        call_if_stuck(self.alerting, AlertName.NOTICE_STUCK, due, f"{due.account_id} {due.id}")
        self.documents_queue.send(returned_message(due.ref, due.id))

    def invoice(self, due: Due) -> None:
        """The first time it is no restart: the sweep begins it."""
        self.check(due)
        number = int(due.id.rpartition("#")[2])
        call_if_stuck(self.alerting, AlertName.NOTICE_STUCK, due, f"{due.account_id} invoice {number}")
        self.documents_queue.send(invoice_message(due.ref, number))

    def superbill(self, due: Due) -> None:
        """As `invoice`."""
        self.check(due)
        number = int(due.id.rpartition("#")[2])
        call_if_stuck(self.alerting, AlertName.NOTICE_STUCK, due, f"{due.account_id} superbill {number}")
        self.documents_queue.send(superbill_message(due.ref, number))

    def estimate(self, due: Due) -> None:
        """As `invoice`."""
        self.check(due)
        number = int(due.id.rpartition("#")[2])
        call_if_stuck(self.alerting, AlertName.NOTICE_STUCK, due, f"{due.account_id} estimate {number}")
        self.documents_queue.send(estimate_message(due.ref, number))

    def check(self, due: Due) -> None:
        """Whether mail may be asked for again."""
        if not due.sweeps:
            return  # the first time it may just have been lost: nothing else is asked
        allowance = self.watch.allowance()
        if why := allowance.shut:
            self.pauses.met(due.practice, why)
            raise MailPaused(why)
        if allowance.seen and allowance.pause() is None:  # else the practice's statements may still wait
            self.pauses.over(due.practice)
