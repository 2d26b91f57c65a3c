"""A statement's lines and sums: every kind of entry has its place, and says what it did to what is owed."""

from dataclasses import replace

import pytest

from chalicelib.domain import issuing
from chalicelib.domain.ageing import Ageing
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.ledger import Ledger
from chalicelib.domain.periods import Period
from chalicelib.domain.practices import Charge, Client
from chalicelib.domain.statements import Carried, Delivery, Issued, Letterhead, Line, Sums
from tests.support.entries import entry
from tests.support.practice import PRACTICE

CHARGES = {"c1": Charge("c1", "maya", "x1", "2026-03-01", "Individual session", "ada", 3000, 7000)}
MAYA = Client("maya", "ext", "Maya Lind", "maya@example.test", "es", address="2 Test Street")
FEE = ("D client:fee/c1 10000", "C income:fees 10000", "D insurer/c1 7000", "C client:insurance/c1 7000")
HEAD = Letterhead.of(PRACTICE, MAYA)

SUM_OF = {
    EntryKind.CHARGE: "charges", EntryKind.OPENING_BALANCE: "charges",
    EntryKind.RESPONSIBILITY_TRANSFER: "charges", EntryKind.PAYMENT: "payments",
    EntryKind.REFUND: "refunds", EntryKind.REFUND_FAILURE: "refunds", EntryKind.DISPUTE_OPENED: "refunds",
    EntryKind.DISPUTE_WON: "refunds", EntryKind.DISPUTE_LOST: "refunds",
}  # fmt: skip


@pytest.mark.parametrize("kind", EntryKind)
def test_what_an_entry_did_is_in_one_sum(kind: EntryKind) -> None:
    sums = issuing.sums(500, [entry("D client:paid/c1 70", kind=kind), entry("C credit 30", kind=kind)])
    expected = dict.fromkeys(("charges", "payments", "adjustments", "refunds"), 0)
    expected[SUM_OF.get(kind, "adjustments")] = -40 if kind is EntryKind.PAYMENT else 40
    assert sums == Sums(500, **{f"{name}_minor": minor for name, minor in expected.items()})
    assert sums.closing_minor == 540


def test_sums_add_up_to_what_is_owed_at_the_end() -> None:
    assert Sums(1, 20, 300, 4000, 50000).closing_minor == 1 + 20 - 300 + 4000 + 50000


def test_a_charges_line_says_what_the_insurer_is_to_pay_of_it() -> None:
    (line,) = issuing.lines(100, [entry(*FEE, kind=EntryKind.CHARGE)], CHARGES)
    assert line == Line("2026-03-01", EntryKind.CHARGE, "Individual session", "", 3000, 3100, 10000, 7000)


def test_a_wholly_insured_service_has_its_line_too() -> None:
    rows = (*FEE[:2], "D insurer/c1 10000", "C client:insurance/c1 10000")
    (line,) = issuing.lines(100, [entry(*rows, kind=EntryKind.CHARGE)], {})
    assert (line.service, line.amount_minor, line.balance_minor) == ("", 0, 100)
    assert (line.fee_minor, line.insurer_minor) == (10000, 10000)


def test_only_a_charge_with_an_insurer_shows_its_fee() -> None:
    plain = entry("D client:fee/c1 500", "C income:fees 500", kind=EntryKind.CHARGE)
    left = entry("D client:insurance/c1 500", "C insurer/c1 500", kind=EntryKind.RESPONSIBILITY_TRANSFER)
    lines = issuing.lines(0, [plain, left], CHARGES)
    assert [(line.fee_minor, line.insurer_minor) for line in lines] == [(0, 0), (0, 0)]
    assert [(line.service, line.balance_minor) for line in lines] == [
        ("Individual session", 500), ("Individual session", 1000),
    ]  # fmt: skip


