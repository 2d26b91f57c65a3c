"""Tell whoever may see superbills that there is one: one e-mail with a link only.

The superbill is in the work list from its issue until it is told, and the sweep hands it to the documents
function. Safe to run again; after a crash between SES's answer and the mark the e-mail may go out twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.documents.ports.superbills import Superbills
from chalicelib.documents.services.receipts import Sent
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, present
from chalicelib.mail.domain.letters import LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.operations.ports.claims import Claims
from chalicelib.operations.services.addresses import Addresses
from chalicelib.operations.services.claims import claim
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.practice_mail import ACCOUNT_TAG, practice_mail, questions
from chalicelib.words import say
from chalicelib.words.mails import MAILS

TASK = "superbill"


def message(ref: AccountRef, number: int) -> Mapping[str, str]:
    """The documents function's: tell of the superbill."""
    return {"task": TASK, "practice": ref.practice, "account": ref.account, "number": str(number)}


def superbill_reader(client: Client) -> str:
    """Whose address is told: the client's, else the guarantor's, where they see superbills; "" of nobody."""
    if client.superbills and client.email:
        return client.email
    return client.guarantor_email if client.guarantor_superbills else ""


@dataclass(frozen=True)
class SuperbillNotices:
    """`public_url` is the portal's origin, without a final slash."""

    practices: Practices
    people: People
    superbills: Superbills
    addresses: Addresses
    claims: Claims
    mailer: Mailer
    clock: Clock
    public_url: str

    def send(self, ref: AccountRef, number: int) -> Sent:
        """The worker's part. Errors: NotFound practice_not_found, superbill_not_found; Busy."""
        present(self.superbills.superbill(ref, number), "superbill_not_found", "number")
        if not self.superbills.untold(ref, number):
            return Sent.BEFORE
        profile = present(self.practices.practice(ref.practice), "practice_not_found")
        claim(self.claims, self.clock, ref.practice, f"{TASK}#{number}")
        if not self.superbills.untold(ref, number):
            return Sent.BEFORE
        outcome = self._mail(profile, ref, number)
        self.superbills.told(ref, number)
        return outcome

    def _mail(self, profile: Practice, ref: AccountRef, number: int) -> Sent:
        client = self.people.client(ref.practice, ref.account)
        to = superbill_reader(client) if client and not client.paper else ""
        if client is None or not to or self.superbills.voided(ref, number):
            return Sent.NO_ADDRESS  # or it is posted, or does not stand any more: there is nothing to tell
        if self.addresses.stopped(profile.id, to, MailKind.STATEMENT):
            return Sent.STOPPED
        try:
            self.mailer.send(
                compose_superbill(
                    profile, ref, number, to=to, locale=client.locale, public_url=self.public_url
                )
            )
        except Invalid:  # for good: the portal has the superbill
            return Sent.REFUSED
        return Sent.SENT


def compose_superbill(
    practice: Practice, ref: AccountRef, number: int, *, to: str, locale: str, public_url: str
) -> Mail:
    """A link to the superbill, which asks to sign in; it does not say what kind of document that is."""
    page = f"{public_url}/{practice.id}/superbill?account={ref.account}&id=superbill-{number}"
    blocks = (
        Paragraph(say(MAILS, "document_intro", locale)),
        LinkTo(say(MAILS, "document_link", locale), page),
        Paragraph(questions(practice, locale)),
    )
    subject = say(MAILS, "document_subject", locale)
    tags = ((ACCOUNT_TAG, ref.account),)
    return practice_mail(MailKind.STATEMENT, practice, to, locale, subject, blocks, tags)
