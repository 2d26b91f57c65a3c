"""Two damages of one row are two alerts, and one stays one while more is posted: by what is found there."""

from dataclasses import replace

import pytest

from chalicelib.ledger.domain.accounts import Account, Reservation
from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.disputes import Dispute
from chalicelib.ledger.domain.entries import EntryKind, OpenItem
from chalicelib.ledger.domain.history import Sequel
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.services.posting import own_id
from chalicelib.verification.domain import charge_rows, refund_rows
from chalicelib.verification.domain.accounts import (
    Stored,
    audit,
    payment_findings,
    readable_name,
    written_later,
)
from chalicelib.verification.domain.findings import Finding, found_hash
from tests.support.books import CHARGED, ITEM, PAYS, Books, chained, draft, paid, read, reopening
from tests.support.entries import edited, entry
from tests.support.money import Money


@pytest.fixture
def books() -> Books:
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
    return read(made)


def subjects(found: Stored) -> list[str]:
    return [finding.subject for finding in audit(found)]


def of(code: str, item: str, *told: object) -> str:
    return Finding(code, "maya", item, found_hash(*told)).subject


def test_what_is_found_is_told_by_the_same_hash_in_every_version() -> None:
    """A person has closed alerts about damage that was left as it is: their names last."""
    assert (found_hash(7), found_hash("a", 1), found_hash()) == ("24a6ade6", "391d545b", "")
    assert Finding("credit_differs", "maya", "account", "f00").subject == "credit_differs maya account f00"
    assert Finding("payment_missing", "maya", "payment 1").subject == "payment_missing maya payment 1"


def test_sums_are_told_by_how_far_they_are_off(books: Books) -> None:
    assert subjects(books.ledger(credit_minor=7).stored) == [of("credit_differs", "account", 7)]
    less = replace(books, balance_minor=books.balance_minor - 3)
    assert subjects(less.stored) == [of("balance_differs", "account", -3)]


def test_open_items_are_told_by_what_each_is_off(books: Books) -> None:
    c1, c3 = (own_id("fern", "charge", f"c{name}") for name in ("-key-1", "3"))
    there = books.account.ledger.open
    more = OpenItem("zz", "ada", "2026-03-01", fee_minor=20)
    renamed = replace(there[c3], service="Another")
    lower = replace(there[c1], fee_minor=there[c1].fee_minor - 1)
    cases: list[tuple[dict[str, OpenItem], list[tuple[str, tuple[object, ...]]]]] = [
        ({c3: there[c3]}, [(c1, (-there[c1].owed_minor,))]),
        ({**there, "zz": more}, [("zz", (20,))]),
        ({**there, c3: renamed}, [(c3, (0, repr(renamed)))]),
        ({**there, c1: lower, c3: replace(lower, charge_id=c3)}, [(c1, (-1,)), (c3, (-1 - 4000 + 1000,))]),
    ]
    for kept, off in cases:
        told = sorted(off)
        assert subjects(books.ledger(open=kept).stored) == [of("open_items_differ", "account", *told)], off


def test_an_item_at_nothing_that_is_kept_is_told_apart_from_none(books: Books) -> None:
    """It is owed as little as one that is not there."""
    nothing = OpenItem("zz", "ada", "2026-03-01")
    kept = {**books.account.ledger.open, "zz": nothing}
    told = [("zz", (0, repr(nothing)))]
    assert subjects(books.ledger(open=kept).stored) == [of("open_items_differ", "account", *told)]


def test_entries_are_told_by_what_stands_there(books: Books) -> None:
    second = edited(books.entries[1], actor="somebody")
    altered = of("entry_altered", "entry 2", second.text, second.hash)
    assert subjects(books.entry(2, second).stored) == [altered]
    unchained = edited(books.entries[1], prev_hash="0" * 64)
    broken = of("chain_broken", "entry 2", "0" * 64)
    assert broken in subjects(books.entry(2, unchained).stored)
    ledger = books.account.ledger
    assert subjects(books.ledger(seq=11).stored) == [of("head_differs", "entry 10", 11, ledger.head)]
    gap = replace(books, entries=[*books.entries[:4], *books.entries[5:]])
    assert subjects(gap.stored)[0] == of("entry_gap", "entry 5")


