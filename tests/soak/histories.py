"""Long accounts for measuring, made by the domain's own rules: raw items, one after the other.

A charge and a card payment take turns, as with a client who pays each time; at the end fifty charges are
open. Nothing is drawn at random: an account of a size is always the same.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.ledger.domain import drafts
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Draft, Entry, OpenItem
from chalicelib.ledger.domain.history import HistoryRow
from chalicelib.ledger.domain.ledger import Ledger, post
from chalicelib.ledger.domain.lookback import allocated
from chalicelib.ledger.domain.markers import Marker, expected
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.store.items import AccountItem, ChargeItem, EntryItem, MarkerItem, PaymentItem

PRACTICE, ON = "willow", "2026-03-02"
OPEN_ITEMS, PAGE = 50, 50
FEE_MINOR = 9000
Row = dict[str, Any]  # DynamoDB's JSON


@dataclass
class History:
    """`account` and `newest` (the page a client sees first) stand once `rows` has been read to its end.

    `whole`: with the entries go the charges, payments and markers that commands would have written.
    """

    size: int
    id: str = ""
    whole: bool = False
    account: Account = field(init=False)
    item: Row = field(init=False)
    newest: deque[Row] = field(init=False)

    def __post_init__(self) -> None:
        self.account = Account(self.id or f"client-{self.size:09d}", Ledger("USD"))
        self.newest = deque(maxlen=PAGE)

    def rows(self) -> Iterator[Row]:
        """The entries, oldest first, then the account."""
        for number in range(self.size):
            ledger, draft = self.account.ledger, self._draft(number)
            before = ledger.open
            ledger, entry = post(ledger, draft, recorded_at=f"{ON}T12:00:00.000Z", actor="processor")
            self.account = replace(self.account, ledger=ledger, version=number + 1)
            row = EntryItem.of(
                self.account.ref(PRACTICE), HistoryRow.of(entry, before, None)
            ).to_dynamodb_dict()
            self.newest.append(row)
            yield row
            if self.whole:
                yield from self._beside(entry)
        self.item = AccountItem.of(PRACTICE, self.account, self.account.version).to_dynamodb_dict()
        yield self.item

    def _beside(self, entry: Entry) -> Iterator[Row]:
        """Whatever else the command wrote that posted the entry."""
        id_, draft = self.account.id, entry.draft
        for opened in draft.opens:
            charge = Charge(
                opened.charge_id,
                id_,
                draft.reference,
                ON,
                "Session",
                opened.clinician_id,
                FEE_MINOR,
                0,
                entry.seq,
            )
            yield ChargeItem.of(PRACTICE, charge).to_dynamodb_dict()
        if draft.payment_id:
            yield PaymentItem.of(PRACTICE, _payment(id_, entry)).to_dynamodb_dict()
        for mark in expected(id_, [entry]):
            marker = Marker(mark.key, id_, mark.payment_id, mark.entry_seq, mark.at)
            yield MarkerItem.of(PRACTICE, marker).to_dynamodb_dict()

    def _draft(self, number: int) -> Draft:
        ledger = self.account.ledger
        if number >= self.size - OPEN_ITEMS or number % 2 == 0:
            item = OpenItem(f"{number:020x}", "clinician-1", ON, service="Session", service_on=ON)
            return drafts.charge(
                ledger, item, client_minor=FEE_MINOR, insurer_minor=0, reference=f"session-{self.id}{number}"
            )
        paid = Allocation((Share(next(iter(ledger.open)), FEE_MINOR),))
        return drafts.payment(
            ledger, paid, processor="stripe", on=ON, reference=f"pi_{self.id}{number:024d}",
            payment_id=f"00000000-0000-4000-8000-{number:012d}",
        )  # fmt: skip


def _payment(account_id: str, entry: Entry) -> Payment:
    """As settling leaves it."""
    draft, at = entry.draft, entry.recorded_at
    return Payment(
        draft.payment_id, account_id, FEE_MINOR, "USD", allocated(entry), State.SUCCEEDED, "stripe", "page",
        "", ON, at, at, intent_id=draft.reference, entry_seq=entry.seq, version=1,
    )  # fmt: skip
