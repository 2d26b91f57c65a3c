"""A payment's row that came back from before its money: rebuilt, it is the payment of that very money.

Issue 12, number 4.
"""

from dataclasses import replace

import pytest

from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.domain.refunds import State as Of
from chalicelib.payments.ports.processors import RefundStatus
from chalicelib.verification.domain import refund_rows
from chalicelib.verification.domain.accounts import audit
from chalicelib.verification.domain.rebuilding import rebuilt
from tests.support.books import paid
from tests.support.ledgers import stored
from tests.support.money import Money

KEY, INTENT = "key-1", "pi_key-1"


@pytest.fixture
def money() -> Money:
    """Maya paid 100.00; then somebody put her payment's row back as it was when she began."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    begun = made.start(KEY)
    made.processor.take(KEY)
    made.settle(KEY)
    made.ledgers.held_payments[made.practice, "maya", KEY] = begun
    after = rebuilt(stored(made.ledgers, made.ref()))
    assert list(audit(after)) == []
    (made.ledgers.held_payments[made.practice, "maya", KEY],) = after.payments
    made.ledgers.accounts[made.practice, "maya"] = after.account
    return made


def test_its_money_is_not_taken_for_money_that_came_twice(money: Money) -> None:
    """Whoever is called for that gives it back."""
    commits = money.ledgers.commits
    money.settle(KEY)
    money.reconciling.reconcile()
    assert (money.ledgers.commits, money.alerts.held) == (commits, {})


def test_what_is_given_back_of_it_is_posted(money: Money) -> None:
    money.processor.refund(intent_id=INTENT, refund_id="r1", amount_minor=2500)
    money.settle(KEY)
    assert (money.payment(KEY).refunded_minor, money.account().ledger.balance_minor) == (2500, 2500)
    assert list(audit(stored(money.ledgers, money.ref()))) == []


def test_it_leads_nobody_on_to_pay_it_again(money: Money) -> None:
    paid = money.payment(KEY)
    assert (paid.state, paid.intent_id, paid.processor) == (State.SUCCEEDED, INTENT, "stripe")
    assert (paid.next_url, paid.client_secret) == ("", "")


def test_what_was_entered_by_hand_has_no_name_at_a_processor() -> None:
    money = Money()
    money.open()
    money.cash("P-1", 4000)
    before = stored(money.ledgers, money.ref())
    assert rebuilt(before).payments == before.payments


def test_rows_of_refunds_are_rebuilt_from_what_was_posted_of_each() -> None:
    """Whatever a row says of its money; what no entry names stays as it is."""
    money = Money()
    money.open()
    paid(money, KEY, 10000)
    for name, amount in (("r1", 1000), ("r2", 2000)):
        money.processor.refund(intent_id=INTENT, refund_id=name, amount_minor=amount)
        money.settle(KEY)
    money.processor.refund_becomes(KEY, RefundStatus.FAILED)
    money.settle(KEY)
    entries = list(money.ledgers.entries(money.ref()))
    right = money.ledgers.refunds(money.ref(), KEY)
    assert {name: row.state for name, row in right.items()} == {"r1": Of.SUCCEEDED, "r2": Of.FAILED}
    asked = replace(right["r1"], id="r3", processor_id="", state=Of.ASKED, entry_seq=0)
    wrong = [
        replace(right["r1"], state=Of.PENDING, entry_seq=0, amount_minor=7),
        replace(right["r2"], state=Of.SUCCEEDED, entry_seq=1, amount_minor=7),
        asked,
    ]
    assert list(refund_rows.rebuilt(entries, wrong)) == [right["r1"], right["r2"], asked]
    other = replace(wrong[0], payment_id="key-2")
    assert list(refund_rows.rebuilt(entries, [other])) == [other]


def test_a_payment_counts_no_less_than_its_rows_and_than_it_did(money: Money) -> None:
    """Where a row is gone, the payment alone knows of a refund under way."""
    payment = replace(money.payment(KEY), refunding_minor=50, refund_count=2)
    row = Refund("r1", "maya", KEY, 70, "cli", "", "")
    others = [replace(row, id="r2", payment_id="key-2"), replace(row, id="r3", state=Of.NOT_MADE)]

    def kept(*rows: Refund) -> tuple[int, int]:
        after = refund_rows.counted(payment, rows)
        return after.refunding_minor, after.refund_count

    assert (kept(), kept(*others), kept(row, *others)) == ((50, 2), (50, 2), (70, 2))
    assert kept(row, *others, replace(row, id="r4")) == (140, 3)
