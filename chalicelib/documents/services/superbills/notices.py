"""Tell whoever may see superbills that there are some: one e-mail with a link only.

A superbill is in the work list from its issue until it is told, and the sweep hands it to the documents
function. The first of a reader's superbills tells of all that the reader has not been told of, whichever
account they are of. Safe to run again; after a crash between SES's answer and the last mark the e-mail may go
out twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.ports.superbills import Superbills
from chalicelib.documents.services.receipts import Sent
from chalicelib.documents.services.told_together import told_together
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import superbill_id
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


def _told_at(client: Client) -> str:
    """ "" of whom the practice posts its documents to."""
    return "" if client.paper else superbill_reader(client)


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
        client = self.people.client(ref.practice, ref.account)
        to = _told_at(client) if client else ""
        if client is None or not to:  # or it is posted: nothing is sent, and so nothing claimed
            self.superbills.told(ref, number)
            return Sent.NO_ADDRESS
        hashed = self.addresses.filed_under(ref.practice, to)
        claim(self.claims, self.clock, ref.practice, f"{TASK}#{hashed or ref.account}")
        if not self.superbills.untold(ref, number):
            return Sent.BEFORE
        together = told_together(self.people, ref, hashed, lambda other: _told_at(other) == to)
        untold = {of: self.superbills.latest_untold(of) for of in together}
        untold[ref] = sorted({*untold[ref], number})
        outcome = self._mail(profile, client, untold, to)
        for of, numbers in untold.items():
            for one in numbers:
                self.superbills.told(of, one)
        return outcome

    def _mail(
        self, profile: Practice, client: Client, untold: Mapping[AccountRef, Sequence[int]], to: str
    ) -> Sent:
        told = [(of, number) for of, numbers in untold.items() for number in numbers]
        standing = [(of, number) for of, number in told if not self.superbills.voided(of, number)]
        if not standing:
            return Sent.NO_ADDRESS  # they do not stand any more: there is nothing to tell
        if self.addresses.stopped(profile.id, to, MailKind.STATEMENT):
            return Sent.STOPPED
        locale = self.addresses.language(profile.id, client, to)
        try:
            self.mailer.send(
                compose_superbill(profile, standing, to=to, locale=locale, public_url=self.public_url)
            )
        except Invalid:  # for good: the portal has the superbills
            return Sent.REFUSED
        return Sent.SENT


def compose_superbill(
    practice: Practice, superbills: Sequence[tuple[AccountRef, int]], *, to: str, locale: str, public_url: str
) -> Mail:
    """A link to the superbill, or to where all are, which asks to sign in; it does not say what kind of
    document that is."""
    ref, number = superbills[0]
    page = f"documents?account={ref.account}"
    said = ("documents_subject", "documents_intro", "documents_link")
    if len(superbills) == 1:
        page = f"superbill?account={ref.account}&id={superbill_id(number)}"
        said = ("document_subject", "document_intro", "document_link")
    subject, intro, link = (say(MAILS, key, locale) for key in said)
    blocks = (
        Paragraph(intro),
        LinkTo(link, f"{public_url}/{practice.id}/{page}"),
        Paragraph(questions(practice, locale)),
    )
    tags = ((ACCOUNT_TAG, ref.account),)
    return practice_mail(MailKind.STATEMENT, practice, to, locale, subject, blocks, tags)
