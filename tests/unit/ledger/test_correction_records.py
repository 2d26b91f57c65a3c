"""What corrections write, whole, and what they say when they are refused."""

from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.services.correcting import Correcting
from tests.support.money import Money
from tests.support.practice import MAYA, NOAH
from tests.support.refusals import Refusal, refusal

ON, NOW = "2026-03-09", "2026-03-10T15:10:00.000Z"
MOVED: dict[str, Any] = {"source": MAYA, "target": NOAH, "amount_minor": 700, "on": ON}


@pytest.fixture
def money() -> Money:
    """Maya has 10.00 of credit, paid in cash ten minutes ago; Noah owes 5.00."""
    made = Money()
    made.open()
    made.open("noah")
    made.cash("p1", 1000)
    made.charge("n1", 500, "noah")
    made.clock.advance(minutes=10)
    return made


@pytest.fixture
def correcting(money: Money) -> Correcting:
    return Correcting(money.ledgers, money.clock, actor="staff-7")


def last(money: Money, account_id: str = "maya") -> tuple[str, str, str, str]:
    """The account's newest entry: its reference, its date, who posted it and when."""
    entry = list(money.ledgers.entries(money.ref(account_id)))[-1]
    return entry.draft.reference, entry.draft.occurred_on, entry.actor, entry.recorded_at


def test_a_reversal_is_dated_signed_marked_and_on_the_payment(money: Money, correcting: Correcting) -> None:
    (paid,) = money.ledgers.held_payments.values()
    correcting.reverse(MAYA, 1, on=ON)
    assert last(money) == ("p1", ON, "staff-7", NOW)
    assert money.payment(paid.id) == replace(paid, state=State.CANCELED, updated_at=NOW, version=2)
    key = "import#reversal#maya#1"
    command = "445fa2bc25d3250ea79f952404ce8910"  # as earlier versions kept it
    assert money.ledgers.marker(money.practice, key) == Marker(key, "maya", paid.id, 2, NOW, command=command)


def test_a_reversal_says_why(money: Money, correcting: Correcting) -> None:
    correcting.reverse(MAYA, 1, on=ON, reason="entered twice")
    *_, entry = money.ledgers.entries(MAYA)
    assert entry.draft.reason == "entered twice"


def test_a_transfer_is_dated_signed_and_marked_on_either_side(money: Money, correcting: Correcting) -> None:
    correcting.transfer_credit("t1", **MOVED)
    assert last(money) == last(money, "noah") == ("t1", ON, "staff-7", NOW)
    key = "import#credit_transfer#t1"
    assert money.ledgers.marker(money.practice, key) == Marker(key, "maya", "", 2, NOW, command=ANY)


def test_there_is_nothing_to_foresee_of_what_stands_already(money: Money, correcting: Correcting) -> None:
    correcting.transfer_credit("t1", **MOVED)
    assert correcting.foresee_transfer("t1", **MOVED) is None
    money.cash("p2", 50)
    assert correcting.foresee_reversal(MAYA, 3, on=ON) is not None
    correcting.reverse(MAYA, 3, on=ON)
    assert correcting.foresee_reversal(MAYA, 3, on=ON) is None


def test_a_refused_transfer_names_the_field(money: Money, correcting: Correcting) -> None:
    money.open("kai", "JPY")
    elsewhere = AccountRef("oak", "noah")
    money.post.open_account(elsewhere, "USD")
    for target, told in (
        (MAYA, ("same_account", "to", {})),
        (money.ref("kai"), ("currency_mixed", "to", {})),
        (money.ref("sam"), ("account_not_found", None, {})),
        (elsewhere, ("account_not_found", None, {})),
    ):
        assert refusal(correcting.transfer_credit, "t1", **{**MOVED, "target": target}) == told


@pytest.mark.parametrize("seq", [0, 2])
def test_an_entry_that_is_not_there_is_named(money: Money, correcting: Correcting, seq: int) -> None:
    told: Refusal = ("entry_not_found", "entry", {})
    assert refusal(correcting.reverse, MAYA, seq, on=ON) == told


def test_an_entry_whose_payment_is_gone_is_not_undone(money: Money, correcting: Correcting) -> None:
    money.ledgers.held_payments.clear()
    assert refusal(correcting.reverse, MAYA, 1, on=ON) == ("payment_not_found", None, {})


def test_a_charge_is_not_undone_once_its_insurer_has_paid(money: Money, correcting: Correcting) -> None:
    money.charge("c1", 0, insurer_minor=2000)
    money.post.insurance_payment(
        MAYA, "i1", charge_external_id="c1", paid_minor=1500, contractual_minor=0,
        to_client_minor=0, on=ON,
    )  # fmt: skip
    assert refusal(correcting.reverse, MAYA, 2, on=ON) == ("entry_in_use", None, {"seq": 2})
    correcting.reverse(MAYA, 3, on=ON)
    correcting.reverse(MAYA, 2, on=ON)
    assert money.account().ledger.balance_minor == -1000


def test_what_is_refused_of_a_payment_undone_says_how_it_stands(money: Money, correcting: Correcting) -> None:
    correcting.reverse(MAYA, 1, on=ON)
    told: Refusal = ("payment_state", "payment_id", {"state": "canceled"})
    assert refusal(money.give_back, "r1", "p1", 10) == told
