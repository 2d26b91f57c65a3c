"""The e-mail that says that a bank sent a debit back."""

from chalicelib.ledger.domain.payments import Payment
from chalicelib.mail.domain.letters import LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.practice_mail import practice_mail, questions
from chalicelib.words import say
from chalicelib.words.mails import MAILS


def compose_returned(practice: Practice, payment: Payment, *, to: str, public_url: str) -> Mail:
    """A link to Billing, which asks to sign in and says which payment; no amount here, and nobody's name."""
    locale = payment.locale
    link = f"{public_url}/{practice.id}/billing?account={payment.account_id}"
    blocks = (
        Paragraph(say(MAILS, "returned_intro", locale)),
        LinkTo(say(MAILS, "returned_link", locale), link),
        Paragraph(questions(practice, locale)),
    )
    return practice_mail(
        MailKind.NOTICE, practice, to, locale, say(MAILS, "returned_subject", locale), blocks
    )
