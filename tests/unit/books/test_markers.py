"""Which marker each entry has: told from the entry alone, for every kind, by whomever it was posted."""

from dataclasses import replace

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.markers import Marker, differing, expected, held_at
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.payments.ports.processors import Decision, RefundStatus
from tests.support.guests import Desk
from tests.support.ledgers import MemoryLedgers, stored
from tests.support.money import Money
from tests.unit.books.test_verify import ledgers as imported  # noqa: F401

ON = "2026-03-09"


@pytest.fixture
def money() -> Money:
    """By hand and by a processor: a refund that failed, a dispute won and one lost, credit sent and taken."""
    made = Money()
    for account in ("maya", "noah"):
        made.open(account)
    for key in ("key-1", "key-2", "key-3"):
        made.charge(f"c-{key}", 5000)
        made.start(key)
        made.processor.take(key)
        made.settle(key)
    made.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=1000)
    made.settle("key-1")
    made.processor.refund_becomes("key-1", RefundStatus.FAILED)
    made.settle("key-1")
    for key, decision in (("key-2", Decision.WON), ("key-3", Decision.LOST)):
        made.processor.dispute(key, id_=f"dp_{key}")
        made.settle(key)
        made.processor.dispute(key, decision, id_=f"dp_{key}")
        made.settle(key)
    made.post.opening_balance(made.ref(), "o1", 700, on=ON)
    made.cash("p1", 20000)
    made.give_back("r2", "p1", 300)
    made.correcting.transfer_credit("t1", source=made.ref(), target=made.ref("noah"), amount_minor=50, on=ON)
    made.cash("p2", 900, "noah")
    made.correcting.reverse(made.ref("noah"), 2, on=ON)
    return made


def kinds(books: MemoryLedgers, practice: str) -> set[EntryKind]:
    return {entry.draft.kind for (of, _, _), entry in books.rows.items() if of == practice}


def check(books: MemoryLedgers, practice: str) -> None:
    """Every marker that commands wrote is expected, and no other."""
    wanted = set[Marker]()
    for of, account_id in books.accounts:
        assert of == practice
        own = stored(books, AccountRef(practice, account_id))
        assert list(differing(account_id, own.entries, own.markers)) == []
        wanted |= set(expected(account_id, own.entries))
    assert {marker.key for marker in wanted} == {key for _, key in books.movements}


def test_every_kind_of_entry_has_the_marker_that_its_command_wrote(
    money: Money,
    imported: MemoryLedgers,  # noqa: F811
) -> None:
    check(money.ledgers, money.practice)
    check(imported, "fern")
    money.charge("c-w", 90000, "noah")
    money.post.write_off(money.ref("noah"), "w1", charge_external_id="c-w", amount_minor=1, on=ON)
    money.charge("c-f", 0, "noah")
    facts, correcting = FactChanges(service="Intake"), CorrectingFacts(money.ledgers, money.clock)
    correcting.correct(money.ref("noah"), "f1", charge_external_id="c-w", facts=facts, on=ON)
    desk = Desk(money)
    paid = desk.pay("g")
    desk.match("g", "noah")
    money.processor.refund(intent_id=f"pi_{paid.id}", refund_id="r-g", amount_minor=1000)
    desk.settle("g")
    check(money.ledgers, money.practice)
    assert kinds(money.ledgers, money.practice) | kinds(imported, "fern") == set(EntryKind)


def test_credit_that_arrived_has_no_marker_of_its_own(money: Money) -> None:
    entries = list(money.ledgers.entries(money.ref("noah")))
    assert entries[0].draft.kind is EntryKind.CREDIT_TRANSFER
    assert [marker.key for marker in expected("noah", entries)] == [
        "import#payment#p2", "import#reversal#noah#2",
    ]  # fmt: skip


def test_a_marker_says_all_of_its_entry(money: Money) -> None:
    first, second = list(money.ledgers.entries(money.ref()))[:2]
    charge, payment = expected("maya", [first, second])
    assert charge == Marker("import#charge#c-key-1", "maya", "", 1, first.recorded_at)
    assert payment == Marker("stripe#pi_key-1#succeeded", "maya", "key-1", 2, second.recorded_at)


def test_each_entry_without_its_marker_is_told_in_order(money: Money) -> None:
    own = stored(money.ledgers, money.ref())
    keys = [marker.key for marker in expected("maya", own.entries)]
    for place, key in enumerate(keys, start=1):
        left = {name: marker for name, marker in own.markers.items() if name != key}
        assert list(differing("maya", own.entries, left)) == [place]
        other = {**own.markers, key: replace(own.markers[key], entry_seq=place + 1)}
        assert list(differing("maya", own.entries, other)) == [place]
    assert list(differing("maya", own.entries, {})) == list(range(1, len(keys) + 1))


def test_where_an_entrys_money_lies_is_told_from_its_books(money: Money) -> None:
    held = {e.draft.kind: held_at(e) for e in money.ledgers.entries(money.ref())}
    assert held[EntryKind.PROCESSOR_FEE] == held[EntryKind.DISPUTE_WITHDRAWN] == "stripe"
    assert held[EntryKind.PAYMENT] == held[EntryKind.REFUND] == "cash"  # the last ones
    assert held[EntryKind.CHARGE] == held[EntryKind.DISPUTE_DECIDED] == ""


def test_credit_of_a_cent_that_arrived_has_no_marker_of_its_own(money: Money) -> None:
    money.open("lena")
    money.cash("p9", 100, "lena")
    lena, noah = money.ref("lena"), money.ref("noah")
    money.correcting.transfer_credit("t9", source=lena, target=noah, amount_minor=1, on=ON)
    for account_id in ("lena", "noah"):
        last = list(money.ledgers.entries(money.ref(account_id)))[-1]
        assert last.draft.kind is EntryKind.CREDIT_TRANSFER
        assert len(list(expected(account_id, [last]))) == (account_id == "lena")


def test_a_lost_dispute_of_a_payment_that_is_nowhere_is_looked_for_at_no_processor(money: Money) -> None:
    lost = [e for e in money.ledgers.entries(money.ref()) if e.draft.kind is EntryKind.DISPUTE_DECIDED]
    assert [marker.key for marker in expected("maya", lost)] == ["#dp_key-3/1#decided"]
