"""Tell whoever pays that there are invoices: one e-mail with a link only, and what they are of stays behind
sign-in.

An invoice is in the work list from its issue until it is told, and the sweep hands it to the documents
function. The first of a payer's invoices tells of all that the payer has not been told of, whichever account
they are of; while the practice's invoices are being issued by the clock, it waits. Safe to run again; after a
crash between SES's answer and the last mark the e-mail may go out twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.documents.ports.invoices import Invoices
from chalicelib.documents.services.invoices.running import JOB
from chalicelib.documents.services.receipts import Sent
from chalicelib.documents.services.reminders.requests import MoneyRequests
from chalicelib.documents.services.told_together import told_together
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import invoice_id
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.outside import Unreadable
from chalicelib.mail.domain.letters import LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.operations.ports.claims import Claims
from chalicelib.operations.ports.rounds import Rounds
from chalicelib.operations.services.addresses import Addresses, recipient
from chalicelib.operations.services.claims import claim
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, InvoicesBy, Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.practice_mail import ACCOUNT_TAG, practice_mail, questions
from chalicelib.words import say
from chalicelib.words.mails import MAILS

TASK = "invoice"
PATIENCE = timedelta(hours=1)  # with a round: a longer one tells as it comes


def message(ref: AccountRef, number: int) -> Mapping[str, str]:
    """The documents function's: tell of the invoice."""
    return {"task": TASK, "practice": ref.practice, "account": ref.account, "number": str(number)}


@dataclass(frozen=True)
class InvoiceNotices:
    """`public_url` is the portal's origin, without a final slash."""

    practices: Practices
    people: People
    invoices: Invoices
    addresses: Addresses
    claims: Claims
    rounds: Rounds
    mailer: Mailer
    clock: Clock
    requests: MoneyRequests
    public_url: str

    def send(self, ref: AccountRef, number: int) -> Sent:
        """The worker's part. Errors: NotFound practice_not_found, invoice_not_found; Busy."""
        present(self.invoices.invoice(ref, number), "invoice_not_found", "number")
        if not self.invoices.untold(ref, number):
            return Sent.BEFORE
        profile = present(self.practices.practice(ref.practice), "practice_not_found")
        if self._under_way(profile):
            return Sent.LATER
        client = self.people.client(ref.practice, ref.account)
        to = _told_at(client) if client else ""
        if client is None or not to:  # or it is posted: nothing is sent, and so nothing claimed
            self.invoices.told(ref, number)
            return Sent.NO_ADDRESS
        hashed = self.addresses.filed_under(ref.practice, to)
        claim(self.claims, self.clock, ref.practice, f"{TASK}#{hashed or ref.account}")
        if not self.invoices.untold(ref, number):
            return Sent.BEFORE
        together = told_together(self.people, ref, hashed, lambda other: _told_at(other) == to)
        untold = {of: self.invoices.latest_untold(of) for of in together}
        untold[ref] = sorted({*untold[ref], number})
        outcome = self._mail(profile, client, untold, to)
        for of, numbers in untold.items():
            for one in numbers:
                self.invoices.told(of, one)
        return outcome

    def _under_way(self, profile: Practice) -> bool:
        if profile.invoices is InvoicesBy.HAND:
            return False
        try:
            found = self.rounds.latest(profile.id, JOB)
        except Unreadable:  # whoever hands steps over calls a person
            return False
        if found is None or found.ended_at:
            return False
        return self.clock.now() - datetime.fromisoformat(found.begun_at) < PATIENCE

    def _mail(
        self, profile: Practice, client: Client, untold: Mapping[AccountRef, Sequence[int]], to: str
    ) -> Sent:
        asked = {of: self.invoices.invoiced(of) for of in untold}
        standing = [
            (of, number) for of, numbers in untold.items() for number in numbers if asked[of].on(number)
        ]
        if not standing:
            return Sent.NO_ADDRESS  # they are void by now: there is nothing to tell
        if self.addresses.stopped(profile.id, to, MailKind.STATEMENT):
            return Sent.STOPPED
        self.requests.note(profile, to)
        locale = self.addresses.language(profile.id, client, to)
        try:
            self.mailer.send(
                compose_invoice(profile, standing, to=to, locale=locale, public_url=self.public_url)
            )
        except Invalid:  # for good: the portal has the invoices
            return Sent.REFUSED
        return Sent.SENT


def _told_at(client: Client) -> str:
    """ "" of whom the practice posts its documents to."""
    return "" if client.paper else recipient(client)


def compose_invoice(
    practice: Practice, invoices: Sequence[tuple[AccountRef, int]], *, to: str, locale: str, public_url: str
) -> Mail:
    """A link to the invoice, or to where all are, which asks to sign in; no amount, and nobody's name."""
    ref, number = invoices[0]
    page, said = f"documents?account={ref.account}", ("invoices_subject", "invoices_intro", "invoices_link")
    if len(invoices) == 1:
        page = f"invoice?account={ref.account}&id={invoice_id(number)}"
        said = ("invoice_subject", "invoice_intro", "invoice_link")
    subject, intro, link = (say(MAILS, key, locale) for key in said)
    blocks = (
        Paragraph(intro),
        LinkTo(link, f"{public_url}/{practice.id}/{page}"),
        Paragraph(questions(practice, locale)),
    )
    tags = ((ACCOUNT_TAG, ref.account),)
    return practice_mail(MailKind.STATEMENT, practice, to, locale, subject, blocks, tags)
