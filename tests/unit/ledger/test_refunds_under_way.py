"""11.6: what a refund under way will take is kept for it: no other refund, and no transfer, gets it first."""

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import ProcessorTimeout
from chalicelib.payments.ports.processors import Decision, RefundStatus
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
from tests.support.money import Money
from tests.support.practice import MAYA, NOAH
from tests.support.refunds import wish
from tests.support.refusals import Refusal, refusal

ON = "2026-03-09"


@pytest.fixture
def money() -> Money:
    """Two services of 100.00, paid by card, and taken back since: a credit of 200.00. Refunds take days."""
    made = Money()
    made.open()
    made.open("noah")
    for number in (1, 2):
        made.charge(f"c{number}", 10000)
        made.start(f"key-{number}")
        made.processor.take(f"key-{number}")
        made.settle(f"key-{number}")
    for number in (1, 2):
        made.post.adjustment(MAYA, f"a{number}", charge_external_id=f"c{number}", amount_minor=10000, on=ON)
    made.processor.refunds_begin = RefundStatus.PENDING
    return made


def refund(money: Money, payment: str, amount: int, *, id_: str = "r1") -> None:
    money.refunding.refund(wish(money.ledgers, payment, amount, id_=id_))


def move(money: Money, amount: int, *, id_: str = "t1") -> None:
    money.correcting.transfer_credit(id_, source=MAYA, target=NOAH, amount_minor=amount, on=ON)


def arrives(money: Money, *payments: str) -> None:
    for payment in payments:
        money.processor.refund_becomes(payment, RefundStatus.SUCCEEDED)
        money.settle(payment)


def sound(money: Money) -> bool:
    """And nobody has to be called."""
    books = [list(audit(stored(money.ledgers, AccountRef("fern", account)))) for account in ("maya", "noah")]
    return (books, money.settling.alerting.listed("fern")) == ([[], []], [])


def above(remainder_minor: int) -> Refusal:
    return "refund_above_remainder", "amount_minor", {"remainder_minor": remainder_minor}


def refunding(remainder_minor: int) -> Refusal:
    return "credit_refunding", "amount_minor", {"remainder_minor": remainder_minor}


def test_what_another_payments_refund_will_take_is_not_refunded(money: Money) -> None:
    """200.00 went to the card, and 100.00 to another client: of 200.00. One refund could never be posted."""
    move(money, 10000)
    refund(money, "key-1", 6000)
    assert refusal(refund, money, "key-2", 4001, id_="r2") == above(4000)
    refund(money, "key-2", 4000, id_="r2")
    arrives(money, "key-1", "key-2")
    assert money.account().ledger.credit_minor == 0
    assert sound(money)


def test_what_a_refund_of_the_same_payment_will_take_is_not_refunded(money: Money) -> None:
    move(money, 12000)
    refund(money, "key-1", 5000)
    assert refusal(refund, money, "key-1", 3001, id_="r2") == above(3000)
    assert refusal(refund, money, "key-1", 5000, id_="r2") == above(3000)


def test_credit_that_a_refund_will_take_does_not_go_to_another_client(money: Money) -> None:
    refund(money, "key-1", 10000)
    assert refusal(move, money, 10001) == refunding(10000)
    foresee = money.correcting.foresee_transfer
    told = refusal(lambda: foresee("t1", source=MAYA, target=NOAH, amount_minor=10001, on=ON))
    assert told == refunding(10000)
    move(money, 10000)
    assert refusal(move, money, 1, id_="t2") == refunding(0)
    arrives(money, "key-1")
    assert sound(money)


@pytest.mark.parametrize("when", ["before", "after"])
def test_nor_what_one_that_was_not_heard_of_may_take(money: Money, when: str) -> None:
    money.processor.silent = ["", when]
    with pytest.raises(ProcessorTimeout):
        refund(money, "key-1", 10000)
    assert refusal(move, money, 20000) == refunding(10000)


@pytest.mark.parametrize("over", [RefundStatus.FAILED, RefundStatus.SUCCEEDED])
def test_once_it_is_over_the_rest_may_go(money: Money, over: RefundStatus) -> None:
    refund(money, "key-1", 4000)
    money.processor.refund_becomes("key-1", over)
    money.settle("key-1")
    move(money, 20000 if over is RefundStatus.FAILED else 16000)
    assert sound(money)


def test_what_pays_services_can_be_taken_and_leaves_the_credit_free(money: Money) -> None:
    money.charge("c3", 9000)
    refund(money, "key-1", 9000)
    move(money, 11000)
    arrives(money, "key-1")
    assert (money.account().ledger.balance_minor, sound(money)) == (9000, True)


def test_what_a_bank_keeps_is_not_kept_a_second_time(money: Money) -> None:
    """The client lost that already: the refund beside it will take nothing more of theirs."""
    refund(money, "key-1", 10000)
    money.processor.dispute("key-1", Decision.LOST)
    money.settle("key-1")
    refund(money, "key-2", 10000, id_="r2")
    arrives(money, "key-2")
    assert money.account().ledger.credit_minor == 0


def cash(money: Money) -> None:
    """100.00 more, in cash, and 150.00 of the credit of 300.00 go to another client; 100.00 to the card."""
    money.cash("p1", 10000)
    move(money, 15000)
    refund(money, "key-1", 10000)


def test_what_a_refund_will_take_is_not_given_back_in_cash(money: Money) -> None:
    cash(money)
    assert refusal(money.give_back, "g1", "p1", 5001) == above(5000)
    money.give_back("g1", "p1", 5000)
    arrives(money, "key-1")
    assert money.account().ledger.credit_minor == 0
    assert sound(money)


def test_cash_that_a_refund_will_take_is_not_undone(money: Money) -> None:
    seq = money.account().ledger.seq + 1
    cash(money)
    undo = money.correcting.reverse
    assert refusal(lambda: undo(money.ref(), seq, on=ON)) == ("entry_in_use", None, {"seq": seq})
    money.processor.refund_becomes("key-1", RefundStatus.FAILED)
    money.settle("key-1")
    undo(money.ref(), seq, on=ON)
    assert sound(money)
