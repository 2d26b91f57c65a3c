"""E-mail, and the service that sends it."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.kernel.outside import Busy
from chalicelib.mail.domain.pace import Allowance, Pause


class MailThrottled(Busy):
    """The service took nothing, being asked faster than it sends: ask again a little later."""


class MailPaused(Busy):
    """The service takes nothing for now, and only time or a person ends it."""

    def __init__(self, why: Pause) -> None:
        super().__init__(f"mail paused: {why}")
        self.why = why


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
        """The mail service's message id. Errors: Invalid mail_refused (never will), MailThrottled and
        MailPaused (nothing was sent), Busy (try again; it may have been sent)."""
        ...


@dataclass(frozen=True, slots=True)
class MailSetUp:
    """How the mail service is set up for us.

    `to_anybody`: it sends to any address, and not to verified ones alone. `verified`: it sends from our
    address or domain. `reported`: it has our configuration set, by which it tells of bounces and complaints.
    `keeps`: for what its own list keeps an address from our mail, in its words ("BOUNCE", "COMPLAINT").
    """

    to_anybody: bool
    verified: bool
    reported: bool
    keeps: frozenset[str]


class MailSetUps(Protocol):
    def found(self) -> MailSetUp:
        """As of now. Error: Busy."""
        ...


class MailAccount(Protocol):
    def allowance(self) -> Allowance:
        """As of now. Error: Busy."""
        ...
