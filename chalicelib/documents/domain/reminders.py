"""Reminders of overdue invoices: on which days, and what keeps one back. Dates are practice-local
(YYYY-MM-DD). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.documents.domain.invoices import Invoiced
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import invoice_id
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.asked import ItemKind, ItemRef, waiting

WEEK = 7  # days between two requests for money to one payer
MOST = 40  # invoices that one e-mail stands for: all are marked in one transaction


class Kept(StrEnum):
    """What keeps a reminder back."""

    VOID = "void"
    PAID = "paid"
    UPDATING = "updating"  # an import holds the account
    QUESTION = "question"  # about the invoice or one of its services, and not answered
    DISPUTE = "dispute"  # a bank holds money of the account until it decides
    IN_FLIGHT = "in_flight"  # money for one of its services may still arrive
    NO_ADDRESS = "no_address"
    BY_POST = "by_post"  # the client has invoices posted, and is mailed nothing of them
    STOPPED = "stopped"  # mail to the address bounced, or its reader reported it
    ASKED_LATELY = "asked_lately"  # the payer was asked for money within a week


_PASSING = (Kept.UPDATING, Kept.QUESTION, Kept.DISPUTE, Kept.IN_FLIGHT)


@dataclass(frozen=True, slots=True)
class Reminder:
    """Of one invoice. `on` is the day from which it is to be looked at next, "" once its schedule is over.
    `sent` counts the e-mails, and `last_on` is the day of the latest, "" before the first."""

    number: int
    account_id: str
    due_on: str
    on: str
    sent: int = 0
    last_on: str = ""
    version: int = field(default=0, compare=False)

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)

    def reminded(self, days: Sequence[int], today: str) -> "Reminder":
        """After an e-mail. What was missed meanwhile is not made up for."""
        after = replace(self, sent=self.sent + 1, last_on=today)
        return replace(after, on=first_on(self.due_on, days, after=today))

    def kept(self, why: Kept, days: Sequence[int], today: str, asked_on: str = "") -> "Reminder":
        """After a look that sent none: when the next is. What paid it may come back; a void never does."""
        if why is Kept.VOID:
            return replace(self, on="")
        if why in _PASSING:
            return replace(self, on=later(today, 1))
        if why is Kept.ASKED_LATELY:
            return replace(self, on=later(asked_on, WEEK))
        return replace(self, on=first_on(self.due_on, days, after=today))


def first_on(due_on: str, days: Sequence[int], *, after: str) -> str:
    """The first day of the schedule after that one; "" where there is none."""
    planned = (later(due_on, number) for number in sorted(days))
    return next((day for day in planned if day > after), "")


def later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def asked_lately(asked_on: str, today: str) -> bool:
    """`asked_on` is "" of who was never asked."""
    return bool(asked_on) and later(asked_on, WEEK) > today


def kept_back(reminder: Reminder, account: Account, invoiced: Invoiced) -> Kept | None:
    """By the invoice itself, as its account stands; None: nothing does."""
    charge_ids = invoiced.on(reminder.number)
    owed = [id_ for id_ in charge_ids if id_ in account.ledger.open]
    if not charge_ids:
        return Kept.VOID
    if account.hold:
        return Kept.UPDATING
    if not owed:
        return Kept.PAID
    about = {ItemRef(ItemKind.INVOICE, invoice_id(reminder.number))}
    about |= {ItemRef(ItemKind.SERVICE, id_) for id_ in charge_ids}
    if about & waiting(account.asked):
        return Kept.QUESTION
    if account.disputed:
        return Kept.DISPUTE
    return Kept.IN_FLIGHT if any(account.in_flight_minor(id_) for id_ in owed) else None
