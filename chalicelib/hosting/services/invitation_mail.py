"""The mail that invites an owner. It goes to the owner alone, before there is a client, and names none."""

from chalicelib.hosting.domain.owners import Owner
from chalicelib.kernel.formatting import isolated, one_line
from chalicelib.mail.domain.letters import Code, LinkTo, Paragraph, as_html, as_text
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.services.practice_mail import KIND_TAG, PRACTICE_TAG
from chalicelib.words import language, say
from chalicelib.words.mails import MAILS


def compose_invitation(practice: Practice, owner: Owner, *, code: str, public_url: str) -> Mail:
    """`code` proves to the host, who asks for it by phone, that the mail was read by whom they meant."""
    locale, host = owner.language, isolated(one_line(owner.host))

    def said(name: str, **values: str) -> str:
        return say(MAILS, name, locale, **values)

    subject = said("owner_subject")
    blocks = (
        Paragraph(said("owner_intro", host=host, practice=isolated(one_line(practice.name)))),
        LinkTo(said("owner_link"), f"{public_url}/{practice.id}/"),
        Paragraph(said("owner_code")),
        Code(code),
        Paragraph(said("owner_next")),
        Paragraph(said("owner_agreements", host=host)),
        Paragraph(said("owner_clients")),
        Paragraph(said("owner_ignore")),
    )
    return Mail(
        to=owner.email, sender_name=one_line(owner.host), reply_to=owner.host_email, subject=subject,
        text=as_text(blocks, sender=""),
        html=as_html(blocks, sender="", title=subject, language=language(locale)),
        locale=language(locale),
        tags=((PRACTICE_TAG, practice.id), (KIND_TAG, MailKind.NOTICE.value)),
    )  # fmt: skip
