"""Remind a payer of their overdue invoices: one e-mail with a link only, however many there are.

The payer is claimed first, then everything is read: what keeps a reminder back, and when the payer was last
asked for money. One transaction marks what was sent. Safe to run again; after a crash between SES's answer
and the mark the e-mail may go out twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.reminders import Kept, Reminder
from chalicelib.documents.ports.reminders import Reminders
from chalicelib.documents.services.receipts import Sent
from chalicelib.documents.services.reminders.looking import Looked, Looking, by_payer
from chalicelib.documents.services.reminders.running import TASK
from chalicelib.identity.services.pay_links import PayLinks
from chalicelib.kernel.document_ids import invoice_id
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Conflict
from chalicelib.mail.domain.letters import LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.operations.ports.claims import Claims
from chalicelib.operations.services.claims import claim
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Practice, pay_link_generation
from chalicelib.practice.ports import Practices
from chalicelib.practice.services.practice_mail import ACCOUNT_TAG, practice_mail, questions
from chalicelib.words import say
from chalicelib.words.mails import MAILS


@dataclass(frozen=True)
class Reminding:
    """`public_url` is the portal's origin, without a final slash."""

    practices: Practices
    reminders: Reminders
    looking: Looking
    claims: Claims
    mailer: Mailer
    clock: Clock
    links: PayLinks
    public_url: str

    def remind(self, practice_id: str, numbers: Sequence[int]) -> Sent:
        """The worker's part. Errors: NotFound practice_not_found; Unreadable; MailPaused; Busy."""
        practice = present(self.practices.practice(practice_id), "practice_not_found")
        today = self.looking.requests.today(practice)
        if not practice.reminders or today < practice.reminders_from:
            return Sent.BEFORE
        outcomes = [
            self._to(practice, payer, [one.reminder.number for one in some], today)
            for payer, some in by_payer(self._due(practice, numbers, today)).items()
        ]
        return max(outcomes, key=lambda sent: sent is Sent.SENT, default=Sent.BEFORE)

    def _due(self, practice: Practice, numbers: Sequence[int], today: str) -> Sequence[Looked]:
        """Those that no other worker has seen to since."""
        found = self.reminders.of_numbers(practice.id, numbers)
        waiting = [reminder for reminder in found if reminder.on and reminder.on <= today]
        return list(self.looking.look(practice, waiting))

    def _to(self, practice: Practice, payer: str, numbers: Sequence[int], today: str) -> Sent:
        if payer:
            claim(self.claims, self.clock, practice.id, f"{TASK}#{payer}")
        looked = [one for one in self._due(practice, numbers, today) if one.payer == payer]
        asks = [one for one in looked if one.kept is None]
        kept = [self._kept(one, practice, today) for one in looked if one.kept]
        if not asks:
            self._save(practice, kept)
            return Sent.BEFORE
        outcome = self._mail(practice, asks)
        sent = [one.reminder.reminded(practice.reminders, today) for one in asks]
        self._save(practice, [*sent, *kept], asked=payer, on=today)
        return outcome

    def _kept(self, looked: Looked, practice: Practice, today: str) -> Reminder:
        why: Kept = looked.kept or Kept.PAID
        return looked.reminder.kept(why, practice.reminders, today, looked.asked_on)

    def _mail(self, practice: Practice, asks: Sequence[Looked]) -> Sent:
        to, client = asks[0].to, asks[0].client
        known = self.looking.addresses
        locale = known.language(practice.id, client, to) if client else practice.locale
        try:
            link, url = self._pay_link(practice, asks), self.public_url
            self.mailer.send(compose_reminder(practice, asks, locale=locale, public_url=url, pay_link=link))
        except Invalid:  # for good: the portal has the invoice
            return Sent.REFUSED
        return Sent.SENT

    def _pay_link(self, practice: Practice, asks: Sequence[Looked]) -> str:
        """Of the invoice, or of the account where several of one are asked for; "" where there is none."""
        client = asks[0].client
        if client is None or any(one.reminder.account_id != client.id for one in asks):
            return ""
        document = invoice_id(asks[0].reminder.number) if len(asks) == 1 else "account"
        generation, now = pay_link_generation(practice, client), instant(self.clock.now())
        return self.links.printed(client.ref(practice.id), document, generation, since=now)

    def _save(self, practice: Practice, after: Sequence[Reminder], *, asked: str = "", on: str = "") -> None:
        """Where another worker has moved one of them, at least the payer is not asked again this week."""
        try:
            if after:
                self.reminders.save(practice.id, after, asked=asked, on=on)
        except Conflict:
            if asked:
                self.reminders.note_asked(practice.id, asked, on=on)


def compose_reminder(
    practice: Practice, asks: Sequence[Looked], *, locale: str, public_url: str, pay_link: str = ""
) -> Mail:
    """A link to the invoice, or to all of them, which asks to sign in; no amount, and nobody's name.
    `pay_link` pays without an account."""
    first = asks[0]
    account_id = first.reminder.account_id
    base = f"{public_url}/{practice.id}"
    document = invoice_id(first.reminder.number)
    page = f"{base}/documents?account={account_id}"
    if len(asks) == 1:
        page = f"{base}/invoice?account={account_id}&id={document}"
    told = f"{base}/questions?account={account_id}&kind=invoice&id={document}&choice=already_paid"
    paying = (LinkTo(say(MAILS, "reminder_pay", locale), pay_link),) if pay_link else ()
    blocks = (
        Paragraph(say(MAILS, "reminder_intro", locale)),
        LinkTo(say(MAILS, "reminder_link", locale), page),
        *paying,
        LinkTo(say(MAILS, "reminder_paid", locale), told),
        Paragraph(questions(practice, locale)),
    )
    subject = say(MAILS, "reminder_subject", locale)
    tags = ((ACCOUNT_TAG, account_id),)
    return practice_mail(MailKind.STATEMENT, practice, first.to, locale, subject, blocks, tags)
