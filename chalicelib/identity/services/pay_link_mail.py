"""The e-mail with a code for a pay link: for who cannot say the birth date, or tried too often."""

from chalicelib.kernel.formatting import isolated, one_line
from chalicelib.mail.domain.letters import Code, LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.practice_mail import practice_mail
from chalicelib.words import say
from chalicelib.words.mails import MAILS


def compose_pay_code(practice: Practice, *, to: str, locale: str, code: str, page: str, minutes: int) -> Mail:
    """`page` is the link with the code in its fragment; only the button there uses it."""
    blocks = (
        Paragraph(say(MAILS, "pay_code_intro", locale, practice=isolated(one_line(practice.name)))),
        LinkTo(say(MAILS, "pay_code_link", locale), page),
        Paragraph(say(MAILS, "pay_code_code", locale)),
        Code(code),
        Paragraph(say(MAILS, "pay_code_limits", locale, minutes=str(minutes))),
        Paragraph(say(MAILS, "pay_code_ignore", locale)),
    )
    subject = say(MAILS, "pay_code_subject", locale)
    return practice_mail(MailKind.SIGN_IN, practice, to, locale, subject, blocks)