def test_an_account_without_entries_begins_where_all_do(books: Books) -> None:
    none = replace(books, entries=[]).ledger(seq=0)
    head = books.account.ledger.head
    assert subjects(none.stored)[0] == of("head_differs", "entry 0", 0, head)


def test_an_entry_that_cannot_be_is_told_by_its_hash(books: Books) -> None:
    orphan = edited(books.entries[0], draft=replace(books.entries[0].draft, opens=()))
    found = subjects(books.entry(1, orphan).stored)
    assert found[1] == of("charge_not_open", "entry 1", orphan.hash)
    wrong = chained(CHARGED, PAYS, reopening(replace(ITEM, fee_minor=120, paid_minor=100)))
    assert subjects(wrong.stored) == [of("reopened_item_differs", "entry 3", wrong.entries[2].hash)]


def test_money_in_flight_is_told_by_what_is_kept_of_it(books: Books) -> None:
    right = books.account.reserved["key-3"]
    firm, more = replace(right, firm=True), Reservation({"b": 1, "a": 2}, firm=True)
    cases = [
        ({"key-3": firm}, of("reservation_differs", "payment key-3", sorted(right.shares.items()), True)),
        ({}, of("reservation_differs", "payment key-3")),
        (
            {"key-3": right, "gone": more},
            of("reservation_differs", "payment gone", [("a", 2), ("b", 1)], True),
        ),
    ]
    for reserved, told in cases:
        damaged = replace(books, account=replace(books.account, reserved=reserved))
        assert subjects(damaged.stored) == [told]


def test_payments_are_told_by_what_they_say_otherwise(books: Books) -> None:
    cases: list[tuple[str, dict[str, object], str]] = [
        ("key-1", {"amount_minor": 10001}, of("payment_amount_differs", "payment key-1", 2, 10001)),
        ("key-1", {"refunded_minor": 998}, of("refunds_differ", "payment key-1", -2)),
        ("key-1", {"state": State.FAILED}, of("payment_credited_wrongly", "payment key-1", "failed", 1)),
    ]
    for payment, changes, told in cases:
        assert told in subjects(books.payment(payment, **changes).stored)
    allocation = replace(books.payments["key-3"].allocation, credit_minor=1)
    told = of("allocation_differs", "payment key-3", allocation)
    assert subjects(books.payment("key-3", allocation=allocation).stored) == [told]
    disputes = (Dispute("dp_1", 4000),)
    assert subjects(books.payment("key-2", disputes=disputes).stored) == [
        of("disputes_differ", "payment key-2", disputes),
        of("dispute_books_differ", "payment key-2", -1000, 0),
    ]
    assert subjects(books.payment("key-1", matched_to="noah").stored) == [
        of("match_differs", "payment key-1", "noah", 0)
    ]


def test_a_payment_that_is_gone_and_a_wrong_note_of_a_dispute_are_told(books: Books) -> None:
    left = {id_: row for id_, row in books.payments.items() if id_ != "key-2"}
    assert subjects(replace(books, payments=left).stored) == [of("payment_missing", "payment key-2")]
    for disputed, item, kept in ((set[str](), "key-2", False), ({"key-1", "key-2"}, "key-1", True)):
        damaged = replace(books, account=replace(books.account, disputed=frozenset(disputed)))
        assert subjects(damaged.stored) == [of("disputed_payment_differs", f"payment {item}", kept)]


def test_rows_are_told_by_what_they_say(books: Books) -> None:
    (row,) = books.refunds
    wrong = replace(row, amount_minor=999)
    told = of("refund_differs", "payment key-1", refund_rows.said(wrong))
    assert subjects(replace(books, refunds=[wrong]).stored) == [told]
    two = [wrong, replace(row, id="r2", payment_id="key-2")]
    assert told in subjects(replace(books, refunds=two).stored)
    assert subjects(replace(books, refunds=[]).stored) == [of("refund_differs", "payment key-1")]
    id_ = own_id("fern", "charge", "c3")
    other = replace(books.charges[id_], service="Another")
    told = of("charge_differs", f"charge {id_}", charge_rows.said(other))
    assert subjects(books.charge(id_, service="Another").stored) == [told]
    left = {key: charge for key, charge in books.charges.items() if key != id_}
    assert subjects(replace(books, charges=left).stored) == [of("charge_differs", f"charge {id_}")]


