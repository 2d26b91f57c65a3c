"""The e-mails Billfold sends, composed from words and facts. Pure; sending is the Mailer's.

None names a client, clinician, service or diagnosis. Links carry their token in the fragment, which is
never sent to a server, and only a button on the page they open uses it.
"""

from collections.abc import Sequence

from chalicelib.domain.documents import receipt_rows
from chalicelib.domain.formatting import isolated, one_line
from chalicelib.domain.letters import Block, Code, Facts, Figure, LinkTo, Paragraph, as_html, as_text
from chalicelib.domain.mailing import MailKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.practices import Practice
from chalicelib.domain.statements import Statement
from chalicelib.services.ports.mails import Mail
from chalicelib.words import language, say
from chalicelib.words.mails import MAILS

# What a mail is about, for the mail service to say when it reports of it. Ids and kinds only: the service
# keeps them, and so may whoever reads its reports.
PRACTICE_TAG, KIND_TAG, ACCOUNT_TAG, PERIOD_TAG = "practice", "kind", "account", "period"


def compose_sign_in(
    practice: Practice, *, to: str, locale: str, code: str, token: str, public_url: str, minutes: int = 10
) -> Mail:
    """`token` and `code` are the invitation's two forms: to follow in the same browser, and to type over."""
    link = f"{public_url}/{practice.id}/sign-in#{token}"
    blocks = (
        Paragraph(say(MAILS, "sign_in_intro", locale, practice=isolated(one_line(practice.name)))),
        LinkTo(say(MAILS, "sign_in_link", locale), link),
        Paragraph(say(MAILS, "sign_in_code", locale)),
        Code(code),
        Paragraph(say(MAILS, "sign_in_limits", locale, minutes=str(minutes))),
        Paragraph(say(MAILS, "sign_in_ignore", locale)),
    )
    return _mail(MailKind.SIGN_IN, practice, to, locale, say(MAILS, "sign_in_subject", locale), blocks)


def compose_receipt(practice: Practice, payment: Payment, *, to: str, token: str, public_url: str) -> Mail:
    """In the language the payer paid in. `payment.owed_after_minor` None leaves out what is still owed."""
    locale = payment.locale
    received, *rows = receipt_rows(
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        date=payment.date,
        method=payment.method or payment.processor,
        reference=payment.reference or payment.id,
        owed_after_minor=payment.owed_after_minor,
        locale=locale,
    )
    blocks = (
        Figure(received),
        Facts(rows),
        Paragraph(say(MAILS, "receipt_done", locale)),
        LinkTo(say(MAILS, "receipt_link", locale), f"{public_url}/{practice.id}/receipt#{token}"),
        Paragraph(_questions(practice, locale)),
    )
    return _mail(MailKind.RECEIPT, practice, to, locale, say(MAILS, "receipt_subject", locale), blocks)


def compose_statement(practice: Practice, statement: Statement, *, to: str, public_url: str) -> Mail:
    """A link to the documents page, which asks to sign in; no amount, and nobody's name."""
    account_id, locale = statement.account_id, statement.letterhead.locale
    blocks = (
        Paragraph(say(MAILS, "statement_intro", locale)),
        LinkTo(
            say(MAILS, "statement_link", locale), f"{public_url}/{practice.id}/documents?account={account_id}"
        ),
        Paragraph(_questions(practice, locale)),
    )
    tags = ((ACCOUNT_TAG, account_id), (PERIOD_TAG, str(statement.period)))
    subject = say(MAILS, "statement_subject", locale)
    return _mail(MailKind.STATEMENT, practice, to, locale, subject, blocks, tags)


def compose_returned(practice: Practice, payment: Payment, *, to: str, public_url: str) -> Mail:
    """A link to Billing, which asks to sign in and says which payment; no amount here, and nobody's name."""
    locale = payment.locale
    link = f"{public_url}/{practice.id}/billing?account={payment.account_id}"
    blocks = (
        Paragraph(say(MAILS, "returned_intro", locale)),
        LinkTo(say(MAILS, "returned_link", locale), link),
        Paragraph(_questions(practice, locale)),
    )
    return _mail(MailKind.NOTICE, practice, to, locale, say(MAILS, "returned_subject", locale), blocks)


def _questions(practice: Practice, locale: str) -> str:
    phone = one_line(practice.phone)
    return say(MAILS, "questions", locale, phone=phone) if phone else say(MAILS, "questions_no_phone", locale)


def _mail(
    kind: MailKind,
    practice: Practice,
    to: str,
    locale: str,
    subject: str,
    blocks: Sequence[Block],
    tags: tuple[tuple[str, str], ...] = (),
) -> Mail:
    name = one_line(practice.name)
    return Mail(
        to=to,
        sender_name=name,
        reply_to=practice.email,
        subject=subject,
        text=as_text(blocks, sender=name),
        html=as_html(blocks, sender=name, title=subject, language=language(locale)),
        locale=language(locale),
        tags=((PRACTICE_TAG, practice.id), (KIND_TAG, kind.value), *tags),
    )
