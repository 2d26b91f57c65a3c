"""Send a year's receipts again to an address from which somebody paid without an account.

Whoever asks is told the same, whether or not anything was paid from there: nothing is looked up until the
worker has the message, which names the address by its keyed hash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.documents.services.receipts import LINK_DAYS, RECEIPT_LINK
from chalicelib.identity.services.limits import Counters, Limit, Pace
from chalicelib.identity.services.links import Links
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.formatting import date_text, money_text
from chalicelib.kernel.money import Money
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.mail.domain.letters import Block, LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind, stop_of
from chalicelib.mail.ports import Mailer
from chalicelib.payments.domain.guests import KeptForm
from chalicelib.payments.ports.guests import GuestForms
from chalicelib.platform.ports import Clock, Keys, Queue
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.address_hashes import address_hash
from chalicelib.practice.services.practice_mail import practice_mail, questions
from chalicelib.words import say
from chalicelib.words.mails import MAILS

TASK = "guest-receipts"
ASKS_OF_NETWORK = (
    Limit("guest-receipts-of-network", 10, 3600), Limit("guest-receipts-of-site", 40, 3600),
)  # fmt: skip
MAILS_TO_ADDRESS = (Pace(uses=3, seconds=24 * 3600),)
A_YEAR = timedelta(days=366)
MOST = 60  # receipts in a mail: the latest


@dataclass(frozen=True, kw_only=True)
class GuestReceipts:
    forms: GuestForms
    ledgers: Ledgers
    practices: Practices
    people: People
    links: Links
    mailer: Mailer
    counters: Counters
    keys: Keys
    clock: Clock
    queue: Queue
    public_url: str

    def ask(self, practice: str, email: str, ip: str, *, locale: str) -> None:
        """Have them mailed, if there are any. Errors: NotFound practice_not_found; Invalid email_invalid;
        Refused too_many_requests, of the network; Busy."""
        present(self.practices.practice(practice), "practice_not_found")
        hashed = address_hash(self.keys, practice, email)
        self.counters.spend_of_networks(ASKS_OF_NETWORK, ip, practice=practice)
        if self.counters.keeps_pace(TASK, MAILS_TO_ADDRESS, f"{practice}/{hashed}"):
            self.queue.send(_message(practice, hashed, locale))

    def send(self, practice: str, hashed: str, *, locale: str) -> bool:
        """The worker's part; whether anything was mailed. Errors: NotFound practice_not_found; Busy."""
        profile = present(self.practices.practice(practice), "practice_not_found")
        today = self.clock.now().date()
        first, last = (today - A_YEAR).isoformat(), (today + timedelta(days=1)).isoformat()
        kept = list(self.forms.paid_from(practice, hashed, first=first, last=last))[-MOST:]
        paid = [payment for form in kept if (payment := self._payment(practice, form))]
        if not paid or stop_of(self.people.mail_stops(practice, hashed), MailKind.RECEIPT):
            return False
        try:
            self._mail(profile, paid, to=kept[-1].form.email, locale=locale)
        except Invalid:  # for good: the mail service will not have it
            return False
        return True

    def _payment(self, practice: str, kept: KeptForm) -> Payment | None:
        found = self.ledgers.payment(kept.ref(practice), kept.payment_id)
        return found if found and found.receipt_key else None

    def _mail(self, profile: Practice, paid: Sequence[Payment], *, to: str, locale: str) -> None:
        blocks: tuple[Block, ...] = (
            Paragraph(say(MAILS, "guest_receipts_intro", locale)),
            *(self._link(profile, payment, locale) for payment in paid),
            Paragraph(say(MAILS, "guest_receipts_ignore", locale)),
            Paragraph(questions(profile, locale)),
        )
        subject = say(MAILS, "guest_receipts_subject", locale)
        self.mailer.send(practice_mail(MailKind.RECEIPT, profile, to, locale, subject, blocks))

    def _link(self, profile: Practice, payment: Payment, locale: str) -> LinkTo:
        ref = payment.ref(profile.id)
        token = self.links.token(ref, kind=RECEIPT_LINK, payment_id=payment.id, days=LINK_DAYS)
        amount = money_text(Money(payment.amount_minor, payment.currency), locale)
        label = f"{date_text(payment.date, locale)}, {amount}"
        return LinkTo(label, f"{self.public_url}/{profile.id}/receipt#{token}")


def _message(practice: str, hashed: str, locale: str) -> Mapping[str, str]:
    return {"task": TASK, "practice": practice, "address": hashed, "locale": locale}
