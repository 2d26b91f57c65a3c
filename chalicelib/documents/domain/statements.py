"""Statements: what one month did to an account, and how it stood at the end.

A statement covers every entry that is dated up to the month's last day and is on no statement yet. So every
entry is on exactly one: the first one issued after it was recorded whose month ends on or after its date.
Each opening balance is the closing balance of the statement before. statement_lines.py makes them.
"""

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum

from chalicelib.documents.domain.ageing import Ageing
from chalicelib.documents.domain.letterheads import PostedLetterhead
from chalicelib.documents.domain.spans import Spans
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import statement_id
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.entries import EntryKind

TEMPLATE = 1  # raised where the same statement is to be drawn in another way


class Delivery(StrEnum):
    """What became of a statement. PENDING: still to be mailed; PAPER: no address to mail to; BOUNCED: the
    mail service took the e-mail and reported later that it did not arrive; UNRENDERABLE: it was mailed, and
    when it was opened its PDF could not be drawn."""

    PENDING = "pending"
    SENT = "sent"
    PAPER = "paper"
    MAIL_REFUSED = "mail_refused"
    BOUNCED = "bounced"
    UNRENDERABLE = "unrenderable"


BY_POST = frozenset({Delivery.PAPER, Delivery.MAIL_REFUSED, Delivery.BOUNCED})
"""No e-mail announced it: somebody has to post it."""


class Outcome(StrEnum):
    """What a run came to for one client: a statement and its delivery, or why there is none."""

    PENDING = "pending"
    SENT = "sent"
    PAPER = "paper"
    MAIL_REFUSED = "mail_refused"
    BOUNCED = "bounced"
    UNRENDERABLE = "unrenderable"
    SKIPPED = "skipped"  # nothing owed and nothing happened
    NO_ACCOUNT = "no_account"
    UPDATING = "updating"  # an import of theirs has not finished
    LATER_ISSUED = "later_issued"  # a later month's statement covers these entries
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FanOut:
    """How many of a practice's accounts a run has handed to its queue, and up to which; `after` is "" where
    those are all."""

    clients: int = 0
    after: str = ""

    @property
    def over(self) -> bool:
        return not self.after


@dataclass(frozen=True, slots=True)
class Noted:
    """One client's outcome, why where that is not plain, and when. PENDING of one that was issued, and mailed
    without anything to be noted: what became of it is in the document."""

    client_id: str
    outcome: Outcome
    at: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """Minor units: opening + charges - payments + adjustments + refunds = closing; adjustments are signed."""

    opening_minor: int
    charges_minor: int
    payments_minor: int
    adjustments_minor: int
    refunds_minor: int

    @property
    def closing_minor(self) -> int:
        owed = self.opening_minor + self.charges_minor - self.payments_minor
        return owed + self.adjustments_minor + self.refunds_minor


@dataclass(frozen=True, slots=True)
class Closed:
    """What an overview shows of a statement: its period, and the balance that it closed with."""

    period: Period
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Carried:
    """What an account's latest statement, that of `period`, leaves to the next one. `earlier` are the
    statements right before it that it knows of, the latest first.

    Of the entries up to number `last_seq`, only those in `left` are on no statement: they are dated after
    the period. `balance_minor` is what the statement closed with, `pending_minor` what insurers were then
    expected to pay; below 0 where their money is dated before the service it is for.
    """

    period: Period
    last_seq: int = 0
    left: Spans = ()
    balance_minor: int = 0
    pending_minor: int = 0
    earlier: tuple[Closed, ...] = ()

    @property
    def latest(self) -> tuple[Closed, ...]:
        """Up to `LATEST` statements, the newest first; fewer than there are, where they were issued before
        rows kept more than one."""
        return (Closed(self.period, self.balance_minor), *self.earlier)


@dataclass(frozen=True, slots=True)
class Statement:
    """Immutable once issued; its lines are those of the entries it covers, immutable too. Its PDF is drawn
    when it is first opened, and says the same whenever that is.

    `first`: there is none before it, so that what is dated before its period is in the opening balance.
    `ageing` is of what was open when it was made, on `made_on` (practice-local, YYYY-MM-DD). `pending_minor`
    is expected from insurers and no part of what the client owes. `late` counts lines of earlier periods.
    `called` are services whose names the practice has in the statement's language: as posted, as printed.
    `pay_at` is the page on which to pay, "" where nothing can be paid online; `pay_link` is of which
    generation its pay link is, 0 where it has none. `template` is the version of
    the page that it is drawn on, `digest` of all that is printed, "" where it was drawn when it was issued.
    """

    account_id: str
    period: Period
    currency: str
    covered: Spans
    first: bool
    late: int
    sums: Sums
    ageing: Ageing
    pending_minor: int
    letterhead: PostedLetterhead
    made_on: str
    issued_at: str
    called: tuple[tuple[str, str], ...] = ()
    pay_at: str = ""
    digest: str = ""
    template: int = 1  # not TEMPLATE: a row has no field that has its default
    pay_link: int = 0

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)

    @property
    def id(self) -> str:
        return statement_id(self.period)

    @property
    def asks(self) -> bool:
        """Whether there is something to pay: owed then, and not settled since."""
        return self.sums.closing_minor > 0 and self.ageing.total_minor > 0


def with_notices(statement: Statement, notices: tuple[str, ...]) -> Statement:
    """It, with what law wants said of its services beside what it wants on every statement."""
    head = statement.letterhead
    return replace(statement, letterhead=replace(head, notices=(*head.notices, *notices)))


@dataclass(frozen=True, slots=True)
class Issued:
    """A statement and what has been done with it since.

    `claimed_until` is an instant up to which somebody is sending the e-mail; `version` guards every write. A
    list knows neither. `message_id` is what the mail service called the last e-mail, "" before it.
    """

    statement: Statement
    delivery: Delivery = Delivery.PENDING
    claimed_until: str = ""
    version: int = 0
    message_id: str = ""

    def now(self, delivery: Delivery) -> "Issued":
        return replace(self, delivery=delivery, claimed_until="")


@dataclass(frozen=True, slots=True)
class Line:
    """What one entry did: `amount_minor` signed, `balance_minor` after it. `service` is the practice's word.

    Of a charge with an insurer: `fee_minor` in all, of which `insurer_minor` is expected from the insurer.
    `processor` says how money came ("cash", "stripe"), else "". `late`: dated before the statement's period.
    """

    date: str
    kind: EntryKind
    service: str
    processor: str
    amount_minor: int
    balance_minor: int
    fee_minor: int = 0
    insurer_minor: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True)
class StatementData:
    """All that is printed. `pay_link` is the address to pay it at without an account, "" where there is none:
    a secret, which no row has."""

    statement: Statement
    lines: tuple[Line, ...] = field(default_factory=tuple)
    pay_link: str = ""

    @property
    def digest(self) -> str:
        """Of all but the instant of writing and the link: the same for the same words and sums, whatever has
        joined since, with its default. 32 hex digits."""
        said = _told(replace(self, pay_link="", statement=replace(self.statement, digest="", issued_at="")))
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _told(value: object) -> object:
    """What a value says, for a hash: of a record no field that has its default."""
    if is_dataclass(value):
        held = {f.name: (getattr(value, f.name), f.default) for f in fields(value)}
        return {name: _told(said) for name, (said, default) in held.items() if said != default}
    return [_told(part) for part in value] if isinstance(value, tuple) else value
