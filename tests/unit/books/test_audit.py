"""The audit names each kind of damage by its code and by the entry, payment or account that it is about."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from chalicelib.ledger.domain.accounts import Reservation
from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.disputes import Dispute
from chalicelib.ledger.domain.entries import (
    CREDIT,
    Draft,
    Entry,
    EntryKind,
    credit,
    debit,
)
from chalicelib.ledger.domain.entry_text import sealed
from chalicelib.ledger.domain.ledger import post
from chalicelib.ledger.domain.refunds import Refund, State
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.posting import own_id
from chalicelib.payments.ports.processors import Decision
from chalicelib.verification.domain.accounts import audit, credit_moved
from chalicelib.verification.domain.charge_rows import differing
from chalicelib.verification.domain.findings import Finding
from tests.support.books import CHARGED, HELD, ITEM, PAYS, Books, chained, draft, paid, read, reopening
from tests.support.entries import edited, entry
from tests.support.money import Money


@pytest.fixture
def money() -> Money:
    """key-1 was refunded in part, key-2 is in dispute as a whole, key-3 waits for its payer."""
    made = Money()
    made.open()
    paid(made, "key-1", 10000)
    paid(made, "key-2", 5000)
    made.processor.dispute("key-2")
    made.settle("key-2")
    made.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=1000)
    made.settle("key-1")
    made.charge("c3", 4000)
    made.start("key-3")
    return made


@pytest.fixture
def books(money: Money) -> Books:
    return read(money)


def test_a_sound_account_has_no_findings(books: Books) -> None:
    assert books.findings() == []
    assert len(books.entries) == 10


def test_an_entry_that_was_altered_is_named(books: Books) -> None:
    second = books.entries[1]
    altered = edited(second, actor="somebody")
    assert books.entry(2, altered).findings() == [("entry_altered", "entry 2")]
    assert books.entry(2, sealed(altered)).findings() == [("chain_broken", "entry 3")]
    unchained = edited(second, prev_hash="0" * 64)
    assert books.entry(2, unchained).findings() == [("chain_broken", "entry 2"), ("entry_altered", "entry 2")]


def test_an_entry_that_is_gone_is_named(books: Books) -> None:
    removed = replace(books, entries=[*books.entries[:4], *books.entries[5:]])
    assert removed.findings()[0] == ("entry_gap", "entry 5")
    assert sum(code == "entry_gap" for code, _ in removed.findings()) == 1
    cut_off = replace(books, entries=books.entries[:-1])
    assert cut_off.findings()[0] == ("head_differs", "entry 9")


def test_an_account_that_ends_elsewhere_than_its_entries_is_named(books: Books) -> None:
    assert books.ledger(head="f" * 64).findings() == [("head_differs", "entry 10")]
    assert books.ledger(seq=11).findings() == [("head_differs", "entry 10")]


def test_balances_other_than_the_entries_are_named(books: Books) -> None:
    assert books.ledger(open={}).findings() == [("open_items_differ", "account")]
    assert books.ledger(credit_minor=7).findings() == [("credit_differs", "account")]


def test_an_entry_that_cannot_follow_is_named_by_the_rule_it_breaks(books: Books) -> None:
    first = books.entries[0]
    orphan = edited(first, draft=replace(first.draft, opens=()))
    findings = books.entry(1, orphan).findings()
    assert findings[:2] == [("entry_altered", "entry 1"), ("charge_not_open", "entry 1")]


class Walked(list[Entry]):
    """Entries that know how often they were walked through."""

    times = 0

    def __iter__(self) -> Iterator[Entry]:
        self.times += 1
        return super().__iter__()


def test_a_long_account_is_walked_no_more_often_for_its_many_payments(books: Books) -> None:
    times = []
    for count in (0, 1, 3):
        walked = Walked(books.entries)
        list(audit(replace(books.stored, entries=walked, payments=books.stored.payments[:count])))
        times.append(walked.times)
    assert len(set(times)) == 1


def test_money_in_flight_that_no_live_payment_explains_is_named(books: Books) -> None:
    account = books.account
    wrong = {"key-3": replace(account.reserved["key-3"], firm=True)}
    cases: list[tuple[dict[str, Reservation], str]] = [
        ({}, "payment key-3"),
        ({**account.reserved, "gone": Reservation({}, firm=True)}, "payment gone"),
        (wrong, "payment key-3"),
    ]
    for reserved, item in cases:
        damaged = replace(books, account=replace(account, reserved=reserved))
        assert damaged.findings() == [("reservation_differs", item)]


def test_an_account_that_names_other_disputed_payments_than_there_are_is_named(books: Books) -> None:
    """Account History would call a service paid, or disputed, that is not."""
    assert books.account.disputed == {"key-2"}
    for disputed, item in ((set[str](), "key-2"), ({"key-1", "key-2"}, "key-1")):
        damaged = replace(books, account=replace(books.account, disputed=frozenset(disputed)))
        assert damaged.findings() == [("disputed_payment_differs", f"payment {item}")]


def test_a_payment_that_the_entries_do_not_bear_out_is_named(books: Books) -> None:
    for facts, code in (
        ({"amount_minor": 10001}, "payment_amount_differs"),
        ({"entry_seq": 1}, "payment_amount_differs"),
        ({"refunded_minor": 999}, "refunds_differ"),
    ):
        assert books.payment("key-1", **facts).findings() == [(code, "payment key-1")]
    for dispute in (Dispute("dp_1", 1), Dispute("dp_1", 5000, lost=True), Dispute("dp_2", 5000)):
        found = books.payment("key-2", disputes=(dispute,)).findings()
        assert found[0] == ("disputes_differ", "payment key-2")
    assert books.payment("key-1", id="other").findings() == [
        ("payment_credited_wrongly", "payment other"),
        ("payment_missing", "payment key-1"),
        ("refund_differs", "payment key-1"),
        ("refund_differs", "payment other"),
    ]
    assert books.payment("key-3", state=books.payments["key-1"].state).findings()[1:] == [
        ("payment_credited_wrongly", "payment key-3")
    ]


def test_a_refund_that_the_payment_or_the_entries_do_not_bear_out_is_named(books: Books) -> None:
    (row,) = books.refunds
    wrong: list[list[Refund]] = [
        [],
        [row, replace(row, id="r2", entry_seq=0, state=State.NOT_MADE)],
        [replace(row, payment_id="key-2")],
        [replace(row, payment_id="gone")],
        *([replace(row, state=state)] for state in State if state is not State.SUCCEEDED),
        [replace(row, amount_minor=999)],
        [replace(row, processor_id="re_other")],
        [replace(row, entry_seq=0)],
        [replace(row, entry_seq=row.entry_seq - 1)],
    ]
    for refunds in wrong:
        found = replace(books, refunds=refunds).findings()
        assert ("refund_differs", "payment key-1") in found, refunds
    for facts in ({"refunding_minor": 1}, {"refund_count": 0}, {"refund_count": 2}):
        assert books.payment("key-1", **facts).findings() == [("refund_differs", "payment key-1")]


def test_a_refund_under_way_or_come_to_nothing_is_sound_while_its_payment_counts_it(books: Books) -> None:
    (row,) = books.refunds
    for state, kept in ((State.ASKED, 70), (State.PENDING, 70), (State.FAILED, 0), (State.NOT_MADE, 0)):
        other = replace(row, id="r2", state=state, amount_minor=70, processor_id="", entry_seq=0)
        two = replace(books.payment("key-1", refunding_minor=kept, refund_count=2), refunds=[row, other])
        assert two.findings() == []
        assert two.payment("key-1", refunding_minor=kept + 1).findings() != []


def test_a_payment_that_is_gone_is_named(books: Books) -> None:
    left = {id_: payment for id_, payment in books.payments.items() if id_ == "key-3"}
    assert replace(books, payments=left).findings() == [
        ("payment_missing", "payment key-1"),
        ("payment_missing", "payment key-2"),
        ("refund_differs", "payment key-1"),
    ]


def test_a_payment_that_pays_something_else_than_its_entry_is_named(books: Books) -> None:
    paid = books.payments["key-1"]
    (share,) = paid.allocation.shares
    for allocation in (
        Allocation((replace(share, charge_id=next(iter(books.account.ledger.open))),)),
        Allocation((replace(share, amount_minor=share.amount_minor - 1),), 1),
        Allocation((share,), 1),
        Allocation(()),
    ):
        damaged = books.payment("key-1", allocation=allocation)
        assert damaged.findings() == [("allocation_differs", "payment key-1")]


def test_a_payment_under_way_whose_parts_are_not_its_amount_is_named(books: Books) -> None:
    allocation = books.payments["key-3"].allocation
    damaged = books.payment("key-3", allocation=replace(allocation, credit_minor=1))
    assert damaged.findings() == [("allocation_differs", "payment key-3")]
    assert books.payment("key-3", amount_minor=1).findings() == [("allocation_differs", "payment key-3")]


def test_a_payment_that_left_credit_is_sound_until_the_credit_differs(money: Money) -> None:
    money.open("noah")
    money.charge("n1", 300, "noah")
    money.cash("p1", 500, "noah")
    noah = read(money, "noah")
    assert noah.findings() == []
    ((id_, payment),) = noah.payments.items()
    assert payment.allocation.credit_minor == 200
    damaged = noah.payment(id_, allocation=replace(payment.allocation, credit_minor=199))
    assert damaged.findings() == [("allocation_differs", f"payment {id_}")]


def test_a_stored_balance_other_than_the_entries_is_named(books: Books) -> None:
    for wrong in (books.balance_minor + 1, books.balance_minor - 1, 999999):
        assert replace(books, balance_minor=wrong).findings() == [("balance_differs", "account")]


def test_a_charge_that_says_something_else_than_its_entry_is_named(books: Books) -> None:
    id_ = own_id("fern", "charge", "c3")
    facts: list[dict[str, object]] = [
        {"client_minor": 1}, {"insurer_minor": 1}, {"id": "other"}, {"account_id": "noah"}, {"seq": 1},
        {"external_id": "c4"}, {"service": "Another"}, {"date": "2026-03-02"}, {"clinician_id": "eve"},
    ]  # fmt: skip
    for changes in facts:
        assert books.charge(id_, **changes).findings() == [("charge_differs", f"charge {id_}")]
    assert books.charge(id_, place_of_service="10", units=2).findings() == []


def test_a_charge_that_is_gone_or_that_no_entry_posted_is_named(books: Books) -> None:
    id_ = own_id("fern", "charge", "c3")
    left = {key: row for key, row in books.charges.items() if key != id_}
    assert replace(books, charges=left).findings() == [("charge_differs", f"charge {id_}")]
    more = {"z": books.charges[id_], "a": books.charges[id_], **books.charges}
    assert replace(books, charges=more).findings() == [
        ("charge_differs", "charge a"), ("charge_differs", "charge z"),
    ]  # fmt: skip


def test_a_marker_that_is_gone_or_is_another_entrys_is_named(books: Books) -> None:
    """Without it a refund would be posted again when its news come again."""
    for key, number in (
        ("stripe#pi_key-1#succeeded", 2),
        ("stripe#re_r1#succeeded", 9),
        ("import#charge#c3", 10),
    ):
        named = [("marker_differs", f"entry {number}")]
        left = {name: marker for name, marker in books.markers.items() if name != key}
        assert replace(books, markers=left).findings() == named
        for changes in ({"entry_seq": 1}, {"account_id": "noah"}, {"payment_id": "key-9"}, {"at": ""}):
            assert books.marker(key, **changes).findings() == named


def test_what_a_dispute_lost_is_borne_out_by_the_entries(money: Money) -> None:
    money.processor.dispute("key-2", Decision.LOST)
    money.settle("key-2")
    assert read(money).payments["key-2"].lost_minor == 5000
    assert read(money).findings() == []


def test_what_banks_take_beyond_a_payment_stands_in_a_book_of_its_own_and_is_sound(money: Money) -> None:
    money.processor.dispute("key-1", id_="dp_9")
    money.settle("key-1")
    disputed = read(money).payments["key-1"]
    assert (disputed.disputed_minor, disputed.excess_minor) == (9000, 1000)
    assert read(money).findings() == []


def test_more_charged_to_a_payment_than_was_paid_is_named(books: Books) -> None:
    """An entry that charges the excess to the payment, as a whole dispute lost after a refund would be."""
    credited = entry("C credit 100", of="p", kind=EntryKind.PAYMENT).draft
    rows = ("D asset:disputed 150", "C processor:cash 150")
    taken = entry(*rows, of="p", kind=EntryKind.DISPUTE_WITHDRAWN, reference="dp_1/txn_1").draft
    paid = replace(
        books.payments["key-1"], id="p", amount_minor=100, allocation=Allocation((), 100), entry_seq=1,
        refunded_minor=0, disputes=(Dispute("dp_1", 150),),
    )  # fmt: skip
    codes = [code for code, _ in replace(chained(credited, taken), payments={"p": paid}).findings()]
    assert {"dispute_books_differ", "taken_back_above_payment"} <= set(codes)


def test_a_charge_opened_again_as_it_never_was_is_named() -> None:
    closed = replace(ITEM, fee_minor=100, paid_minor=100)
    assert chained(CHARGED, PAYS, reopening(replace(closed, since="2026-04-01"))).findings() == []
    for wrong in (
        replace(closed, fee_minor=120), replace(closed, adjustments_minor=-5),
        replace(closed, service="Intake"), replace(closed, clinician_id="ben"),
    ):  # fmt: skip
        damaged = chained(CHARGED, PAYS, reopening(wrong))
        assert damaged.findings() == [("reopened_item_differs", "entry 3")]


def test_credit_beside_something_open_is_named() -> None:
    kept = draft(EntryKind.PAYMENT, debit(HELD, 5, "USD"), credit(CREDIT, 5, "USD"))
    assert chained(CHARGED, kept).findings() == [("credit_not_applied", "account")]


@pytest.fixture
def reversed_books(money: Money) -> Books:
    """Noah paid 5.00 twice by mistake; the first is undone by entry 3, and he paid 1.00 since."""
    money.open("noah")
    money.cash("p1", 500, "noah")
    money.cash("p2", 500, "noah")
    Correcting(money.ledgers, money.clock, actor="cli").reverse(money.ref("noah"), 1, on="2026-03-09")
    money.cash("p3", 100, "noah")
    return read(money, "noah")


def posted(books: Books, change: Callable[[Entry], Draft]) -> Books:
    """One more entry, made from the reversal."""
    ledger, entry = post(books.account.ledger, change(books.entries[2]), recorded_at="", actor="")
    return replace(books, account=replace(books.account, ledger=ledger), entries=[*books.entries, entry])


def test_an_entry_is_undone_once_and_by_its_own_opposite(reversed_books: Books) -> None:
    assert reversed_books.findings() == []
    for change in (
        lambda reversal: reversal.draft,  # a second time
        lambda reversal: replace(reversal.draft, reverses=9),  # of nothing
        lambda reversal: replace(reversal.draft, reverses=None),
        lambda reversal: replace(reversal.draft, reverses=4, payment_id=""),  # of another amount
        lambda reversal: replace(reversal.draft, reverses=2, kind=EntryKind.ADJUSTMENT, payment_id=""),
    ):
        findings = posted(reversed_books, change).findings()
        assert ("reversal_differs", "entry 5") in findings
        assert sum(code == "reversal_differs" for code, _ in findings) == 1


def test_credit_moved_is_told_by_transfer(money: Money) -> None:
    money.open("noah")
    money.cash("p1", 5000, "noah")
    correcting = Correcting(money.ledgers, money.clock, actor="cli")
    for external_id, amount in (("t1", 300), ("t2", 200)):
        correcting.transfer_credit(
            external_id, source=money.ref("noah"), target=money.ref(), amount_minor=amount, on="2026-03-09"
        )
    assert credit_moved(read(money, "noah").entries) == {"t1": -300, "t2": -200}
    assert credit_moved(read(money).entries) == {"t1": 300, "t2": 200}
    both = [*read(money).entries, *read(money, "noah").entries]
    assert credit_moved(both) == {"t1": 0, "t2": 0}


def test_a_finding_says_what_where_and_whose() -> None:
    damaged = chained(CHARGED).ledger(credit_minor=1)
    assert list(audit(damaged.stored)) == [Finding("credit_differs", "maya", "account")]


def test_a_charge_that_nothing_closed_is_open_or_paid(books: Books) -> None:
    assert list(differing("maya", books.entries[:1], _only(books, books.entries[:1]))) == []


def _only(books: Books, entries: Sequence[Entry]) -> dict[str, Charge]:
    ids = {opened.charge_id for entry in entries for opened in entry.draft.opens}
    return {id_: row for id_, row in books.charges.items() if id_ in ids}
