"""Ask the documents function again for receipts and notices that it has not sent."""

from dataclasses import dataclass

from chalicelib.operations.domain.alerts import AlertName
from chalicelib.operations.ports.work import Due
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.sweeping import call_if_stuck
from chalicelib.payments.services.notices import receipt_message, returned_message
from chalicelib.platform.ports import Queue


@dataclass(frozen=True)
class MailRestarts:
    documents_queue: Queue
    alerting: Alerting

    def receipt(self, due: Due) -> None:
        call_if_stuck(self.alerting, AlertName.RECEIPT_STUCK, due)
        self.documents_queue.send(receipt_message(due.practice, due.id))

    def returned(self, due: Due) -> None:
        call_if_stuck(self.alerting, AlertName.NOTICE_STUCK, due, f"{due.account_id} {due.id}")
        self.documents_queue.send(returned_message(due.ref, due.id))
