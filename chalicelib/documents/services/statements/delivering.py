"""Deliver an issued statement: a PDF kept for good, and one e-mail that says only that there is one.

Every step can be done again with the same result. Before the e-mail the document is claimed, so that two
workers never send it both; a killed worker's claim ends after LEASE. So the e-mail goes out twice only
where a worker is killed between SES's answer and our mark.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.documents.domain import statement_lines as rules
from chalicelib.documents.domain.statements import Delivery, Issued, Noted, Outcome, Statement, StatementData
from chalicelib.documents.ports.documents import Files, StatementRenderer
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.services.reminders.requests import MoneyRequests
from chalicelib.documents.services.statements.issuing import unreadable
from chalicelib.documents.services.statements.mail import compose_statement
from chalicelib.documents.services.statements.reading import rows_of
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict, Unreadable
from chalicelib.kernel.periods import Period
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mailer
from chalicelib.operations.services.addresses import Addresses, recipient
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People, Practices

LEASE = timedelta(seconds=60)  # as long as the delivery function may run
PAPER_WANTED = "paper, as the client file says"
_WHY_LENGTH = 300


@dataclass(frozen=True)
class Delivering:
    """`public_url` is the portal's origin, without a final slash."""

    ledgers: Ledgers
    practices: Practices
    people: People
    statements: Statements
    addresses: Addresses
    files: Files
    renderer: StatementRenderer
    mailer: Mailer
    clock: Clock
    requests: MoneyRequests
    public_url: str

    def deliver(self, ref: AccountRef, period: Period) -> Delivery:
        """The worker's part; what is delivered already stays as it is.

        Errors: NotFound practice_not_found, document_not_found; Busy: try again later.
        """
        profile, issued = self._read(ref, period)
        if issued.delivery is not Delivery.PENDING:
            return issued.delivery
        try:
            return self._deliver(profile, issued)
        except Conflict as conflict:
            raise Busy("somebody else delivers it") from conflict

    def render_again(self, ref: AccountRef, period: Period) -> None:
        """Make the PDF anew where it is gone; the bytes that there are stay. Mails nothing.

        Errors: NotFound practice_not_found, document_not_found; Refused document_not_ready; Invalid
        document_unrenderable; Unreadable; Busy.
        """
        profile, issued = self._read(ref, period)
        if not issued.file:
            raise Refused("document_not_ready")
        self._keep(profile, issued.statement, issued.file)

    def _read(self, ref: AccountRef, period: Period) -> tuple[Practice, Issued]:
        profile = present(self.practices.practice(ref.practice), "practice_not_found")
        return profile, present(self.statements.issued(ref, period), "document_not_found")

    def _deliver(self, profile: Practice, issued: Issued) -> Delivery:
        if issued.claimed_until > instant(self.clock.now()):
            raise Busy("somebody else delivers it")
        try:
            filed = self._filed(profile, issued)
        except Invalid as error:
            return self._mark(profile.id, issued, Delivery.UNRENDERABLE, _reason(error))
        except Unreadable as damaged:
            return self._mark(profile.id, issued, Delivery.UNRENDERABLE, unreadable(damaged)[:_WHY_LENGTH])
        to, why = self._addressed(profile.id, issued.statement.account_id)
        if not to:
            return self._mark(profile.id, filed, Delivery.PAPER, why)
        claimed_until = instant(self.clock.now() + LEASE)
        claimed = self.statements.save(profile.id, replace(filed, claimed_until=claimed_until))
        self.requests.note(profile, to)
        message_id = self._mailed(profile, issued.statement, to)
        sent = replace(claimed, message_id=message_id)
        return self._mark(profile.id, sent, Delivery.SENT if message_id else Delivery.MAIL_REFUSED)

    def _addressed(self, practice: str, account_id: str) -> tuple[str, str]:
        """Whom to mail to, or "" and why it is posted: "" where there is no address."""
        client = self.people.client(practice, account_id)
        to = recipient(client) if client else ""
        if client is None or not to:
            return "", ""
        if client.paper:
            return "", PAPER_WANTED
        stop = self.addresses.stopped(practice, to, MailKind.STATEMENT)
        return ("", str(stop)) if stop else (to, "")

    def _filed(self, profile: Practice, issued: Issued) -> Issued:
        if issued.file:
            return issued
        statement = issued.statement
        key = f"statements/{statement.account_id}/{statement.period}.pdf"
        self._keep(profile, statement, key)
        return replace(issued, file=key)

    def _keep(self, profile: Practice, statement: Statement, key: str) -> None:
        pdf = self.renderer.statement(self._data(profile, statement))
        self.files.put(profile.id, key, pdf, content_type="application/pdf")

    def _data(self, profile: Practice, statement: Statement) -> StatementData:
        """The lines are read from the entries, which are as immutable as the statement. Services are called
        as the practice calls them in the statement's language."""
        rows = rows_of(self.ledgers, statement.ref(profile.id), statement.covered)
        locale = statement.letterhead.locale
        services = {
            id_: service._replace(name=profile.service_in(service.name, locale)[0])
            for row in rows
            for id_, service in row.services.items()
        }
        pay_at = f"{self.public_url}/{profile.id}/billing" if profile.payments_enabled else ""
        return StatementData(statement, rules.lines(statement, [row.entry for row in rows], services), pay_at)

    def _mailed(self, profile: Practice, statement: Statement, to: str) -> str:
        """The mail service's id of it; "" where it is refused for good: the portal has the statement."""
        try:
            return self.mailer.send(compose_statement(profile, statement, to=to, public_url=self.public_url))
        except Invalid:
            return ""

    def _mark(self, practice: str, issued: Issued, delivery: Delivery, why: str = "") -> Delivery:
        noted = Noted(issued.statement.account_id, Outcome(delivery), instant(self.clock.now()), why)
        self.statements.save(practice, issued.now(delivery), noted)
        return delivery


def _reason(error: Invalid) -> str:
    return f"{error.code}: {error.details.get('reason', '')}"[:_WHY_LENGTH]
