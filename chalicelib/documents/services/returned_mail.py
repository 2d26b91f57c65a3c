"""The e-mail that says that a payment came to nothing after all."""

from chalicelib.ledger.domain.payments import Payment
from chalicelib.mail.domain.letters import LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.practice_mail import practice_mail, questions
from chalicelib.words import say
from chalicelib.words.mails import MAILS


def compose_returned(practice: Practice, payment: Payment, *, to: str, public_url: str) -> Mail:
    """A link to Billing, which asks to sign in and says which payment; of a guest to where they paid.
    No amount here, and nobody's name."""
    locale = payment.locale
    intro, link, page = "returned_intro", "returned_link", f"billing?account={payment.account_id}"
    if payment.guest:
        intro, link, page = "returned_guest_intro", "returned_guest_link", "pay-online"
    blocks = (
        Paragraph(say(MAILS, intro, locale)),
        LinkTo(say(MAILS, link, locale), f"{public_url}/{practice.id}/{page}"),
        Paragraph(questions(practice, locale)),
    )
    return practice_mail(
        MailKind.NOTICE, practice, to, locale, say(MAILS, "returned_subject", locale), blocks
    )
