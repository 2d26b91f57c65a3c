"""A statement's lines and sums: every kind of entry has its place, and says what it did to what is owed."""

import inspect
from dataclasses import replace

import pytest

from chalicelib.documents.domain import statement_lines
from chalicelib.documents.domain.ageing import Ageing
from chalicelib.documents.domain.letterheads import PostedLetterhead
from chalicelib.documents.domain.line_words import LINE_WORDS
from chalicelib.documents.domain.spans import Span
from chalicelib.documents.domain.statements import (
    Carried,
    Closed,
    Delivery,
    Issued,
    Line,
    Statement,
    Sums,
)
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain import effects, entries
from chalicelib.ledger.domain.disputes import turn
from chalicelib.ledger.domain.entries import Book, Draft, Entry, EntryKind, OpenItem, Part, Service
from chalicelib.ledger.domain.guest_money import Back
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.practice.domain.practices import Client
from chalicelib.words.documents import DOCUMENTS
from tests.support.entries import entry
from tests.support.practice import PRACTICE

CHARGES = {"c1": Service("Individual session", "2026-03-01")}
MAYA = Client("maya", "ext", "Maya Lind", "maya@example.test", "es", address="2 Test Street")
FEE = ("D client:fee/c1 10000", "C income:fees 10000", "D insurer/c1 7000", "C client:insurance/c1 7000")
HEAD = PostedLetterhead.to(PRACTICE, MAYA)
OPENING = EntryKind.OPENING_BALANCE

SUM_OF = {
    EntryKind.CHARGE: "charges", EntryKind.SERVICE: "charges",
    EntryKind.RESPONSIBILITY_TRANSFER: "charges",
    EntryKind.PAYMENT: "payments", EntryKind.INSURANCE_PAYMENT: "payments",
    EntryKind.GUEST_PAYMENT: "payments", EntryKind.GUEST_PAYMENT_BACK: "refunds",
    EntryKind.REFUND: "refunds", EntryKind.REFUND_FAILURE: "refunds", EntryKind.DISPUTE_WITHDRAWN: "refunds",
    EntryKind.DISPUTE_REINSTATED: "refunds", EntryKind.DISPUTE_DECIDED: "refunds",
}  # fmt: skip
MARCH = Period(2026, 3)


def statement(opening_minor: int = 0, *, first: bool = False, period: Period = MARCH) -> Statement:
    return Statement(
        "maya", period, "USD", (), first, 0, Sums(opening_minor, 0, 0, 0, 0), Ageing(), 0, HEAD, "", ""
    )


def on(day: str, entry: Entry, seq: int = 1) -> Entry:
    return replace(entry, seq=seq, draft=replace(entry.draft, occurred_on=day))


def charge(seq: int, day: str, minor: int = 500, of: str = "c1") -> Entry:
    rows = (f"D client:fee/{of} {minor}", f"C income:fees {minor}")
    return on(day, entry(*rows, kind=EntryKind.CHARGE), seq)


@pytest.mark.parametrize("kind", EntryKind)
def test_what_an_entry_did_is_in_one_sum(kind: EntryKind) -> None:
    sums = statement_lines.sums(
        500, [entry("D client:paid/c1 70", kind=kind), entry("C credit 30", kind=kind)]
    )
    expected = dict.fromkeys(("charges", "payments", "adjustments", "refunds"), 0)
    name = SUM_OF.get(kind, "adjustments")
    expected[name] = -40 if name == "payments" else 40
    assert sums == Sums(500, **{f"{name}_minor": minor for name, minor in expected.items()})
    assert sums.closing_minor == 540


def test_every_kind_of_entry_has_its_sum_and_its_words() -> None:
    assert set(statement_lines.SUM_OF) == set(EntryKind)
    kinds = {turn(kind, effect) or kind for kind in EntryKind for effect in (-1, 1)}
    assert set(LINE_WORDS) == kinds | set(Back)
    assert set(LINE_WORDS.values()) <= set(DOCUMENTS)


