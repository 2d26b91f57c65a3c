"""What must hold of an account after every step, computed here from the entries' postings alone."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from chalicelib.ledger.domain.entries import Book, Entry
from chalicelib.ledger.domain.payments import Payment
from tests.support.money import Money

OWED = ("client:fee", "client:insurance", "client:adjustments", "client:paid")


def audit(money: Money, account_id: str) -> None:
    """I1, I2, I5, I9 and the credit rule for one account."""
    account = money.account(account_id)
    entries = list(money.ledgers.entries(money.ref(account_id)))
    payments = [p for p in money.ledgers.held_payments.values() if p.account_id == account_id]
    balances = _balances(entries)
    owed: dict[str, int] = defaultdict(int)
    for book, minor in balances.items():
        name, _, charge_id = book.partition("/")
        if name in OWED:
            owed[charge_id] += minor
    assert all(minor >= 0 for minor in owed.values()), f"I9: paid beyond what is owed: {dict(owed)}"
    kept = {id_: item.owed_minor for id_, item in account.ledger.open.items()}
    assert kept == {id_: minor for id_, minor in owed.items() if minor}, "I2: open items"
    assert account.ledger.credit_minor == -balances.get("credit", 0) >= 0, "I2: credit"
    assert not (account.ledger.credit_minor and kept), "credit applies itself"
    assert (account.ledger.seq, len(entries)) == (len(entries), account.ledger.seq), "no gaps"
    assert account.ledger.head == (entries[-1].hash if entries else "0" * 64)
    _explained(money, account_id, balances)
    _reserved(money, account_id, payments)
    _reversals(entries)
    _taken_back(entries)
    _closed(money, account_id, balances, entries)
    for payment in payments:
        _payment(payment, entries)


def audit_together(money: Money, account_ids: Sequence[str]) -> None:
    """What one account gave another one has: transfers of credit come to nil, each by itself."""
    moved: dict[str, list[int]] = defaultdict(list)
    for account_id in account_ids:
        for entry in money.ledgers.entries(money.ref(account_id)):
            for posting in entry.draft.postings:
                if str(posting.book) == "asset:transfers":
                    sign = 1 if posting.side.value == "D" else -1
                    moved[entry.draft.reference].append(sign * posting.money.amount_minor)
    assert all(len(sides) == 2 and sum(sides) == 0 for sides in moved.values()), "I1: one-sided transfer"


def _reversals(entries: Sequence[Entry]) -> None:
    """Each undoes an earlier entry, once, line by line; what follows is credit that applied itself."""
    undone: set[int] = set()
    for entry in entries:
        seq = entry.draft.reverses
        assert (seq is None) == (entry.draft.kind != "reversal")
        if seq is None:
            continue
        assert seq not in undone, "undone once"
        undone.add(seq)
        lines = entries[seq - 1].draft.postings
        assert seq < entry.seq
        assert entries[seq - 1].draft.kind not in ("reversal", "credit_transfer")
        for was, now in zip(lines, entry.draft.postings, strict=False):
            assert (was.book, was.money) == (now.book, now.money)
            assert was.side != now.side
        assert all(
            str(p.book).startswith(("credit", "client:paid")) for p in entry.draft.postings[len(lines) :]
        )


def _taken_back(entries: Sequence[Entry]) -> None:
    """Once a charge is taken back, no entry moves it any more, the insurer's part included. A reversal has
    the lines of what it undoes; those about such a charge it evens out with lines of its own."""
    gone: set[str] = set()
    for entry in entries:
        lines = entry.draft.postings
        moved = Counter[Book]()
        for posting in lines:
            moved[posting.book] += posting.debit_minor if posting.book.charge_id in gone else 0
        assert not any(moved.values()), "posted to a charge that was taken back"
        if entry.draft.reverses:
            gone |= {p.book.charge_id for p in lines if p.book.name == "client:fee"}


def _closed(money: Money, account_id: str, balances: dict[str, int], entries: Sequence[Entry]) -> None:
    """A charge says that it was taken back, or lowered to nothing unpaid, where its books say so."""
    for (_, owner, id_), charge in money.ledgers.held_charges.items():
        fee, _, lowered, paid = (balances.get(f"{name}/{id_}", 0) for name in OWED)
        unpaid = lowered < 0 and not paid and id_ not in money.account(account_id).ledger.open
        free = charge.client_minor + charge.insurer_minor == 0
        gone = "reversed" if any(e.draft.reverses == charge.seq for e in entries) else "no_fee"
        told = gone if free else "reversed" if not fee else "written_off" if unpaid else ""
        sequel = money.ledgers.sequels.get((money.practice, owner, charge.seq))
        assert owner != account_id or (sequel.closing if sequel else "") == told


def _balances(entries: Sequence[Entry]) -> dict[str, int]:
    """Debits less credits, by book; each entry in itself must come to nothing (I1)."""
    balances: dict[str, int] = defaultdict(int)
    for entry in entries:
        total = 0
        for posting in entry.draft.postings:
            amount = posting.money.amount_minor
            assert type(amount) is int
            assert amount > 0, "I5: amounts are positive whole numbers"
            signed = amount if posting.side.value == "D" else -amount
            balances[str(posting.book)] += signed
            total += signed
        assert total == 0, f"I1: entry {entry.seq} does not balance"
    assert sum(balances.values()) == 0
    return balances


def _explained(money: Money, account_id: str, balances: dict[str, int]) -> None:
    """An open item's four figures are the balances of its four books."""
    for id_, item in money.account(account_id).ledger.open.items():
        figures = (item.fee_minor, -item.insurance_minor, -item.adjustments_minor, -item.paid_minor)
        assert figures == tuple(balances.get(f"{name}/{id_}", 0) for name in OWED), "I2: what explains it"


def _reserved(money: Money, account_id: str, payments: Sequence[Payment]) -> None:
    live = {p.id: {s.charge_id: s.amount_minor for s in p.allocation.shares} for p in payments if p.live}
    kept = {id_: dict(held.shares) for id_, held in money.account(account_id).reserved.items()}
    assert kept == live, "I2: reservations are the fold of live payments"


def _payment(payment: Payment, entries: Sequence[Entry]) -> None:
    assert payment.allocation.total_minor == payment.amount_minor > 0, "I9"
    undone = {e.draft.reverses for e in entries} | {e.seq for e in entries if e.draft.reverses}
    mine = [e for e in entries if e.draft.payment_id == payment.id and e.seq not in undone]
    credits = [e for e in mine if e.draft.kind == "payment"]
    assert len(credits) == (payment.state == "succeeded"), f"I3: {len(credits)} credits of {payment.id}"
    received = sum(_held(e) for e in credits)
    refunded = -sum(_held(e) for e in mine if e.draft.kind == "refund")
    assert received == (payment.amount_minor if credits else 0)
    assert 0 <= refunded == payment.refunded_minor <= received or not credits, "I5"


def _held(entry: Entry) -> int:
    """What came into the processor's or the practice's hands with the entry."""
    return sum(
        p.money.amount_minor * (1 if p.side.value == "D" else -1)
        for p in entry.draft.postings
        if p.book.name.startswith("processor:")
    )
