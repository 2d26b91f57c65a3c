"""The e-mail with a code and a link to sign in by. The link carries its token in the fragment, which is never
sent to a server, and only a button on the page it opens uses it.
"""

from chalicelib.kernel.formatting import isolated, one_line
from chalicelib.mail.domain.letters import Code, LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.practice_mail import practice_mail
from chalicelib.words import say
from chalicelib.words.mails import MAILS


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
    return practice_mail(
        MailKind.SIGN_IN, practice, to, locale, say(MAILS, "sign_in_subject", locale), blocks
    )
