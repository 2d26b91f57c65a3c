"""The mail service."""

from functools import cached_property

from chalicelib.bootstrap.platform import PlatformWiring
from chalicelib.mail.ports import Mailer
from chalicelib.mail.ses.mailer import SesMailer


class MailWiring(PlatformWiring):
    @cached_property
    def mailer(self) -> Mailer:
        return SesMailer(
            self.settings.mail_from,
            region=self.settings.region,
            configuration_set=self.settings.mail_configuration_set,
        )
