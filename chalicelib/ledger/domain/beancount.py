"""The ledger as plain-text accounting (Beancount's format): opaque ids, dates and amounts, no names. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import Book, Entry

# Books of one client carry the account's id; the rest are the practice's own.
_PER_CLIENT = {"client": "Assets:Clients", "insurer": "Assets:Insurers", "credit": "Liabilities:Credit"}
_PRACTICE = {
    "income:fees": "Income:Fees",
    "income:adjustments": "Income:Adjustments",
    "income:contractual": "Income:Contractual",
    "expense:write-offs": "Expenses:WriteOffs",
    "expense:processor-fees": "Expenses:ProcessorFees",
    "equity:opening": "Equity:Opening",
    "liability:insurers": "Liabilities:Insurers",
    "asset:disputed": "Assets:Disputed",
    "asset:disputed-excess": "Assets:DisputedExcess",
    "asset:transfers": "Assets:Transfers",
}


def export(practice_id: str, accounts: Iterable[tuple[Account, list[Entry]]]) -> Iterator[str]:
    """Lines of one file: transactions as they occurred, then a balance assertion for every client account.

    The transactions of several accounts may come in any order of dates: Beancount sorts them.
    """
    yield f'option "title" "Billfold {practice_id}"'
    opened: dict[str, str] = {}
    body: list[str] = []
    last_day = "1970-01-01"
    balances: list[tuple[str, Money]] = []
    for account, entries in accounts:
        net: Counter[str] = Counter()
        for entry in entries:
            body += _transaction(account, entry)
            last_day = max(last_day, entry.draft.occurred_on)
            for posting in entry.draft.postings:
                name = account_name(account.id, posting.book)
                opened[name] = min(opened.get(name, "9999-12-31"), entry.draft.occurred_on)
                net[name] += posting.debit_minor
        currency = account.ledger.currency
        for kind, minor in (("client", account.ledger.open_minor), ("credit", -account.ledger.credit_minor)):
            name = account_name(account.id, Book(kind))
            if name in net:
                balances.append((name, Money(minor, currency)))
    yield from (f"{day} open {name}" for name, day in sorted(opened.items()))
    yield from body
    day_after = (dt.date.fromisoformat(last_day) + dt.timedelta(days=1)).isoformat()
    for name, money in balances:
        yield f"{day_after} balance {name}  {decimal_text(money)} ~ 0 {money.currency}"


def _transaction(account: Account, entry: Entry) -> Iterator[str]:
    draft = entry.draft
    yield ""
    if not draft.postings:
        yield f"; {draft.occurred_on} {draft.kind.value} {account.id}-{entry.seq} {entry.hash}"
        return
    yield f'{draft.occurred_on} * "{draft.kind.value}"'
    yield f'  entry: "{account.id}-{entry.seq}"'
    yield f'  hash: "{entry.hash}"'
    if draft.reverses is not None:
        yield f'  reverses: "{account.id}-{draft.reverses}"'
    for posting in draft.postings:
        amount = decimal_text(Money(posting.debit_minor, posting.money.currency))
        yield f"  {account_name(account.id, posting.book)}  {amount} {posting.money.currency}"


def account_name(account_id: str, book: Book) -> str:
    """Beancount's account names: parts begin with a capital or digit and hold letters, digits and dashes."""
    family = book.name.partition(":")[0]
    if family in _PER_CLIENT:
        return f"{_PER_CLIENT[family]}:C-{account_id.replace('_', '-')}"
    if family == "processor":
        return f"Assets:Held:{book.name.partition(':')[2].capitalize()}"
    return _PRACTICE[book.name]
