"""Reversing entries and moving credit between accounts: one transaction each, once, whatever befalls it."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.recording import Posted
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
from tests.support.money import Money, meanwhile

ON = "2026-03-09"


class Corrected(Money):
    """Maya owes 100.00 for one service and has paid 130.00 in cash; Noah owes 50.00."""

    def __init__(self) -> None:
        super().__init__()
        self.correcting = Correcting(self.ledgers, self.clock, actor="cli")
        self.open()
        self.open("noah")
        self.charge("c1", 10000)
        self.cash("p1", 13000)
        self.charge("n1", 5000, "noah")

    def reverse(self, seq: int, account_id: str = "maya") -> Posted:
        return self.correcting.reverse(self.ref(account_id), seq, on=ON)

    def move(self, external_id: str, amount_minor: Any, source: str = "maya", target: str = "noah") -> Posted:
        return self.correcting.transfer_credit(
            external_id, source=self.ref(source), target=self.ref(target), amount_minor=amount_minor, on=ON
        )

    def entries(self, account_id: str = "maya") -> list[Entry]:
        return list(self.ledgers.entries(self.ref(account_id)))

    def balances(self) -> tuple[int, int]:
        return self.account().ledger.balance_minor, self.account("noah").ledger.balance_minor

    def sound(self) -> bool:
        for account_id in ("maya", "noah"):
            if list(audit(stored(self.ledgers, self.ref(account_id)))):
                return False
        return True


@pytest.fixture
def money() -> Corrected:
    return Corrected()


def refused(money: Corrected, code: str, command: Any, *args: Any) -> None:
    """Refused with that code, and nothing was written."""
    held = money.ledgers
    before = held.commits, dict(held.accounts), dict(held.movements)
    with pytest.raises(BillfoldError) as caught:
        command(*args)
    assert caught.value.code == code
    assert (held.commits, held.accounts, held.movements) == before


def test_a_payment_entered_by_mistake_is_as_if_it_had_never_been(money: Corrected) -> None:
    assert money.reverse(2) == Posted(3, duplicate=False)
    assert money.balances() == (10000, 5000)
    (payment,) = money.ledgers.held_payments.values()
    assert (payment.state, payment.refunded_minor) == (State.CANCELED, 0)
    assert money.entries()[-1].actor == "cli"
    assert money.sound()


def test_the_same_reversal_twice_is_one(money: Corrected) -> None:
    money.reverse(2)
    assert money.reverse(2) == Posted(3, duplicate=True)
    assert len(money.entries()) == 3


def test_a_charge_and_its_payment_are_undone_one_after_the_other(money: Corrected) -> None:
    refused(money, "entry_in_use", money.reverse, 1)
    money.reverse(2)
    money.reverse(1)
    assert money.balances() == (0, 5000)
    assert money.sound()


def posts(money: Money, charge: str, account_id: str) -> dict[str, Callable[[], object]]:
    """Everything that is posted to a charge, each under its own id."""
    on: dict[str, Any] = {"charge_external_id": charge, "on": ON}
    post, ref = money.post, money.ref(account_id)

    def answer(part: str) -> object:
        parts: dict[str, Any] = dict.fromkeys(("paid_minor", "contractual_minor", "to_client_minor"), 0)
        parts[part] = 100
        return post.insurance_payment(ref, part, **parts, **on)

    return {
        "lowered": lambda: post.adjustment(ref, "a1", amount_minor=100, **on),
        "raised": lambda: post.adjustment(ref, "a2", amount_minor=-100, **on),
        "written off": lambda: post.write_off(ref, "w1", amount_minor=100, **on),
        "paid by the insurer": lambda: answer("paid_minor"),
        "lost by contract": lambda: answer("contractual_minor"),
        "left to the client": lambda: answer("to_client_minor"),
    }


POSTS = ["lowered", "raised", "written off", "paid by the insurer", "lost by contract", "left to the client"]


@pytest.mark.parametrize("what", POSTS)
def test_nothing_is_posted_to_a_charge_that_was_taken_back(money: Corrected, what: str) -> None:
    money.charge("n2", 5000, "noah", insurer_minor=4000)
    money.reverse(2, "noah")
    refused(money, "charge_reversed", posts(money, "n2", "noah")[what])
    assert money.balances() == (-3000, 5000)


@pytest.mark.parametrize("what", POSTS)
def test_a_charge_taken_back_while_something_is_posted_to_it_is_owed_no_more(
    money: Corrected, what: str
) -> None:
    """The post has read the charge when it is taken back: the account's version makes it look again."""
    money.charge("n2", 5000, "noah", insurer_minor=4000)
    meanwhile(money.ledgers, "account", lambda: money.reverse(2, "noah"))
    if what in ("paid by the insurer", "lost by contract", "left to the client"):
        meanwhile(money.ledgers, "account", lambda: None)  # the rehearsal; the post itself reads again
    with pytest.raises(BillfoldError) as caught:
        posts(money, "n2", "noah")[what]()
    assert caught.value.code == "charge_reversed"
    assert [e.draft.kind for e in money.entries("noah")][1:] == [EntryKind.CHARGE, EntryKind.REVERSAL]
    assert (money.balances()[1], money.sound()) == (5000, True)


