"""The mail service, and how fast mail goes there."""

from functools import cached_property

from chalicelib.bootstrap.platform import PlatformWiring
from chalicelib.mail.domain.pace import MailPace
from chalicelib.mail.ports import MailAccount, Mailer, MailSetUps
from chalicelib.mail.services.pacing import AccountWatch, InsistingMailer, StatementMailer
from chalicelib.mail.ses.mailer import SesMailer


class MailWiring(PlatformWiring):
    @cached_property
    def mailer(self) -> Mailer:
        return SesMailer(
            self.settings.mail_from,
            region=self.settings.region,
            configuration_set=self.settings.mail_configuration_set,
        )

    @cached_property
    def insisting_mailer(self) -> Mailer:
        return InsistingMailer(self.mailer, self.clock)

    @cached_property
    def statement_mailer(self) -> StatementMailer:
        return StatementMailer(self.mailer, self.mail_watch, self.mail_pace, self.clock)

    @cached_property
    def mail_account(self) -> MailAccount:
        from chalicelib.mail.ses.account import SesAccount

        return SesAccount(region=self.settings.region)

    @cached_property
    def mail_set_ups(self) -> MailSetUps:
        from chalicelib.mail.ses.set_up import SesSetUp

        given = self.settings
        return SesSetUp(given.mail_from, given.mail_configuration_set, region=given.region)

    @cached_property
    def mail_watch(self) -> AccountWatch:
        return AccountWatch(self.mail_account, self.clock)

    @cached_property
    def mail_pace(self) -> MailPace:
        return MailPace(self.settings.mail_rate, self.settings.statement_workers)
