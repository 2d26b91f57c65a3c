"""What keeps each reminder back on its day, as things stand now, read of no other invoices than those."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.documents.domain.invoices import Invoiced
from chalicelib.documents.domain.reminders import WEEK, Kept, Reminder, asked_lately, kept_back, later
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.documents.ports.reminders import Reminders
from chalicelib.documents.services.reminders.requests import MoneyRequests
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.mail.domain.setbacks import MailKind
from chalicelib.operations.services.addresses import Addresses, recipient
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People
from chalicelib.practice.services.address_hashes import address_hash


@dataclass(frozen=True, slots=True)
class Looked:
    """`kept` None: it may be sent. `to` is the payer's address and `payer` its keyed hash, "" without one;
    `asked_on` when the payer was last asked. `owed_minor` is what the invoice's services owe now."""

    reminder: Reminder
    kept: Kept | None
    owed_minor: int = 0
    to: str = ""
    payer: str = ""
    asked_on: str = ""
    client: Client | None = None


@dataclass(frozen=True)
class Looking:
    ledgers: Ledgers
    invoices: Invoices
    people: People
    addresses: Addresses
    reminders: Reminders
    requests: MoneyRequests

    def look(self, practice: Practice, reminders: Iterable[Reminder]) -> Iterator[Looked]:
        """In the order of their days, of which none is before today. Each account, its list of what is
        invoiced, its client and its payer are read once. Errors: Unreadable, Busy."""
        seen = _Seen(self, practice)
        for reminder in reminders:
            yield seen.look(reminder)

    def payer(self, practice: str, to: str) -> str:
        """The keyed hash of an address, "" where it is none."""
        try:
            return address_hash(self.requests.keys, practice, to) if to else ""
        except Invalid:
            return ""


@dataclass(frozen=True, slots=True)
class _Payer:
    """`asked_on` is the day of the last request for money, `goes_on` that of the one after it; "" is none."""

    stopped: bool
    asked_on: str = ""
    goes_on: str = ""

    def by(self, day: str) -> "_Payer":
        """What goes out before that day is a request for money, too."""
        return replace(self, asked_on=self.goes_on) if self.goes_on and self.goes_on < day else self


@dataclass(frozen=True)
class _Seen:
    """What one look has read so far."""

    by: Looking
    practice: Practice
    accounts: dict[str, tuple[Account | None, Invoiced, Client | None]] = field(default_factory=dict)
    payers: dict[str, _Payer] = field(default_factory=dict)

    def look(self, reminder: Reminder) -> Looked:
        account, invoiced, client = self._account(reminder.ref(self.practice.id))
        if account is None:
            return Looked(reminder, Kept.VOID)
        charge_ids, opened = invoiced.on(reminder.number), account.ledger.open
        owed_minor = sum(opened[id_].owed_minor for id_ in charge_ids if id_ in opened)
        to = recipient(client) if client else ""
        payer = self.by.payer(self.practice.id, to)
        kept, asked_on = kept_back(reminder, account, invoiced), ""
        if kept is None and client and client.paper:
            kept = Kept.BY_POST
        if kept is None:
            kept, asked_on = self._payer(to, payer, reminder) if payer else (Kept.NO_ADDRESS, "")
        return Looked(reminder, kept, owed_minor, to, payer, asked_on, client)

    def _account(self, ref: AccountRef) -> tuple[Account | None, Invoiced, Client | None]:
        if ref.account not in self.accounts:
            account = self.by.ledgers.account(ref)
            client = self.by.people.client(ref.practice, ref.account)
            self.accounts[ref.account] = account, self.by.invoices.invoiced(ref), client
        return self.accounts[ref.account]

    def _payer(self, to: str, payer: str, reminder: Reminder) -> tuple[Kept | None, str]:
        """Each payer's next e-mail stands for all that is due by its day."""
        if payer not in self.payers:
            self.payers[payer] = self._known(to, payer)
        day = max(reminder.on, self.by.requests.today(self.practice), self.practice.reminders_from)
        known = self.payers[payer].by(day)
        if known.stopped:
            return Kept.STOPPED, ""
        lately = asked_lately(known.asked_on, day)
        self.payers[payer] = replace(known, goes_on=later(known.asked_on, WEEK) if lately else day)
        return Kept.ASKED_LATELY if lately else None, known.asked_on

    def _known(self, to: str, payer: str) -> _Payer:
        if self.by.addresses.stopped(self.practice.id, to, MailKind.STATEMENT):
            return _Payer(stopped=True)
        return _Payer(stopped=False, asked_on=self.by.reminders.asked_on(self.practice.id, payer))


def by_payer(looked: Iterable[Looked]) -> Mapping[str, Sequence[Looked]]:
    """Those without an address under ""."""
    found = dict[str, list[Looked]]()
    for one in looked:
        found.setdefault(one.payer, []).append(one)
    return found
