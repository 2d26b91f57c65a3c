"""Stripe's own books as the adapter reads them: movements of money, page by page, and disputes decided."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.ledger.domain.entries import PROCESSOR_FEES
from chalicelib.ledger.domain.payments import State
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.processors.stripe import balance
from chalicelib.payments.services.full_pass import JOB, FullPass
from tests.contract.harness import Practice, card
from tests.contract.test_adapter import adapter, debited, end, paid
from tests.support.money import Money
from tests.support.practice import PRACTICE
from tests.support.processor import OneProcessor
from tests.support.references import named
from tests.support.rounds import MemoryRounds
from tests.support.waiting import wait_until

LONG_AGO = datetime.now(UTC) - timedelta(days=30)


def books(practice: Practice, since: datetime = LONG_AGO) -> list[Movement]:
    """All pages; each cursor is asked for once."""
    rows, cursor, seen = list[Movement](), "", set[str]()
    while cursor not in seen:
        seen.add(cursor)
        page = adapter(practice).movements(since=since, cursor=cursor)
        rows += page.rows
        cursor = page.next_cursor
        if not cursor:
            return rows
    raise AssertionError(f"again at {cursor}")


def disputed(practice: Practice, intent_id: str) -> str:
    """The payer's bank takes back what is left; the dispute's id."""
    asked = {"account": practice.name, "payment_intent": intent_id}
    return str(practice.control("POST", "disputes", asked)["id"])


def decided(practice: Practice, dispute_id: str, *, won: bool) -> None:
    asked = {"account": practice.name, "dispute": dispute_id, "won": won}
    practice.control("POST", "disputes/close", asked)


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_payment_its_refund_and_its_disputes_are_in_the_books(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(balance, "PAGE", size)
    facts = paid(practice)
    refund = adapter(practice).refund(intent_id=facts.intent_id, refund_id="r1", amount_minor=5000)
    first = disputed(practice, facts.intent_id)
    decided(practice, first, won=True)
    second = disputed(practice, facts.intent_id)
    decided(practice, second, won=False)
    found = [(row.kind, row.about, row.amount_minor, row.fee_minor) for row in books(practice)]
    assert found[:5] == [
        (Kind.DISPUTE, second, -7000, 1500),
        (Kind.DISPUTE_RETURNED, first, 7000, 0),
        (Kind.DISPUTE, first, -7000, 1500),
        (Kind.REFUND, refund.id, -5000, 0),
        (Kind.PAYMENT, found[4][1], 12000, 378),
    ]
    assert found[5:] == [(Kind.LOST, second, 0, 0)]
    assert {(row.intent_id, row.currency) for row in books(practice)} == {(facts.intent_id, "USD")}
    assert [row.id for row in books(practice) if row.kind is Kind.PAYMENT] == [
        facts.captured and facts.captured.id
    ]


def test_fees_of_a_returned_debit_of_a_dispute_and_of_nobody_are_in_the_books(practice: Practice) -> None:
    practice.control("POST", "fees", {"account": practice.name, "amount": 700})
    returned = debited(practice)
    end(practice, returned, "account_closed")
    found = [(row.kind, row.amount_minor, row.fee_minor, row.intent_id) for row in books(practice)]
    assert found == [
        (Kind.PAYMENT_RETURNED, -12000, 400 - 96, returned),
        (Kind.PAYMENT, 12000, 96, returned),
        (Kind.FEE, 0, 700, ""),
    ]
    assert {row.at[:10] for row in books(practice)} == {datetime.now(UTC).date().isoformat()}


@pytest.mark.parametrize("first", ["news", "books"])
def test_what_a_returned_debit_costs_is_posted_once_whether_news_or_the_books_tell_of_it(
    practice: Practice, first: str
) -> None:
    money = Money(processor=adapter(practice))  # type: ignore[arg-type]
    money.practices.held = {PRACTICE.id: replace(PRACTICE, bank_debits=True, flow="inline")}
    money.clock.at = datetime.now(UTC)
    money.open()
    money.charge("c1", 12000)
    payment = money.start("0b8f1c1e-0000-4000-8000-000000000001")
    fields = {"client_secret": payment.client_secret, "payment_method": "pm_usBankAccount_success"}
    assert practice.client_call("confirm", email="p@example.org", **fields).status == 200
    [pending] = books(practice)

    def hear() -> None:
        facts = adapter(practice).look(named(pending.intent_id))
        assert facts is not None
        money.settling.settle(money.practice, "stripe", facts)

    hear()
    assert money.payment(payment.id).state is State.PROCESSING
    end(practice, pending.intent_id, "insufficient_funds")
    tellers: list[Callable[[], object]] = [hear, made(money).run]
    if first != "news":
        tellers.reverse()
    for tell in tellers:
        tell()
        entries = [e.draft for e in money.ledgers.entries(money.ref(), first=2)]
        spent = [p.debit_minor for e in entries for p in e.postings if p.book == PROCESSOR_FEES]
        assert spent == [96, 400 - 96]
    assert money.account().ledger.balance_minor == 12000
    assert (money.payment(payment.id).state, money.alerts.held) == (State.FAILED, {})


def test_the_books_begin_when_asked_for(practice: Practice) -> None:
    paid(practice)
    assert books(practice, datetime.now(UTC) + timedelta(hours=1)) == []


def test_payments_of_others_are_in_the_books_with_their_intents(practice: Practice) -> None:
    intent = practice.paid()
    wait_until(lambda: len(books(practice)) == 1)
    [row] = books(practice)
    assert (row.intent_id, row.amount_minor) == (intent["id"], 2000)
    assert adapter(practice).look(named(row.intent_id)) is None


def test_a_week_of_lost_webhooks_is_posted_once_by_the_full_pass(practice: Practice) -> None:
    practice.control("POST", "webhooks", {"drop": True})
    money = Money(processor=adapter(practice))  # type: ignore[arg-type]
    money.clock.at = datetime.now(UTC)
    full_pass = made(money)
    assert full_pass.run()["ended"] == 1
    money.open()
    money.charge("c1", 12000)
    payment = money.start("0b8f1c1e-0000-4000-8000-000000000001")
    assert practice.browser(f"/c/pay/{payment.session_id}", card("4242424242424242")).status == 303
    wait_until(lambda: len(books(practice)) == 1)
    intent_id = books(practice)[0].intent_id
    given = {"account": practice.name, "payment_intent": intent_id, "amount": 5000}
    practice.control("POST", "refunds", given)
    decided(practice, disputed(practice, intent_id), won=False)
    money.clock.advance(days=7)
    practice.control("POST", "clock", {"advance_seconds": 7 * 86400})
    assert full_pass.run()["ended"] == 1
    paid_for = money.payment(payment.id)
    assert (paid_for.state, paid_for.refunded_minor, paid_for.lost_minor) == (State.SUCCEEDED, 5000, 7000)
    commits = money.ledgers.commits
    money.clock.advance(days=1)
    assert full_pass.run() == {"steps": 2, "ended": 1, "failed": 0}
    assert (money.ledgers.commits, money.alerts.held) == (commits, {})


def made(money: Money) -> FullPass:
    alerting = Alerting(money.alerts, money.clock)
    daily = Daily(JOB, money.practices, MemoryRounds(), alerting, money.clock)
    processors = OneProcessor(money.processor)
    return FullPass(
        daily, processors, money.ledgers, money.settling, alerting, money.clock, "stripe", money.adopting
    )


OTHER = [
    # type, reporting category, amount, fee -> what moved the balance, if anything did
    ("payout", "payout", -9000, 0, 0),
    ("payout", "payout", -9000, 90, -90),
    ("payout_failure", "payout_reversal", 9000, 0, 0),
    ("topup", "topup", 5000, 0, 0),
    ("tax_fee", "tax", -31, 0, -31),
    ("stripe_fee", "network_cost", -240, 0, -240),
    ("adjustment", "other_adjustment", -1700, 0, -1700),
    ("reserve_transaction", "risk_reserved_funds", -40000, 0, -40000),
    ("transfer", "transfer", -100, 5, -105),
    ("payment_unreconciled", "a_category_of_next_year", 12, 0, 12),
]


@pytest.mark.parametrize(("kind", "category", "amount", "fee", "moved"), OTHER)
def test_what_moves_the_balance_for_another_reason_is_named_by_it(
    practice: Practice, kind: str, category: str, amount: int, fee: int, moved: int
) -> None:
    """A payout is the practice's own money on its way to its bank; the fee of an instant one is lost."""
    body = {"account": practice.name, "type": kind, "category": category, "amount": amount, "fee": fee}
    made = practice.control("POST", "balance", body)
    rows = [(row.id, row.kind, row.category, row.amount_minor, row.currency) for row in books(practice)]
    assert rows == ([(made["id"], Kind.OTHER, category, moved, "USD")] if moved else [])
