"""The ledger of one client account: the fold of its entries, kept so that one read answers what is owed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.ledger.domain.entries import CREDIT, GENESIS, Draft, Entry, OpenItem, Part, Posting
from chalicelib.ledger.domain.entry_text import sealed

MAX_OPEN_ITEMS = 1_000  # about 60 KB of the account item's 400 KB

_FIELDS = {
    Part.FEE: ("fee_minor", 1),
    Part.INSURANCE: ("insurance_minor", -1),
    Part.ADJUSTMENTS: ("adjustments_minor", -1),
    Part.PAID: ("paid_minor", -1),
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """`open` holds the items that owe something, by charge id; `credit_minor` is unapplied client money."""

    currency: str
    seq: int = 0
    head: str = GENESIS
    open: Mapping[str, OpenItem] = field(default_factory=dict)
    credit_minor: int = 0

    @property
    def open_minor(self) -> int:
        return sum(item.owed_minor for item in self.open.values())

    @property
    def balance_minor(self) -> int:
        """What the client owes; negative when the practice owes the client."""
        return self.open_minor - self.credit_minor


def post(ledger: Ledger, draft: Draft, *, recorded_at: str, actor: str) -> tuple[Ledger, Entry]:
    """Number, chain and apply the draft.

    Errors: currency_mixed, charge_not_open, credit_overdrawn, item_overpaid, too_many_open_items.
    """
    entry = sealed(Entry(ledger.seq + 1, draft, recorded_at, actor, ledger.head))
    return apply(ledger, entry), entry


def apply(ledger: Ledger, entry: Entry) -> Ledger:
    """The ledger after the entry. Pure; `verify` uses it to recompute everything. Errors: as `preview`."""
    return replace(preview(ledger, entry.draft), seq=entry.seq, head=entry.hash)


def preview(ledger: Ledger, draft: Draft) -> Ledger:
    """What would be open and left over after the draft; its chain ends where it did.

    Errors: Invalid currency_mixed, charge_not_open; Refused item_overpaid, credit_overdrawn,
    too_many_open_items.
    """
    if any(p.money.currency != ledger.currency for p in draft.postings):
        raise Invalid("currency_mixed", "currency")
    return replace(
        ledger,
        open=_items_after(ledger.open, draft),
        credit_minor=_credit_after(ledger.credit_minor, draft.postings),
    )


def fold(currency: str, entries: Iterable[Entry]) -> Ledger:
    ledger = Ledger(currency)
    for entry in entries:
        ledger = apply(ledger, entry)
    return ledger


def explain(item: OpenItem, postings: Iterable[Posting]) -> OpenItem:
    """The item after the postings that concern it; may end at nothing owed."""
    changed = dict[str, Any]()
    for posting in postings:
        book = posting.book
        if book.charge_id == item.charge_id and book.name in _FIELDS:
            name, sign = _FIELDS[Part(book.name)]
            changed[name] = changed.get(name, getattr(item, name)) + sign * posting.debit_minor
    return replace(item, **changed) if changed else item


def _items_after(open_items: Mapping[str, OpenItem], draft: Draft) -> dict[str, OpenItem]:
    opened = {item.charge_id: item for item in draft.opens}
    items = {**opened, **open_items} if draft.postings else {**open_items, **opened}
    named = {p.book.charge_id for p in draft.postings if p.book.name in _FIELDS}
    for charge_id in named:
        if charge_id not in items:
            raise Invalid("charge_not_open", "charge_id", charge_id=charge_id)
        items[charge_id] = explain(items[charge_id], draft.postings)
        if items[charge_id].owed_minor < 0:
            raise Refused("item_overpaid", "amount_minor", charge_id=charge_id)
    for charge_id in named | opened.keys():  # all others owe something, or they would not be open
        if not items[charge_id].owed_minor:
            del items[charge_id]
    if len(items) > MAX_OPEN_ITEMS:
        raise Refused("too_many_open_items", limit=MAX_OPEN_ITEMS)
    return items


def _credit_after(credit_minor: int, postings: tuple[Posting, ...]) -> int:
    after = credit_minor - sum(p.debit_minor for p in postings if p.book == CREDIT)
    if after < 0:
        raise Refused("credit_overdrawn", "amount_minor")
    return after
