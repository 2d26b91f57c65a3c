"""Tell the client that there is a good faith estimate: one e-mail with a link only.

As with invoices: it is in the work list from its issue until somebody is told, and the sweep hands it to the
documents function. Safe to run again; after a crash between SES's answer and the mark the e-mail may go out
twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.documents.ports.estimates import Estimates
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

TASK = "estimate"


def message(ref: AccountRef, seq: int) -> Mapping[str, str]:
    """The documents function's: tell of the estimate."""
    return {"task": TASK, "practice": ref.practice, "account": ref.account, "number": str(seq)}


@dataclass(frozen=True)
class EstimateNotices:
    """`public_url` is the portal's origin, without a final slash."""

    practices: Practices
    people: People
    estimates: Estimates
    addresses: Addresses
    claims: Claims
    mailer: Mailer
    clock: Clock
    public_url: str

    def send(self, ref: AccountRef, seq: int) -> Sent:
        """The worker's part. Errors: NotFound practice_not_found, estimate_not_found; Busy."""
        present(self.estimates.estimate(ref, seq), "estimate_not_found", "estimate")
        if not self.estimates.untold(ref, seq):
            return Sent.BEFORE
        profile = present(self.practices.practice(ref.practice), "practice_not_found")
        claim(self.claims, self.clock, ref.practice, f"{TASK}#{ref.account}#{seq}")
        if not self.estimates.untold(ref, seq):
            return Sent.BEFORE
        outcome = self._mail(profile, ref)
        self.estimates.told(ref, seq)
        return outcome

    def _mail(self, profile: Practice, ref: AccountRef) -> Sent:
        client = self.people.client(ref.practice, ref.account)
        to = reader_of(client) if client and not client.paper else ""  # posted, as the client file says
        if client is None or not to:
            return Sent.NO_ADDRESS
        if self.addresses.stopped(profile.id, to, MailKind.STATEMENT):
            return Sent.STOPPED
        locale = self.addresses.language(profile.id, client, to)
        try:
            self.mailer.send(compose_estimate(profile, ref, to=to, locale=locale, public_url=self.public_url))
        except Invalid:  # for good: the portal has the estimate
            return Sent.REFUSED
        return Sent.SENT


def reader_of(client: Client) -> str:
    """Whose address it goes to: the client's, or that of a guarantor who is shown superbills, for no other
    sees estimates; "" means paper."""
    return client.email or (client.guarantor_email if client.guarantor_superbills else "")


def compose_estimate(practice: Practice, ref: AccountRef, *, to: str, locale: str, public_url: str) -> Mail:
    """A link to the documents, which ask to sign in; no amount, and nobody's name."""
    page = f"{public_url}/{practice.id}/documents?account={ref.account}"
    blocks = (
        Paragraph(say(MAILS, "estimate_intro", locale)),
        LinkTo(say(MAILS, "estimate_link", locale), page),
        Paragraph(questions(practice, locale)),
    )
    subject = say(MAILS, "estimate_subject", locale)
    tags = ((ACCOUNT_TAG, ref.account),)
    return practice_mail(MailKind.STATEMENT, practice, to, locale, subject, blocks, tags)
