"""What becomes of an e-mail after the mail service took it, and which mail an address gets no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period


class MailKind(StrEnum):
    """What an e-mail of ours is. The mail service is given it as a tag, and says it when it reports.

    STATEMENT: that there is one, or an invoice, or that one is overdue. NOTICE: that a bank debit came
    to nothing, of a question or its answer, or that records are there. UNKNOWN: of the time before mail
    bore its kind.
    """

    SIGN_IN = "sign-in"
    RECEIPT = "receipt"
    STATEMENT = "statement"
    NOTICE = "notice"
    UNKNOWN = "unknown"


class Setback(StrEnum):
    """BOUNCE: it did not arrive. COMPLAINT: its reader reported it as spam."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"


STOP_NAMES = (Setback.BOUNCE.value, *(kind.value for kind in MailKind))


@dataclass(frozen=True, slots=True)
class MailStop:
    """Why, and since which instant, mail to an address is stopped; `why` is the mail server's own words.

    `kind` is what the mail was; of a bounce it is not kept. `mail` is the mail service's id of it, "" where
    that was not kept. `lifted_at` "" while the stop stands.
    """

    setback: Setback
    at: str
    why: str = ""
    kind: MailKind = MailKind.UNKNOWN
    mail: str = ""
    lifted_at: str = ""

    def __str__(self) -> str:
        return f"{self.setback} on {self.at[:10]}{f': {self.why}' if self.why else ''}"

    @property
    def name(self) -> str:
        """One of STOP_NAMES; an address has at most one stop of each."""
        return self.setback.value if self.setback is Setback.BOUNCE else self.kind.value

    def stops(self, kind: MailKind) -> bool:
        """A bounce stops everything, for the address does not exist; a complaint stops its own kind.

        Of a complaint about nobody knows what we stop all that comes unasked: a sign-in mail was asked for,
        and a second complaint says whether it was about that.
        """
        if self.lifted_at or self.setback is Setback.BOUNCE:
            return not self.lifted_at
        return kind is not MailKind.SIGN_IN if self.kind is MailKind.UNKNOWN else kind is self.kind


def stop_of(stops: Iterable[MailStop], kind: MailKind) -> MailStop | None:
    """What stops mail of that kind, a complaint before a bounce; None: nothing does."""
    found = [stop for stop in stops if stop.stops(kind)]
    return min(found, key=lambda stop: (stop.setback is Setback.BOUNCE, stop.at), default=None)


@dataclass(frozen=True, slots=True)
class MailReport:
    """One setback of one e-mail of ours, as the mail service reports it.

    `sent_at` is when the service took the mail, and `stop.mail` what it called it. `arrived` is False where
    nobody has it; `lasting` means that no other mail would fare better, so the address is stopped.
    `account_id` and `period` name the statement that the mail announced, "" and None where it announced none.
    """

    practice: str
    address: str
    sent_at: str
    stop: MailStop
    arrived: bool
    lasting: bool
    account_id: str = ""
    period: Period | None = None

    @property
    def ref(self) -> AccountRef:
        """Whose statement the mail announced."""
        return AccountRef(self.practice, self.account_id)

    @property
    def message_id(self) -> str:
        return self.stop.mail
