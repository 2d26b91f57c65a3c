"""The ledger as a journal of hledger's and ledger's format: opaque ids, dates and amounts, no names. Pure.

https://hledger.org/hledger.html#journal
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.beancount import account_name
from chalicelib.ledger.domain.entries import Book, Entry


def export(practice_id: str, accounts: Iterable[tuple[Account, list[Entry]]]) -> Iterator[str]:
    """Lines of one file: transactions, then a balance assertion for every client account that has any."""
    yield f"; Billfold {practice_id}"
    last_day, checks = "", list[tuple[str, Money]]()
    for account, entries in accounts:
        net = Counter[str]()
        for entry in entries:
            yield from _transaction(account, entry)
            last_day = max(last_day, entry.draft.occurred_on)
            for posting in entry.draft.postings:
                net[account_name(account.id, posting.book)] += posting.debit_minor
        ledger = account.ledger
        for kind, minor in (("client", ledger.open_minor), ("credit", -ledger.credit_minor)):
            name = account_name(account.id, Book(kind))
            if name in net:
                checks.append((name, Money(minor, ledger.currency)))
    if checks:
        yield from ("", f"{last_day} * balances as Billfold keeps them")
        # Nothing is posted here: both programs compare what they have added up until then.
        yield from (
            f"    {name}  {_amount(0, money)} = {_amount(money.amount_minor, money)}"
            for name, money in checks
        )


def _transaction(account: Account, entry: Entry) -> Iterator[str]:
    draft = entry.draft
    undoes = f", reverses: {account.id}-{draft.reverses}" if draft.reverses is not None else ""
    yield ""
    if not draft.postings:
        yield f"; {draft.occurred_on} {draft.kind.value} {account.id}-{entry.seq} {entry.hash}"
        return
    yield f"{draft.occurred_on} * {draft.kind.value}"
    yield f"    ; entry: {account.id}-{entry.seq}{undoes}"
    yield f"    ; hash: {entry.hash}"
    for posting in draft.postings:
        yield f"    {account_name(account.id, posting.book)}  {_amount(posting.debit_minor, posting.money)}"


def _amount(minor: int, money: Money) -> str:
    return f"{decimal_text(Money(minor, money.currency))} {money.currency}"
