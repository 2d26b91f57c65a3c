"""Invoices: what a client is asked to pay for chosen services, under a number of the practice's own.

An invoice never changes: it says what stood when it was issued. What is still owed of it is told from the
ledger, and what is invoiced from one row an account has (`Invoiced`). Pure.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from itertools import groupby

from chalicelib.documents.domain.letterheads import JOINED, PostedLetterhead, practice_facts
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import invoice_id
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.asked import ItemKind, Mark
from chalicelib.ledger.domain.entries import Entry, EntryKind, OpenItem, Part
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.practice.domain.notices import Place
from chalicelib.practice.domain.practices import Client, Practice

MAX_LINES = 400  # of one invoice; what is more goes on the next
MAX_INVOICED = 10_000  # services of an account: some 310 KB of its one row's 400 KB
_JOINED = "written_off_minor"  # a field of lines that the first invoices had not
LATEST = 3  # documents of a kind that an overview shows
TEMPLATE = 1  # version of the page that invoices are drawn on


class Grouping(StrEnum):
    """Which services of a client go on one invoice: all of them, or those of a session, day or month."""

    CLIENT = "client"
    SESSION = "session"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Days:
    """Practice-local days (YYYY-MM-DD) from `first` on, and before `until`."""

    first: str
    until: str

    def has(self, day: str) -> bool:
        return self.first <= day < self.until


class Status(StrEnum):
    """How an invoice stands by the ledger. PAID: nothing is owed of it any more. DRAFT: not issued."""

    DRAFT = "draft"
    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLetterhead(PostedLetterhead):
    """The client is called by the preferred name; `guarantor_name` is who is responsible where that is
    somebody else. `pay_at` is the page on which to pay, "" where nothing can be paid online; `pay_link` is of
    which generation its pay link is, 0 where it has none."""

    guarantor_name: str
    pay_at: str = ""
    pay_link: int = 0

    @staticmethod
    def about(practice: Practice, client: Client, *, pay_at: str, pay_link: int = 0) -> "InvoiceLetterhead":
        return InvoiceLetterhead(
            **practice_facts(practice, Place.INVOICE, client.locale),
            client_name=client.preferred_name or client.name,
            client_address=client.address,
            guarantor_name=client.guarantor_name,
            locale=client.locale,
            pay_at=pay_at if practice.payments_enabled else "",
            pay_link=pay_link,
        )


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One service: fee - insurance - adjustments - paid = owed (minor units), as of the issue. `service` is
    the practice's own name in the client's language, "" of a balance brought along. Of the adjustments,
    `written_off_minor` was written off."""

    charge_id: str
    date: str
    service: str
    clinician: str
    fee_minor: int
    insurance_minor: int = 0
    adjustments_minor: int = 0
    paid_minor: int = 0
    written_off_minor: int = 0

    @property
    def owed_minor(self) -> int:
        return self.fee_minor - self.insurance_minor - self.adjustments_minor - self.paid_minor


@dataclass(frozen=True, slots=True)
class InvoiceSums:
    """Of all lines, minor units."""

    fee_minor: int
    insurance_minor: int
    adjustments_minor: int
    paid_minor: int

    @staticmethod
    def of(lines: Sequence[InvoiceLine]) -> "InvoiceSums":
        return InvoiceSums(
            sum(line.fee_minor for line in lines),
            sum(line.insurance_minor for line in lines),
            sum(line.adjustments_minor for line in lines),
            sum(line.paid_minor for line in lines),
        )

    @property
    def owed_minor(self) -> int:
        return self.fee_minor - self.insurance_minor - self.adjustments_minor - self.paid_minor


