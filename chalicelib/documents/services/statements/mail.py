"""The e-mail that says that there is a statement."""

from chalicelib.documents.domain.statements import Statement
from chalicelib.mail.domain.letters import LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.practice_mail import ACCOUNT_TAG, PERIOD_TAG, practice_mail, questions
from chalicelib.words import say
from chalicelib.words.mails import MAILS


def compose_statement(
    practice: Practice, statement: Statement, *, to: str, locale: str, public_url: str
) -> Mail:
    """A link to the documents page, which asks to sign in; no amount, and nobody's name."""
    account_id = statement.account_id
    blocks = (
        Paragraph(say(MAILS, "statement_intro", locale)),
        LinkTo(
            say(MAILS, "statement_link", locale), f"{public_url}/{practice.id}/documents?account={account_id}"
        ),
        Paragraph(questions(practice, locale)),
    )
    tags = ((ACCOUNT_TAG, account_id), (PERIOD_TAG, str(statement.period)))
    subject = say(MAILS, "statement_subject", locale)
    return practice_mail(MailKind.STATEMENT, practice, to, locale, subject, blocks, tags)
