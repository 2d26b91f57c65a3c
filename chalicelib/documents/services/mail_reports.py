"""Take in what the mail service reports of our mail: stop mail to the address, mark the statement's delivery.

Each step can be done again with the same result, and reports may come late, twice, or in any order.
"""

from dataclasses import dataclass

from chalicelib.documents.domain.statements import Delivery, Issued, Noted, Outcome
from chalicelib.documents.ports.statements import Statements
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.mail.domain.setbacks import MailReport
from chalicelib.operations.services.addresses import Addresses
from chalicelib.platform.ports import Clock


@dataclass(frozen=True)
class MailReports:
    addresses: Addresses
    statements: Statements
    clock: Clock

    def take_in(self, report: MailReport) -> bool:
        """Whether a statement's delivery changed. Error: Busy (hand it in again)."""
        if report.lasting:
            self.addresses.stop(report)
        if report.arrived or report.period is None:
            return False
        issued = self.statements.issued(report.ref, report.period)
        return issued is not None and self._bounced(report, issued)

    def _bounced(self, report: MailReport, issued: Issued) -> bool:
        if issued.claimed_until:  # sent, perhaps, and not marked yet: the mark says by which message
            raise Busy("somebody is sending it")
        if issued.delivery is not Delivery.SENT or issued.message_id != report.message_id:
            return False  # told before, or of an earlier mail than the one that counts
        at = instant(self.clock.now())
        noted = Noted(report.account_id, Outcome.BOUNCED, at, report.stop.why)
        try:
            self.statements.save(report.practice, issued.now(Delivery.BOUNCED), noted)
        except Conflict as conflict:
            raise Busy("the statement changed") from conflict
        return True