@dataclass(frozen=True, slots=True)
class InvoicePaper:
    """All that is printed beside the invoice's own facts."""

    letterhead: InvoiceLetterhead
    lines: tuple[InvoiceLine, ...]

    @property
    def digest(self) -> str:
        """The same for the same words and sums, whatever was read or written on the way; and whatever fields
        have joined since it was issued."""
        said = asdict(self)
        head = {key: held for key, held in said["letterhead"].items() if held or key not in JOINED}
        lines = [
            {key: held for key, held in line.items() if held or key != _JOINED} for line in said["lines"]
        ]
        text = json.dumps({"letterhead": head, "lines": lines}, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Invoice:
    """Immutable. Dates are practice-local (YYYY-MM-DD); `first_date` to `last_date` are of its services.

    `template` is the version of the page that it is drawn on; `digest` is of its paper, which has the names
    and `lines` lines.
    """

    number: int
    account_id: str
    currency: str
    issued_on: str
    due_on: str
    issued_at: str
    first_date: str
    last_date: str
    lines: int
    sums: InvoiceSums
    digest: str
    template: int = 1  # as in Statement

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)

    @property
    def id(self) -> str:
        return invoice_id(self.number)


@dataclass(frozen=True, slots=True)
class Void:
    """Takes an invoice back: nothing is to be paid on it, and its services may be on another."""

    number: int
    account_id: str
    voided_on: str
    voided_at: str
    actor: str
    notes: str = ""

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)


@dataclass(frozen=True, slots=True)
class Counted:
    """Of a practice: the number of its latest invoice, 0 before the first. `version` counts what was issued
    and voided together, and guards both."""

    last: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Glance:
    """What an overview shows of an invoice beside how it stands; `owed_minor` as of its issue."""

    number: int
    currency: str
    issued_on: str
    due_on: str
    owed_minor: int

    @staticmethod
    def of(invoice: Invoice) -> "Glance":
        return Glance(
            invoice.number, invoice.currency, invoice.issued_on, invoice.due_on, invoice.sums.owed_minor
        )

    @property
    def id(self) -> str:
        return invoice_id(self.number)


@dataclass(frozen=True, slots=True)
class Invoiced:
    """What of an account is on an invoice that is not void: charge id → number. `version` guards it.

    `latest` are the account's newest invoices, void ones too, the last issued first: so that an overview
    reads no row of theirs."""

    charges: Mapping[str, int] = field(default_factory=dict)
    version: int = 0
    latest: tuple[Glance, ...] = ()

    def on(self, number: int) -> frozenset[str]:
        """The charges of that invoice; none where it is void."""
        return frozenset(id_ for id_, of in self.charges.items() if of == number)

    def with_charges(self, number: int, charge_ids: Iterable[str]) -> "Invoiced":
        """Error: Refused too_many_invoiced."""
        charges = {**self.charges, **dict.fromkeys(charge_ids, number)}
        if len(charges) > MAX_INVOICED:
            raise Refused("too_many_invoiced", limit=MAX_INVOICED)
        return replace(self, charges=charges)

    def with_invoice(self, invoice: Invoice, charge_ids: Iterable[str]) -> "Invoiced":
        """Error: Refused too_many_invoiced."""
        latest = (Glance.of(invoice), *self.latest)[:LATEST]
        return replace(self.with_charges(invoice.number, charge_ids), latest=latest)

    def without(self, number: int) -> "Invoiced":
        return replace(self, charges={id_: of for id_, of in self.charges.items() if of != number})


@dataclass(frozen=True, slots=True)
class InvoiceStanding:
    """How an invoice stands now; `owed_minor` is what its services still owe. `mark`: whether a question
    about it waits for an answer."""

    invoice: Invoice
    status: Status
    owed_minor: int
    mark: Mark | None = None


def standing(invoice: Invoice, invoiced: Invoiced, ledger: Ledger) -> InvoiceStanding:
    return InvoiceStanding(invoice, *status(invoice.number, invoice.sums.owed_minor, invoiced, ledger))


def status(number: int, issued_minor: int, invoiced: Invoiced, ledger: Ledger) -> tuple[Status, int]:
    """Of an invoice that asked for `issued_minor`, and what is still owed of it (minor units)."""
    charge_ids = invoiced.on(number)
    owed_minor = sum(ledger.open[id_].owed_minor for id_ in charge_ids if id_ in ledger.open)
    return _status(issued_minor, bool(charge_ids), owed_minor), owed_minor