def test_markers_and_what_lists_show_are_told_by_what_they_say(books: Books) -> None:
    key = "import#charge#c3"
    kept = books.markers[key]
    wrong = books.marker(key, entry_seq=1)
    said = (kept.account_id, kept.payment_id, 1, kept.at)
    assert subjects(wrong.stored) == [of("marker_differs", "entry 10", *said)]
    left = {name: marker for name, marker in books.markers.items() if name != key}
    assert subjects(replace(books, markers=left).stored) == [of("marker_differs", "entry 10")]
    shown = Sequel(10, "2026-03-01", receipt=True)
    other = Sequel(1, "2026-03-01", receipt=True)
    found = subjects(replace(books.stored, sequels=[shown, other]))
    assert found == [
        of("sequel_differs", "entry 1", repr(other)), of("sequel_differs", "entry 10", repr(shown)),
    ]  # fmt: skip


def test_what_was_undone_wrongly_is_told_by_its_entry() -> None:
    money = Money()
    money.open()
    money.cash("p1", 500)
    money.correcting.reverse(money.ref(), 1, on="2026-03-09")
    sound = read(money)
    wrong = edited(sound.entries[1], draft=replace(sound.entries[1].draft, reverses=None))
    told = of("reversal_differs", "entry 2", wrong.hash)
    assert told in subjects(sound.entry(2, wrong).stored)


def test_of_a_row_that_cannot_be_read_nothing_else_is_told(books: Books) -> None:
    """Whatever differs for want of it has one cause."""
    left = {id_: row for id_, row in books.payments.items() if id_ != "key-2"}
    for name in ("payment key-2", "payment key-2 (version 9)"):
        found = replace(replace(books, payments=left).stored, unreadable=[name])
        assert subjects(found) == [of("row_unreadable", name)]
        assert readable_name(name) == "payment key-2"
    found = replace(books.ledger(credit_minor=7).stored, unreadable=["payment key-9"])
    assert subjects(found) == [of("row_unreadable", "payment key-9"), of("credit_differs", "account", 7)]


def test_a_later_version_is_told_by_its_number() -> None:
    assert written_later("charge c1 (version 9)")
    assert not written_later("charge c1 (edition 9)")


def test_facts_may_be_corrected_and_amounts_not() -> None:
    """An entry without postings opens the charge again, called otherwise."""
    standing = replace(ITEM, fee_minor=100, paid_minor=100)

    def corrected(**changes: object) -> list[str]:
        item = replace(standing, **changes)  # type: ignore[arg-type]
        made = chained(CHARGED, PAYS, draft(EntryKind.FACTS_CORRECTED, opens=(item,)))
        return [name.split()[0] for name in subjects(made.stored) if name.startswith("reopened")]

    for facts in (
        {"service": "Intake"},
        {"clinician_id": "ben"},
        {"service": "Intake", "since": "2026-04-01"},
    ):
        assert corrected(**facts) == []
    for amounts in ({"fee_minor": 120}, {"adjustments_minor": -5}, {"service": "Intake", "paid_minor": 1}):
        assert corrected(**amounts) == ["reopened_item_differs"]


CREDITED = entry("C credit 100", of="p", kind=EntryKind.PAYMENT)


def taken_back(kind: EntryKind, *rows: str) -> tuple[bool, str]:
    """Whether such an entry of a payment of 1.00 takes back more, or less, than can be; and what is told."""
    payment = Payment(
        "p", "maya", 100, "USD", Allocation((), 100), State.SUCCEEDED, "stripe", "redirect", "", "2026-03-01",
        "", "", entry_seq=1,
    )  # fmt: skip
    own = [CREDITED, replace(entry(*rows, of="p", kind=kind, reference="dp_1/txn_1"), seq=2)]
    found = payment_findings(Account("maya", Ledger("USD")), own, payment)
    told = [finding for finding in found if finding.code == "taken_back_above_payment"]
    assert {finding.item for finding in told} <= {"payment p"}
    return bool(told), next((finding.found_hash for finding in told), "")


