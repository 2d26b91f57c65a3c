"""Which address a client's mail goes to, if any: one that bounced for good or complained gets no more."""

from dataclasses import dataclass

from chalicelib.domain.errors import Invalid
from chalicelib.domain.mailing import MailStop
from chalicelib.domain.practices import Client
from chalicelib.services.identity import person_id
from chalicelib.services.ports import Keys, People


def recipient(client: Client) -> str:
    """Who gets the e-mail: the guarantor where there is one, else the client; "" means paper."""
    return client.guarantor_email or client.email


@dataclass(frozen=True)
class Addresses:
    people: People
    keys: Keys

    def stop(self, practice: str, email: str, stop: MailStop) -> None:
        """Write there no more. Errors: Invalid email_invalid, Busy."""
        self.people.stop_mail(practice, person_id(self.keys, practice, email), stop)

    def stopped(self, practice: str, email: str) -> MailStop | None:
        """Why not to write to that address; None: nothing is known against it. Error: Busy."""
        try:
            known_as = person_id(self.keys, practice, email)
        except Invalid:  # the mail service says what is wrong with it
            return None
        return self.people.mail_stop(practice, known_as)

    def try_again(self, practice: str, client: Client) -> None:
        """Forget that the client's address bounced; a complaint is not forgotten. Errors: as `stop`."""
        if email := recipient(client):
            self.people.forget_bounce(practice, person_id(self.keys, practice, email))
