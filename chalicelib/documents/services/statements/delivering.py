"""Deliver an issued statement: one e-mail that says only that there is one. Whoever opens it has it drawn.

Before the e-mail the document is claimed, so that two workers never send it both; a killed worker's claim
ends after LEASE. So the e-mail goes out twice only where a worker is killed between SES's answer and our
mark.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.documents.domain.statements import Delivery, Issued, Noted, Outcome, Statement
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.services.by_post import PAPER_WANTED
from chalicelib.documents.services.reminders.requests import MoneyRequests
from chalicelib.documents.services.statements.mail import compose_statement
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.kernel.periods import Period
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mailer
from chalicelib.operations.services.addresses import Addresses, recipient
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People, Practices

LEASE = timedelta(seconds=60)  # as long as the delivery function may run


@dataclass(frozen=True)
class Delivering:
    """`public_url` is the portal's origin, without a final slash."""

    practices: Practices
    people: People
    statements: Statements
    addresses: Addresses
    mailer: Mailer
    clock: Clock
    requests: MoneyRequests
    public_url: str

    def deliver(self, ref: AccountRef, period: Period) -> Delivery:
        """The worker's part; what is delivered already stays as it is.

        Errors: NotFound practice_not_found, document_not_found; Busy: try again later.
        """
        profile = present(self.practices.practice(ref.practice), "practice_not_found")
        issued = present(self.statements.issued(ref, period), "document_not_found")
        if issued.delivery is not Delivery.PENDING:
            return issued.delivery
        try:
            return self._deliver(profile, issued)
        except Conflict as conflict:
            raise Busy("somebody else delivers it") from conflict

    def _deliver(self, profile: Practice, issued: Issued) -> Delivery:
        if issued.claimed_until > instant(self.clock.now()):
            raise Busy("somebody else delivers it")
        client, why = self._addressed(profile.id, issued.statement.account_id)
        if client is None:
            return self._mark(profile.id, issued, Delivery.PAPER, why)
        claimed = self.statements.claim(profile.id, issued, until=instant(self.clock.now() + LEASE))
        self.requests.note(profile, recipient(client))
        message_id = self._mailed(profile, issued.statement, client)
        sent = replace(claimed, message_id=message_id)
        return self._mark(profile.id, sent, Delivery.SENT if message_id else Delivery.MAIL_REFUSED)

    def _addressed(self, practice: str, account_id: str) -> tuple[Client | None, str]:
        """Of whom the payer is mailed, or None and why it is posted: "" where there is no address."""
        client = self.people.client(practice, account_id)
        to = recipient(client) if client else ""
        if client is None or not to:
            return None, ""
        if client.paper:
            return None, PAPER_WANTED
        stop = self.addresses.stopped(practice, to, MailKind.STATEMENT)
        return (None, str(stop)) if stop else (client, "")

    def _mailed(self, profile: Practice, statement: Statement, client: Client) -> str:
        """The mail service's id of it; "" where it is refused for good: the portal has the statement."""
        to, url = recipient(client), self.public_url
        locale = self.addresses.language(profile.id, client, to)
        try:
            return self.mailer.send(
                compose_statement(profile, statement, to=to, locale=locale, public_url=url)
            )
        except Invalid:
            return ""

    def _mark(self, practice: str, issued: Issued, delivery: Delivery, why: str = "") -> Delivery:
        """That it was mailed is in the document alone: nobody asks the run's notes for whom all went well."""
        noted = None
        if delivery is not Delivery.SENT:
            noted = Noted(issued.statement.account_id, Outcome(delivery), instant(self.clock.now()), why)
        self.statements.save(practice, issued.now(delivery), noted)
        return delivery
