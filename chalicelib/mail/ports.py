"""E-mail, and the service that sends it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """`sender_name` is the practice's; the address is the deployment's own. `to` is one bare address.

    `tags` come back with what the mail service reports of it: opaque ids of ASCII letters, digits, - and _.
    """

    to: str
    sender_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    locale: str
    tags: tuple[tuple[str, str], ...] = ()


class Mailer(Protocol):
    def send(self, mail: Mail) -> str:
        """The mail service's message id. Errors: Busy (try again), Invalid mail_refused (never will)."""
        ...
