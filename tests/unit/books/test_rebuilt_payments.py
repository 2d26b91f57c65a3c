"""A payment's row that came back from before its money: rebuilt, it is the payment of that very money.

Issue 12, number 4.
"""

import pytest

from chalicelib.ledger.domain.payments import State
from chalicelib.verification.domain.accounts import audit
from chalicelib.verification.domain.rebuilding import rebuilt
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
