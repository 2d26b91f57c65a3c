"""An account as the audit reads it, to be damaged; and such as are made of a few drafts."""

from dataclasses import dataclass, replace

from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import (
    Draft,
    Entry,
    EntryKind,
    OpenItem,
    Part,
    Posting,
    client,
    credit,
    debit,
    held_by,
)
from chalicelib.ledger.domain.ledger import Ledger, post
from chalicelib.ledger.domain.markers import Marker, expected
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.verification.domain.accounts import Stored, audit
from tests.support.ledgers import stored
from tests.support.money import Money

HELD = held_by("cash")


@dataclass(frozen=True)
class Books:
    account: Account
    entries: list[Entry]
    payments: dict[str, Payment]
    balance_minor: int
    refunds: list[Refund]
    charges: dict[str, Charge]
    markers: dict[str, Marker]

    @property
    def stored(self) -> Stored:
        paid = list(self.payments.values())
        return Stored(
            self.account, self.balance_minor, self.entries, paid, self.refunds, self.charges, self.markers
        )

    def findings(self) -> list[tuple[str, str]]:
        found = list(audit(self.stored))
        assert {finding.account_id for finding in found} <= {self.account.id}
        return [(finding.code, finding.item) for finding in found]

    def entry(self, seq: int, entry: Entry) -> "Books":
        return replace(self, entries=[*self.entries[: seq - 1], entry, *self.entries[seq:]])

    def ledger(self, **changes: object) -> "Books":
        ledger = replace(self.account.ledger, **changes)  # type: ignore[arg-type]
        return replace(self, account=replace(self.account, ledger=ledger))

    def payment(self, id_: str, **changes: object) -> "Books":
        changed = replace(self.payments[id_], **changes)  # type: ignore[arg-type]
        return replace(self, payments={**self.payments, id_: changed})

    def charge(self, id_: str, **changes: object) -> "Books":
        changed = replace(self.charges[id_], **changes)  # type: ignore[arg-type]
        return replace(self, charges={**self.charges, id_: changed})

    def marker(self, key: str, **changes: object) -> "Books":
        changed = replace(self.markers[key], **changes)  # type: ignore[arg-type]
        return replace(self, markers={**self.markers, key: changed})


def read(money: Money, account_id: str = "maya") -> Books:
    found = stored(money.ledgers, money.ref(account_id))
    payments = {payment.id: payment for payment in found.payments}
    charges, markers = dict(found.charges), dict(found.markers)
    refunds = list(found.refunds)
    return Books(found.account, list(found.entries), payments, found.balance_minor, refunds, charges, markers)


def paid(money: Money, key: str, amount: int) -> None:
    money.charge(f"c-{key}", amount)
    money.start(key)
    money.processor.take(key)
    money.settle(key)


def chained(*drafts: Draft) -> Books:
    ledger, entries = Ledger("USD"), list[Entry]()
    for draft in drafts:
        ledger, entry = post(ledger, draft, recorded_at="", actor="")
        entries.append(entry)
    charge = Charge("c1", "maya", "", "2026-03-01", "Session", "ada", 100, 0, seq=1)
    markers = {marker.key: marker for marker in expected("maya", entries)}
    return Books(Account("maya", ledger), entries, {}, ledger.balance_minor, [], {"c1": charge}, markers)


def draft(kind: EntryKind, *postings: Posting, opens: tuple[OpenItem, ...] = ()) -> Draft:
    return Draft(kind, "2026-03-01", postings, opens)


ITEM = OpenItem("c1", "ada", "2026-03-01", service="Session", service_on="2026-03-01")
FEE, PAID = client(Part.FEE, "c1"), client(Part.PAID, "c1")
CHARGED = draft(EntryKind.CHARGE, debit(FEE, 100, "USD"), credit(HELD, 100, "USD"), opens=(ITEM,))
PAYS = draft(EntryKind.PAYMENT, debit(HELD, 100, "USD"), credit(PAID, 100, "USD"))


def reopening(item: OpenItem) -> Draft:
    return draft(EntryKind.REFUND, debit(PAID, 10, "USD"), credit(HELD, 10, "USD"), opens=(item,))