def marked(found: InvoiceStanding, account: Account) -> InvoiceStanding:
    """With what it shows of the questions about it."""
    return replace(found, mark=account.mark(ItemKind.INVOICE, found.invoice.id))


def _status(issued_minor: int, charged: bool, owed_minor: int) -> Status:
    if not charged:
        return Status.VOID
    if not owed_minor:
        return Status.PAID
    return Status.PARTLY_PAID if owed_minor < issued_minor else Status.OPEN


def open_to_invoice(ledger: Ledger, invoiced: Invoiced, days: Days | None = None) -> list[OpenItem]:
    """What is owed and on no invoice yet, by the services' dates. `days`: only services of these days, and no
    balance that was brought along."""
    items = [
        item
        for id_, item in ledger.open.items()
        if id_ not in invoiced.charges and (days is None or (item.clinician_id and days.has(item.called.on)))
    ]
    return sorted(items, key=lambda item: (item.called.on, item.charge_id))


def grouped(items: Sequence[OpenItem], grouping: Grouping) -> list[tuple[OpenItem, ...]]:
    """What goes on an invoice each, in the order of the services' dates."""
    whole = [tuple(some) for _, some in groupby(items, key=_KEYS[grouping])]
    return [some[start : start + MAX_LINES] for some in whole for start in range(0, len(some), MAX_LINES)]


_KEYS = {
    Grouping.CLIENT: lambda item: "",
    Grouping.SESSION: lambda item: item.charge_id,
    Grouping.DAY: lambda item: item.called.on,
    Grouping.MONTH: lambda item: item.called.on[:7],
}


def paper(
    practice: Practice,
    client: Client,
    items: Iterable[OpenItem],
    written_off: Mapping[str, int],
    *,
    pay_at: str,
    pay_link: int = 0,
    notices: tuple[str, ...] = (),
) -> InvoicePaper:
    """`written_off`: what of the services' adjustments was (minor units), by charge. `notices`: what law
    wants said of these services beside what it wants on every invoice."""
    lines = tuple(_line(practice, client.locale, item, written_off.get(item.charge_id, 0)) for item in items)
    head = InvoiceLetterhead.about(practice, client, pay_at=pay_at, pay_link=pay_link)
    return InvoicePaper(replace(head, notices=(*head.notices, *notices)), lines)


@dataclass(frozen=True, slots=True)
class DraftInvoice:
    """What an invoice will say once it has a number."""

    account_id: str
    currency: str
    issued_on: str
    due_on: str
    issued_at: str
    paper: InvoicePaper

    def numbered(self, number: int) -> Invoice:
        dates = [line.date for line in self.paper.lines]
        return Invoice(
            number, self.account_id, self.currency, self.issued_on, self.due_on, self.issued_at,
            min(dates), max(dates), len(dates), InvoiceSums.of(self.paper.lines), self.paper.digest,
            template=TEMPLATE,
        )  # fmt: skip


def _line(practice: Practice, locale: str, item: OpenItem, written_off_minor: int) -> InvoiceLine:
    clinician = practice.clinician(item.clinician_id)
    return InvoiceLine(
        item.charge_id, item.called.on,
        practice.service_in(item.service, locale)[0],
        clinician.name_and_credentials if clinician else "",
        item.fee_minor, item.insurance_minor, item.adjustments_minor, item.paid_minor, written_off_minor,
    )  # fmt: skip


def written_off(entries: Iterable[Entry]) -> Mapping[str, int]:
    """What was written off of each charge and has not been taken back (minor units); `entries` in order."""
    sums, numbers = Counter[str](), set[int]()
    for entry in entries:
        draft = entry.draft
        if draft.kind is EntryKind.WRITE_OFF or (
            draft.kind is EntryKind.REVERSAL and draft.reverses in numbers
        ):
            numbers.add(entry.seq)
            for posting in draft.postings:
                if posting.book.name == Part.ADJUSTMENTS:
                    sums[posting.book.charge_id] -= posting.debit_minor
    return sums