def test_every_book_is_the_clients_or_is_not() -> None:
    """A new book in ledger/domain/entries.py fails here until somebody says which it is."""
    held = entries.held_by("x").name
    books = {made.name for made in vars(entries).values() if isinstance(made, Book)}
    for make in vars(entries).values():
        if inspect.isfunction(make) and inspect.signature(make).return_annotation is Book:
            of = [Part.FEE] if make is entries.client else []
            books.add(make(*of, "x").name)
    books = {book for book in books if not book.startswith(entries.HELD)} | {part.value for part in Part}
    assert held.startswith(entries.HELD)
    assert books == effects.OWED | effects.NOT_OWED
    assert not effects.OWED & effects.NOT_OWED


def test_sums_add_up_to_what_is_owed_at_the_end() -> None:
    assert Sums(1, 20, 300, 4000, 50000).closing_minor == 1 + 20 - 300 + 4000 + 50000


def test_a_charges_line_says_what_the_insurer_is_to_pay_of_it() -> None:
    (line,) = statement_lines.lines(statement(100), [entry(*FEE, kind=EntryKind.CHARGE)], CHARGES)
    assert line == Line("2026-03-01", EntryKind.CHARGE, "Individual session", "", 3000, 3100, 10000, 7000)


def test_a_wholly_insured_service_has_its_line_too() -> None:
    rows = (*FEE[:2], "D insurer/c1 10000", "C client:insurance/c1 10000")
    (line,) = statement_lines.lines(statement(100), [entry(*rows, kind=EntryKind.CHARGE)], {})
    assert (line.service, line.amount_minor, line.balance_minor) == ("", 0, 100)
    assert (line.fee_minor, line.insurer_minor) == (10000, 10000)


def test_only_a_charge_with_an_insurer_shows_its_fee() -> None:
    plain = entry("D client:fee/c1 500", "C income:fees 500", kind=EntryKind.CHARGE)
    left = entry("D client:insurance/c1 500", "C insurer/c1 500", kind=EntryKind.RESPONSIBILITY_TRANSFER)
    lines = statement_lines.lines(statement(), [plain, left], CHARGES)
    assert [(line.fee_minor, line.insurer_minor) for line in lines] == [(0, 0), (0, 0)]
    assert [(line.service, line.balance_minor) for line in lines] == [
        ("Individual session", 500), ("Individual session", 1000),
    ]  # fmt: skip


def test_a_payments_line_says_how_it_came_and_names_no_service() -> None:
    paid = entry("C client:paid/c1 40", of="p")
    back = entry("D client:paid/c1 15", of="p", kind=EntryKind.REFUND)
    lines = statement_lines.lines(statement(), [paid, back], CHARGES)
    assert [(line.processor, line.service) for line in lines] == [("cash", ""), ("cash", "")]
    assert [(line.amount_minor, line.balance_minor) for line in lines] == [(-40, -40), (15, -25)]


def test_what_does_not_concern_the_client_has_no_line() -> None:
    fee = entry("D expense:processor-fees 59", kind=EntryKind.PROCESSOR_FEE)
    insured = entry("C insurer/c1 700", kind=EntryKind.INSURANCE_PAYMENT)
    assert statement_lines.lines(statement(), [fee, insured], CHARGES) == ()
    assert statement_lines.idle(statement(), [])
    assert statement_lines.idle(statement(), [fee, fee])
    assert not statement_lines.idle(statement(1), [fee])
    assert not statement_lines.idle(statement(), [fee, insured])
    assert statement_lines.idle(
        statement(first=True, period=MARCH.next), [insured]
    )  # of before its first statement
    assert statement_lines.idle(statement(period=MARCH.previous), [insured])  # for the next one


def issued(before: Carried | None, ledger: Ledger, *entries: Entry) -> tuple[Statement, Carried]:
    return statement_lines.issue(
        before, ledger, entries, HEAD,
        account_id="maya", period=MARCH, made_on="2026-04-05", at="2026-04-05T12:00:00.000Z",
    )  # fmt: skip