@pytest.mark.parametrize("what", POSTS)
def test_a_charge_to_which_something_is_posted_while_it_is_taken_back_stays(
    money: Corrected, what: str
) -> None:
    money.charge("n2", 5000, "noah", insurer_minor=4000)
    meanwhile(money.ledgers, "account", posts(money, "n2", "noah")[what])
    with pytest.raises(BillfoldError) as caught:
        money.reverse(2, "noah")
    assert caught.value.code == "entry_in_use"
    assert money.entries("noah")[-1].draft.kind is not EntryKind.REVERSAL
    assert money.sound()


def test_money_that_came_for_a_charge_that_was_taken_back_pays_what_is_open(money: Corrected) -> None:
    money.charge("n2", 7000, "noah")
    money.reverse(2, "noah")
    money.cash("p2", 6000, "noah", charge_external_ids=["n2"])
    assert (money.balances()[1], money.sound()) == (-1000, True)


def test_a_refund_that_was_never_given_is_undone_and_may_be_given_again(money: Corrected) -> None:
    money.give_back("r1", "p1", 5000)
    refused(money, "entry_in_use", money.reverse, 2)
    money.reverse(3)
    (payment,) = money.ledgers.held_payments.values()
    assert (payment.refunded_minor, money.balances()[0], money.sound()) == (0, -3000, True)
    money.give_back("r2", "p1", 13000)
    assert money.balances()[0] == 10000
    assert money.sound()


def test_a_payment_undone_can_neither_be_refunded_nor_undone_again(money: Corrected) -> None:
    money.reverse(2)
    refused(money, "payment_state", money.give_back, "r1", "p1", 100)
    refused(money, "reversal_of_reversal", money.reverse, 3)


def test_a_card_payment_its_fee_and_its_refund_are_undone_at_the_processor(money: Corrected) -> None:
    money.start("key-1", "noah")
    money.processor.take("key-1")
    money.settle("key-1")
    money.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=1000)
    money.settle("key-1")
    assert [e.draft.kind.value for e in money.entries("noah")] == [
        "charge", "payment", "processor_fee", "refund",
    ]  # fmt: skip
    for seq in (2, 3, 4):
        refused(money, "reversal_at_processor", money.reverse, seq, "noah")


@pytest.mark.parametrize("seq", [0, -1, 3, 99])
def test_an_entry_that_is_not_there_cannot_be_undone(money: Corrected, seq: int) -> None:
    refused(money, "entry_not_found", money.reverse, seq)
    refused(money, "account_not_found", money.reverse, 1, "sam")


def test_an_insurers_answer_undone_is_expected_of_the_insurer_again(money: Corrected) -> None:
    money.charge("c2", 0, insurer_minor=9000)
    answer = {"charge_external_id": "c2", "paid_minor": 9000, "contractual_minor": 0, "to_client_minor": 0}
    money.post.insurance_payment(money.ref(), "i1", on=ON, **answer)  # type: ignore[arg-type]
    money.reverse(4)
    better = {**answer, "paid_minor": 8000, "to_client_minor": 1000}
    money.post.insurance_payment(money.ref(), "i2", on=ON, **better)  # type: ignore[arg-type]
    assert money.balances()[0] == -2000
    assert money.sound()


def test_credit_moves_once_and_pays_what_is_open_where_it_arrives(money: Corrected) -> None:
    assert money.move("t1", 3000) == Posted(3, duplicate=False)
    assert money.move("t1", 3000) == Posted(3, duplicate=True)
    assert money.balances() == (0, 2000)
    out, arrived = money.entries()[-1], money.entries("noah")[-1]
    assert {out.draft.kind, arrived.draft.kind} == {EntryKind.CREDIT_TRANSFER}
    assert (out.draft.reference, arrived.draft.reference) == ("t1", "t1")
    assert money.sound()


