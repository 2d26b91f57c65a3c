"""What becomes of an e-mail after the mail service took it, and which addresses are written to no more."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.periods import Period


class Setback(StrEnum):
    """BOUNCE: it did not arrive. COMPLAINT: its reader reported it as spam."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class MailStop:
    """Why, and since which instant, an address is not written to; `why` is the mail server's own words."""

    setback: Setback
    at: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.setback} on {self.at[:10]}{f': {self.why}' if self.why else ''}"


@dataclass(frozen=True, slots=True)
class MailReport:
    """One setback of one e-mail of ours, as the mail service reports it.

    `message_id` is what the service called the mail when it took it. `arrived` is False where nobody has it;
    `lasting` means that no other mail would fare better, so the address is stopped. `account_id` and
    `period` name the statement that the mail announced, "" and None where it announced none.
    """

    practice: str
    address: str
    message_id: str
    stop: MailStop
    arrived: bool
    lasting: bool
    account_id: str = ""
    period: Period | None = None