def test_a_statement_goes_on_from_what_is_carried_and_carries_on_what_it_leaves() -> None:
    owed = OpenItem("c1", "ada", "2026-01-05", fee_minor=500)
    insured = on("2026-03-31", entry("D insurer/c1 7"), 8)
    before = Carried(Period(2026, 2), 7, (Span(4, 4), Span(6, 6)), -100, 30)
    made, after = issued(
        before, Ledger("USD", seq=10, open={"c1": owed}),
        charge(4, "2026-03-01"), charge(6, "2026-04-02", 900, "c2"), insured, charge(9, "2026-02-28", 40),
        charge(10, "2026-04-01", 1, "c3"),
    )  # fmt: skip
    assert (made.account_id, made.period, made.currency) == ("maya", MARCH, "USD")
    assert (made.covered, made.first, made.late) == ((Span(4, 4), Span(8, 9)), False, 1)
    assert made.sums == Sums(-100, 540, 0, 0, 0)
    assert made.ageing == Ageing(days_61_90_minor=500)
    assert Ageing(1, 20, 300, 4000).total_minor == 4321
    assert (made.pending_minor, made.letterhead) == (37, HEAD)
    assert (made.made_on, made.issued_at) == ("2026-04-05", "2026-04-05T12:00:00.000Z")
    assert made.id == "statement-2026-03"
    february = Closed(Period(2026, 2), -100)
    assert after == Carried(MARCH, 10, (Span(6, 6), Span(10, 10)), 440, 37, (february,))
    assert after.latest == (Closed(MARCH, 440), february)


def test_what_is_carried_knows_the_latest_statements_alone() -> None:
    """Issue 14, S1: an overview reads no statement."""
    carried: Carried | None = None
    for month in range(1, 6):
        _, carried = statement_lines.issue(
            carried, Ledger("USD"), (), HEAD, account_id="maya", period=Period(2026, month),
            made_on="2026-06-05", at="2026-06-05T12:00:00.000Z",
        )  # fmt: skip
    assert carried is not None
    assert [closed.period.month for closed in carried.latest] == [5, 4, 3]


def test_the_first_statement_begins_with_all_that_was_before_it() -> None:
    brought = on("2026-03-15", entry("D client:fee/o 7", "C equity:opening 7", kind=OPENING), 3)
    entries = (charge(1, "2024-09-02"), on("2026-02-28", entry("C client:paid/c1 40"), 2), brought,
               charge(4, "2026-03-01", 60), on("2026-03-02", entry("C insurer/c1 90"), 5))  # fmt: skip
    made, after = issued(None, Ledger("USD", seq=5), *entries)
    assert (made.first, made.late, made.covered) == (True, 0, (Span(1, 5),))
    assert made.sums == Sums(467, 60, 0, 0, 0)
    assert [line.date for line in statement_lines.lines(made, entries, {})] == ["2026-03-01"]
    assert (made.pending_minor, after.pending_minor) == (0, -90)  # nothing printed expects less than nothing
    assert after == Carried(MARCH, 5, (), 527, -90)


def test_an_account_without_entries_is_begun_with_nothing() -> None:
    made, after = issued(None, Ledger("USD"))
    assert (made.covered, made.sums, made.late) == ((), Sums(0, 0, 0, 0, 0), 0)
    assert after == Carried(MARCH)
    assert statement_lines.uncovered(None, 0) == statement_lines.uncovered(after, 0) == ()
    assert statement_lines.uncovered(None, 3) == (Span(1, 3),)
    assert statement_lines.uncovered(Carried(MARCH, 7, (Span(2, 3), Span(7, 7))), 9) == (
        Span(2, 3),
        Span(7, 9),
    )


