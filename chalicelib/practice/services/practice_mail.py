"""What every e-mail of a practice has in common. None names a client, clinician, service or diagnosis."""

from collections.abc import Sequence

from chalicelib.kernel.formatting import one_line
from chalicelib.mail.domain.letters import Block, as_html, as_text
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.mail.ports import Mail
from chalicelib.practice.domain.practices import Practice
from chalicelib.words import language, say
from chalicelib.words.mails import MAILS

# What a mail is about, for the mail service to say when it reports of it. Ids and kinds only: the service
# keeps them, and so may whoever reads its reports.
PRACTICE_TAG, KIND_TAG, ACCOUNT_TAG, PERIOD_TAG = "practice", "kind", "account", "period"
NO_BREAK_SPACE = "\u00a0"


def questions(practice: Practice, locale: str) -> str:
    """How to reach the practice, as the last line of an e-mail."""
    phone = one_line(practice.phone).replace(" ", NO_BREAK_SPACE)  # a number does not go on in the next line
    return say(MAILS, "questions", locale, phone=phone) if phone else say(MAILS, "questions_no_phone", locale)


def practice_mail(
    kind: MailKind,
    practice: Practice,
    to: str,
    locale: str,
    subject: str,
    blocks: Sequence[Block],
    tags: tuple[tuple[str, str], ...] = (),
) -> Mail:
    """From the practice by name, answered to its own address, once as text and once as HTML."""
    name = one_line(practice.name)
    # What is not asked for says as little as it can: the sender's name is beside it in the mailbox.
    head = name if kind in (MailKind.SIGN_IN, MailKind.RECEIPT) else ""
    return Mail(
        to=to,
        sender_name=name,
        reply_to=practice.email,
        subject=subject,
        text=as_text(blocks, sender=head),
        html=as_html(blocks, sender=head, title=subject, language=language(locale)),
        locale=language(locale),
        tags=((PRACTICE_TAG, practice.id), (KIND_TAG, kind.value), *tags),
    )
