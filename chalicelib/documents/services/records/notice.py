"""Tell who asked for billing records that they are there: a link to the page alone, which asks to sign in."""

from dataclasses import dataclass

from chalicelib.documents.domain.records import Records
from chalicelib.kernel.errors import Invalid, present
from chalicelib.mail.domain.letters import LinkTo, Paragraph
from chalicelib.mail.domain.setbacks import MailKind, stop_of
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.practice.domain.practices import Person, Practice
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.practice_mail import ACCOUNT_TAG, practice_mail, questions
from chalicelib.words import say
from chalicelib.words.mails import MAILS


@dataclass(frozen=True)
class RecordsNotices:
    """`public_url` is the portal's origin, without a final slash."""

    practices: Practices
    people: People
    mailer: Mailer
    public_url: str

    def send(self, practice: str, wish: Records) -> None:
        """Nothing where who asked sees the account no more or mail to them has stopped: the page says it,
        too. Errors: MailThrottled, MailPaused, NotFound practice_not_found, Busy."""
        person = self.people.person(practice, wish.person_id)
        if person is None or not _sees(person, wish):
            return
        if stop_of(self.people.mail_stops(practice, person.address_hash), MailKind.NOTICE):
            return
        profile = present(self.practices.practice(practice), "practice_not_found")
        try:
            self.mailer.send(compose_records(profile, wish, to=person.email, public_url=self.public_url))
        except Invalid:  # for good: the page has the file
            return


def _sees(person: Person, wish: Records) -> bool:
    """Whether it is who asked, by the same address, and the account is still theirs to see."""
    return person.since == wish.since and any(grant.account_id == wish.account_id for grant in person.grants)


def compose_records(practice: Practice, wish: Records, *, to: str, public_url: str) -> Mail:
    """A link to the page; nobody's name, and not the file."""
    page, locale = f"{public_url}/{practice.id}/documents?account={wish.account_id}", wish.locale
    blocks = (
        Paragraph(say(MAILS, "records_intro", locale)),
        LinkTo(say(MAILS, "statement_link", locale), page),
        Paragraph(questions(practice, locale)),
    )
    subject = say(MAILS, "records_subject", locale)
    tags = ((ACCOUNT_TAG, wish.account_id),)
    return practice_mail(MailKind.NOTICE, practice, to, locale, subject, blocks, tags)