def test_what_was_brought_along_after_the_first_statement_is_an_adjustment_with_a_line() -> None:
    brought = on("2026-02-15", entry("D client:fee/o 7", "C equity:opening 7", kind=OPENING), 3)
    made, _ = issued(Carried(Period(2026, 2), 2, (), 100), Ledger("USD", seq=3), brought)
    assert (made.sums, made.late) == (Sums(100, 0, 0, 7, 0), 1)
    (line,) = statement_lines.lines(made, [brought], {})
    assert (line.kind, line.amount_minor, line.balance_minor, line.late) == (OPENING, 7, 107, True)


def test_lines_are_by_date_and_what_is_late_comes_first_and_says_so() -> None:
    entries = [
        charge(1, "2026-03-31", 1), charge(2, "2026-04-01", 7), charge(3, "2026-02-28", 20),
        charge(4, "2026-03-01", 300), on("2026-02-01", entry("C insurer/c1 90"), 5),
        charge(6, "2026-03-01", 4),
    ]  # fmt: skip
    made, _ = issued(Carried(Period(2026, 2)), Ledger("USD", seq=6), *entries)
    lines = statement_lines.lines(made, entries, {})
    assert made.late == 1
    assert [(line.date, line.balance_minor, line.late) for line in lines] == [
        ("2026-02-28", 20, True), ("2026-03-01", 320, False), ("2026-03-01", 324, False),
        ("2026-03-31", 325, False),
    ]  # fmt: skip


def test_what_is_open_ages_less_what_came_after_the_period() -> None:
    items = {
        "old": OpenItem("old", "ada", "2026-02-28", fee_minor=100),
        "paid_since": OpenItem("paid_since", "ada", "2026-03-31", fee_minor=90, paid_minor=80),
        "more_since": OpenItem("more_since", "ada", "2026-03-30", fee_minor=7_000),
        "less_then": OpenItem("less_then", "ada", "2026-03-30", fee_minor=50),
        "new": OpenItem("new", "ada", "2026-04-01", fee_minor=3),
    }
    later = [
        charge(2, "2026-04-01", 3, "new"), charge(3, "2026-04-02", 4_000, "more_since"),
        on("2026-04-02", entry("C client:paid/paid_since 80"), 4), charge(5, "2026-04-03", 60, "less_then"),
    ]  # fmt: skip
    made, _ = issued(None, Ledger("USD", seq=5, open=items), charge(1, "2026-02-28"), *later)
    assert made.ageing == Ageing(3_010, 100)


def test_a_letterhead_is_the_practices_and_the_clients_as_they_are_called_now() -> None:
    made = PostedLetterhead.to(PRACTICE, MAYA)
    assert (made.practice_name, made.practice_address) == (PRACTICE.name, PRACTICE.address)
    assert (made.practice_phone, made.practice_email) == (PRACTICE.phone, PRACTICE.email)
    assert (made.client_name, made.client_address, made.locale) == ("Maya Lind", "2 Test Street", "es")


def test_what_becomes_of_a_statement_frees_its_claim_and_keeps_the_rest() -> None:
    claimed = Issued(statement(), Delivery.PENDING, "2026-04-05", 3, "m-1")
    assert claimed.now(Delivery.SENT) == Issued(statement(), Delivery.SENT, "", 3, "m-1")


def stating(kind: EntryKind, seq: int) -> Entry:
    """An entry without postings."""
    item = OpenItem("c1", "ada", "2026-03-05", service="Session", service_on="2026-03-05", free=True)
    return Entry(seq, Draft(kind, "2026-03-05", (), (item,)), "", "", "")


def test_a_service_at_nothing_has_its_line_and_what_is_corrected_of_one_has_none() -> None:
    given, corrected = stating(EntryKind.SERVICE, 1), stating(EntryKind.FACTS_CORRECTED, 2)
    of = {"c1": Service("Session", "2026-03-05")}
    (line,) = statement_lines.lines(statement(700), [given, corrected], of)
    assert (line.service, line.amount_minor, line.balance_minor) == ("Session", 0, 700)
    assert statement_lines.idle(statement(), [corrected])
    assert not statement_lines.idle(statement(), [given])