@pytest.mark.parametrize("trouble", ["busy", "conflict", "lost"])
def test_trouble_in_the_store_neither_doubles_nor_halves_it(money: Corrected, trouble: str) -> None:
    money.ledgers.trouble = [trouble]
    money.move("t1", 3000)
    assert money.move("t1", 3000).duplicate
    assert money.balances() == (0, 2000)
    assert money.sound()


@pytest.mark.parametrize("trouble", ["busy", "conflict", "lost"])
def test_trouble_in_the_store_undoes_an_entry_once(money: Corrected, trouble: str) -> None:
    money.ledgers.trouble = [trouble]
    money.reverse(2)
    assert (len(money.entries()), money.balances()[0]) == (3, 10000)


@pytest.mark.parametrize("account_id", ["maya", "noah"])
def test_what_happens_to_either_account_meanwhile_is_decided_on_again(
    money: Corrected, account_id: str
) -> None:
    meanwhile(money.ledgers, "marker", lambda: money.charge("x1", 1000, account_id))
    meanwhile(money.ledgers, "account", lambda: money.charge("x2", 500, account_id))
    money.move("t1", 1500)
    assert sum(money.balances()) == -3000 + 5000 + 1500
    assert money.sound()


def test_a_store_that_stays_away_is_said_so(money: Corrected) -> None:
    money.ledgers.trouble = ["busy"] * 12
    with pytest.raises(Busy):
        money.move("t1", 3000)
    assert money.balances() == (-3000, 5000)


def test_what_cannot_move_is_refused_whole(money: Corrected) -> None:
    money.open("kai", "JPY")
    for code, external_id, amount, source, target in (
        ("credit_overdrawn", "t1", 3001, "maya", "noah"),
        ("credit_overdrawn", "t1", 1, "noah", "maya"),
        ("same_account", "t1", 1, "maya", "maya"),
        ("account_not_found", "t1", 1, "maya", "sam"),
        ("account_not_found", "t1", 1, "sam", "maya"),
        ("currency_mixed", "t1", 1, "maya", "kai"),
        ("amount_invalid", "t1", 0, "maya", "noah"),
        ("amount_invalid", "t1", True, "maya", "noah"),
        ("amount_invalid", "t1", 1.5, "maya", "noah"),
    ):
        refused(money, code, money.move, external_id, amount, source, target)
    money.move("t1", 1)
    refused(money, "external_id_taken", money.move, "t1", 1, "noah", "maya")


def test_a_preview_is_what_is_posted(money: Corrected) -> None:
    held = money.ledgers
    before = held.commits
    reversal = money.correcting.foresee_reversal(money.ref(), 2, on=ON)
    moved = money.correcting.foresee_transfer(
        "t1", source=money.ref(), target=money.ref("noah"), amount_minor=3000, on=ON
    )
    assert held.commits == before
    money.move("t1", 3000)
    assert moved == (money.entries()[-1].draft, money.entries("noah")[-1].draft)
    other = Corrected()
    other.reverse(2)
    assert reversal == other.entries()[-1].draft


def test_a_refund_of_money_that_another_client_spent_is_posted_once_a_person_brought_it_home() -> None:
    """What docs/runbook/billing.md says to do about refund_above_remainder."""
    money = Corrected()
    money.open("ada")
    money.charge("a1", 6000, "ada")
    money.start("key-1", "ada")
    money.processor.take("key-1")
    money.settle("key-1")
    adjust = money.post.adjustment
    adjust(money.ref("ada"), "x1", charge_external_id="a1", amount_minor=6000, on=ON)
    money.move("t1", 5000, "ada", "noah")  # it pays what Noah owes
    money.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=6000)
    money.reconciling.reconcile()
    assert (money.payment("key-1", "ada").refunded_minor, money.alerts.names) == (
        0,
        ["refund_above_remainder"],
    )
    adjust(money.ref("noah"), "x2", charge_external_id="n1", amount_minor=5000, on=ON)
    money.move("t2", 5000, "noah", "ada")
    adjust(money.ref("noah"), "x3", charge_external_id="n1", amount_minor=-5000, on=ON)
    money.reconciling.reconcile()
    assert money.payment("key-1", "ada").refunded_minor == 6000
    assert (money.account("ada").ledger.balance_minor, money.balances()[1]) == (0, 5000)
    assert money.sound()
