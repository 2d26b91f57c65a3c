"""What came to an account since it was anchored: does it follow from there, and does the account's row? Pure.

Only everyday entries are told by themselves. What undoes or gives back something older, and all that is not
as it must be, is for the audit of the whole account, which names it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import CREDIT, TRANSFERS, Entry, EntryKind, OpenItem, Part
from chalicelib.ledger.domain.ledger import explain
from chalicelib.ledger.domain.markers import Marker, wanting
from chalicelib.ledger.domain.payments import Payment
from chalicelib.verification.domain import charge_rows
from chalicelib.verification.domain.accounts import by_payment, chain, payment_findings
from chalicelib.verification.domain.anchors import Head

_EVERYDAY = frozenset(
    {
        EntryKind.CHARGE,
        EntryKind.SERVICE,
        EntryKind.OPENING_BALANCE,
        EntryKind.RESPONSIBILITY_TRANSFER,
        EntryKind.ADJUSTMENT,
        EntryKind.WRITE_OFF,
        EntryKind.PAYMENT,
        EntryKind.INSURANCE_PAYMENT,
        EntryKind.CONTRACTUAL_ADJUSTMENT,
        EntryKind.PROCESSOR_FEE,
        EntryKind.CREDIT_TRANSFER,
        EntryKind.GUEST_PAYMENT,
    }
)
_OWED = frozenset(Part)


@dataclass(frozen=True, slots=True)
class Growth:
    """`entries` are those after the anchored one; `charges` (by their rows' keys), `payments` and `markers`
    the rows found of those that the entries name. `balance_minor` is what the account's row says."""

    was: Head
    account: Account
    balance_minor: int
    entries: Sequence[Entry]
    charges: Mapping[str, Charge]
    payments: Mapping[str, Payment]
    markers: Mapping[str, Marker]


def everyday(entries: Iterable[Entry]) -> bool:
    """Whether none of them is about an older entry, but for paying what is open."""
    known = list(entries)
    own = {"", *credited(known)}
    return all(entry.draft.kind in _EVERYDAY and entry.draft.payment_id in own for entry in known)


def credited(entries: Iterable[Entry]) -> list[str]:
    """The payments whose money the entries have, by their ids."""
    return [entry.draft.payment_id for entry in entries if entry.draft.kind is EntryKind.PAYMENT]


def posted(entries: Iterable[Entry]) -> list[str]:
    """The charges that the entries posted, by their ids."""
    return [
        opened.charge_id
        for entry in entries
        if entry.draft.kind in charge_rows.POSTING
        for opened in entry.draft.opens
    ]


def holds(growth: Growth) -> bool:
    """Whether all of it is as it must be, as far as that is told without what was before."""
    account, entries, was = growth.account, growth.entries, growth.was
    ends_at = (entries[-1].seq, entries[-1].hash) if entries else (was.seq, was.hash)
    return (
        not any(chain(account.id, entries, after=(was.seq, was.hash)))
        and (account.ledger.seq, account.ledger.head) == ends_at
        and _sums_hold(growth)
        and _items_hold(account, entries)
        and not any(charge_rows.differing(account.id, entries, growth.charges))
        and not any(wanting(account.id, entries, growth.markers))
        and _payments_hold(growth)
    )


def _sums_hold(growth: Growth) -> bool:
    """Whether the row's sums are what all entries come to."""
    ledger, after = growth.account.ledger, nets(growth.entries, growth.was.nets)
    owed = sum(after.get(_name(part, ledger.currency), 0) for part in _OWED)
    credit = -after.get(_name(CREDIT.name, ledger.currency), 0)
    applied = not (ledger.credit_minor and ledger.open)
    found = ledger.open_minor, ledger.credit_minor, growth.balance_minor
    return applied and found == (owed, credit, owed - credit)


def _items_hold(account: Account, entries: Iterable[Entry]) -> bool:
    """Whether the row has each charge that an entry opened as the entries leave it."""
    items: dict[str, OpenItem] = {}
    for entry in entries:
        items |= {opened.charge_id: opened for opened in entry.draft.opens}
        for charge_id in {p.book.charge_id for p in entry.draft.postings} & items.keys():
            items[charge_id] = explain(items[charge_id], entry.draft.postings)
    return all(
        account.ledger.open.get(charge_id) == (item if item.owed_minor else None)
        for charge_id, item in items.items()
    )


def _payments_hold(growth: Growth) -> bool:
    own = by_payment(growth.entries)
    rows = [growth.payments.get(payment_id) for payment_id in credited(growth.entries)]
    return not any(
        row is None
        or row.id in growth.account.reserved
        or any(payment_findings(growth.account, own[row.id], row))
        for row in rows
    )


def nets(entries: Iterable[Entry], before: Mapping[str, int] | None = None) -> dict[str, int]:
    """Each "book currency" with its net debit (minor units) after the entries; those at nothing are left
    out."""
    found = Counter(before)
    for posting in (p for entry in entries for p in entry.draft.postings):
        found[_name(posting.book.name, posting.money.currency)] += posting.debit_minor
    return {name: net for name, net in found.items() if net}


def by_currency(found: Mapping[str, int], *, transfers: bool = False) -> Counter[str]:
    """What nets come to in each currency, which is nothing; `transfers`: of credit between accounts only,
    which is nothing over all accounts."""
    sums = Counter[str]()
    for name, net in found.items():
        book, _, currency = name.rpartition(" ")
        sums[currency] += net if not transfers or book == TRANSFERS.name else 0
    return sums


def _name(book: str, currency: str) -> str:
    return f"{book} {currency}"


def state(account: Account, balance_minor: int) -> str:
    """A hash of all that the account's row says: the same while nobody writes to it."""
    ledger = account.ledger
    told = (
        account.version, balance_minor, ledger.currency, ledger.credit_minor, sorted(ledger.open.items()),
        sorted((id_, sorted(held.shares.items()), held.firm) for id_, held in account.reserved.items()),
        account.hold, sorted(account.disputed), *account.asked.items(),
        *([account.estimates] if account.estimates else []),
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