@pytest.mark.parametrize(
    ("kind", "rows", "told"),
    [
        (EntryKind.REFUND, ("D credit 100",), None),
        (EntryKind.REFUND, ("D credit 101",), (101, 0, 0)),
        (EntryKind.REFUND_FAILURE, ("C credit 1",), (-1, 0, 0)),
        (EntryKind.DISPUTE_WITHDRAWN, ("D asset:disputed 100",), None),
        (EntryKind.DISPUTE_WITHDRAWN, ("D asset:disputed 101",), (101, 101, 0)),
        (EntryKind.DISPUTE_WITHDRAWN, ("D asset:disputed 100", "D asset:disputed-excess 5"), None),
        (EntryKind.DISPUTE_REINSTATED, ("D credit 50", "C asset:disputed 1"), (49, -1, 0)),
        (EntryKind.DISPUTE_REINSTATED, ("D credit 50", "C asset:disputed-excess 1"), (50, 0, -1)),
    ],
)  # fmt: skip
def test_neither_more_than_was_paid_nor_less_than_nothing_is_taken_back(
    kind: EntryKind, rows: tuple[str, ...], told: tuple[int, int, int] | None
) -> None:
    assert taken_back(kind, *rows) == (told is not None, found_hash(*told) if told else "")


def test_what_is_off_is_told_beside_what_is_there() -> None:
    """Credit, and what banks took beyond a payment, of which the books have some."""
    money = Money()
    money.open()
    paid(money, "key-1", 10000)
    money.processor.dispute("key-1", taken=11000)
    money.settle("key-1")
    disputed = read(money)
    told = of("dispute_books_differ", "payment key-1", 0, -600)
    assert told in subjects(disputed.payment("key-1", disputes=(Dispute("dp_1", 10400),)).stored)
    money.cash("p1", 700)
    assert subjects(read(money).ledger(credit_minor=750).stored) == [of("credit_differs", "account", 50)]


def test_money_that_was_matched_left_as_much_as_the_payment_brought() -> None:
    matched = Payment(
        "p", "maya", 100, "USD", Allocation((), 100), State.SUCCEEDED, "stripe", "redirect", "", "2026-03-01",
        "", "", entry_seq=1, matched_to="noah",
    )  # fmt: skip

    def differs(*rows: str) -> list[str]:
        left = [replace(entry(*rows, of="p", kind=EntryKind.CREDIT_TRANSFER), seq=2)] if rows else []
        found = payment_findings(Account("maya", Ledger("USD")), [CREDITED, *left], matched)
        return [finding.found_hash for finding in found if finding.code == "match_differs"]

    assert differs("D credit 100", "C asset:transfers 100") == []
    assert differs("C credit 100", "D asset:transfers 100") == [found_hash("noah", 100)]
    assert differs() == [found_hash("noah", 0)]


def test_charges_that_were_closed_one_after_the_other_are_sound() -> None:
    money = Money()
    money.open()
    for name in ("c1", "c2"):
        money.charge(name, 500)
        money.post.write_off(
            money.ref(), f"w-{name}", charge_external_id=name, amount_minor=500, on="2026-03-09"
        )
    assert subjects(replace(read(money).stored, sequels=list(money.ledgers.sequels.values()))) == []


def test_a_service_may_be_said_to_be_free_no_more_and_not_to_be_so_since() -> None:
    def reopened(*, before: bool, after: bool) -> bool:
        charged = replace(CHARGED, opens=(replace(ITEM, free=before),))
        standing = replace(ITEM, fee_minor=100, paid_minor=100, free=after, service="Intake")
        made = chained(charged, PAYS, draft(EntryKind.FACTS_CORRECTED, opens=(standing,)))
        return any(name.startswith("reopened") for name in subjects(made.stored))

    assert not reopened(before=True, after=True)
    assert not reopened(before=True, after=False)
    assert reopened(before=False, after=True)