def test_a_payments_line_says_how_it_came_and_names_no_service() -> None:
    paid = entry("C client:paid/c1 40", of="p")
    back = entry("D client:paid/c1 15", of="p", kind=EntryKind.REFUND)
    lines = issuing.lines(0, [paid, back], CHARGES)
    assert [(line.processor, line.service) for line in lines] == [("cash", ""), ("cash", "")]
    assert [(line.amount_minor, line.balance_minor) for line in lines] == [(-40, -40), (15, -25)]


def test_what_does_not_concern_the_client_has_no_line() -> None:
    fee = entry("D expense:processor-fees 59", kind=EntryKind.PROCESSOR_FEE)
    insured = entry("C insurer/c1 700", kind=EntryKind.INSURANCE_PAYMENT)
    assert issuing.lines(0, [fee, insured], CHARGES) == ()
    assert not issuing.active([])
    assert not issuing.active([fee, fee])
    assert issuing.active([fee, insured])


def test_the_charges_that_lines_name_are_those_of_charges_and_corrections() -> None:
    entries = [
        entry(*FEE, kind=EntryKind.CHARGE),
        entry("C client:paid/c2 40", of="p"),
        entry("D client:paid/c3 15", of="p", kind=EntryKind.REFUND),
        entry("D income:adjustments 5", "C client:adjustments/c4 5", kind=EntryKind.ADJUSTMENT),
        entry("D expense:processor-fees 59", kind=EntryKind.PROCESSOR_FEE),
    ]
    assert issuing.charge_ids(entries) == {"c1", "c4"}


def test_a_statement_goes_on_from_what_is_carried_and_carries_on_what_it_leaves() -> None:
    opening = entry("D client:fee/c1 500", "C income:fees 500", kind=EntryKind.CHARGE, opens="2026-01-05")
    before = Carried(Ledger("USD", seq=6, credit_minor=100), Period(2026, 2), pending_minor=30)
    numbered = replace(opening, seq=7, hash="h7")
    statement, after = issuing.issue(
        before, [numbered, replace(entry("D insurer/c1 7"), seq=8, hash="h8")], HEAD,
        account_id="maya", period=Period(2026, 3), at="2026-04-05T12:00:00.000Z",
    )  # fmt: skip
    assert (statement.account_id, statement.period, statement.currency) == ("maya", Period(2026, 3), "USD")
    assert (statement.first_seq, statement.last_seq, statement.pending_minor) == (7, 8, 37)
    assert (statement.sums.opening_minor, statement.sums.closing_minor) == (-100, 400)
    assert statement.ageing == Ageing(days_61_90_minor=500)
    assert Ageing(1, 20, 300, 4000).total_minor == 4321
    assert (statement.letterhead, statement.issued_at) == (HEAD, "2026-04-05T12:00:00.000Z")
    assert statement.id == "statement-2026-03"
    assert (after.ledger.seq, after.ledger.head, after.period) == (8, "h8", Period(2026, 3))
    assert (after.ledger.balance_minor, after.pending_minor) == (400, 37)


def test_a_letterhead_is_the_practices_and_the_clients_as_they_are_called_now() -> None:
    made = Letterhead.of(PRACTICE, MAYA)
    assert (made.practice_name, made.practice_address) == (PRACTICE.name, PRACTICE.address)
    assert (made.practice_phone, made.practice_email) == (PRACTICE.phone, PRACTICE.email)
    assert (made.client_name, made.client_address, made.locale) == ("Maya Lind", "2 Test Street", "es")


def test_what_becomes_of_a_statement_frees_its_claim_and_keeps_the_rest() -> None:
    statement, _ = issuing.issue(
        Carried(Ledger("USD")), [], HEAD, account_id="maya", period=Period(2026, 3), at=""
    )
    claimed = Issued(statement, Delivery.PENDING, "a.pdf", claimed_until="2026-04-05", version=3)
    assert claimed.now(Delivery.SENT) == Issued(statement, Delivery.SENT, "a.pdf", "", 3)
