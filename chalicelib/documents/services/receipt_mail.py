"""The e-mail with a receipt: what was received, and a link to the PDF whose token is in the fragment."""

from chalicelib.documents.domain.receipts import receipt_rows
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment
from chalicelib.mail.domain.letters import Facts, Figure, LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.practice_mail import practice_mail, questions
from chalicelib.words import say
from chalicelib.words.mails import MAILS


def compose_receipt(practice: Practice, payment: Payment, *, to: str, token: str, public_url: str) -> Mail:
    """In the language the payer paid in. `payment.owed_after_minor` None leaves out what is still owed."""
    locale = payment.locale
    received, *rows = receipt_rows(
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        date=payment.date,
        method=payment.method or Method(payment.processor),
        reference=payment.reference or payment.id,
        owed_after_minor=payment.owed_after_minor,
        locale=locale,
    )
    blocks = (
        Figure(received),
        Facts(rows),
        Paragraph(say(MAILS, "receipt_done", locale)),
        LinkTo(say(MAILS, "receipt_link", locale), f"{public_url}/{practice.id}/receipt#{token}"),
        Paragraph(questions(practice, locale)),
    )
    return practice_mail(
        MailKind.RECEIPT, practice, to, locale, say(MAILS, "receipt_subject", locale), blocks
    )
