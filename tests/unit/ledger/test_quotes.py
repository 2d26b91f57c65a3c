"""Quotes: what may be paid, every refusal by its code, and a key that changes with what was told."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.accounts import Account, Reservation
from chalicelib.ledger.domain.entries import OpenItem
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.quotes import Payable, Quote, Reason, Scope, payables, quote
from chalicelib.payments.processors.stripe.abilities import STRIPE
from tests.support.practice import PRACTICE

A1 = OpenItem("a1", "ada", "2026-01-01", 10000)
A2 = OpenItem("a2", "ada", "2026-02-01", 5000)
B1 = OpenItem("b1", "ben", "2026-01-15", 3000)  # Ben takes no payments online
ACCOUNT = Account("maya", Ledger("USD", open={i.charge_id: i for i in (A2, B1, A1)}))


def asked(kind: str = "balance", account: Account = ACCOUNT, practice: Any = PRACTICE, **scope: Any) -> Quote:
    bounds = Bounds.of([STRIPE], account.ledger.currency, practice.limit_minor)
    return quote(practice, account, Scope(kind, **scope), bounds)


def code_of(kind: str, account: Account = ACCOUNT, practice: Any = PRACTICE, **scope: Any) -> str:
    with pytest.raises(BillfoldError) as caught:
        asked(kind, account, practice, **scope)
    return caught.value.code


def shares(offered: Quote) -> dict[str, int]:
    return {s.charge_id: s.amount_minor for s in offered.allocation.shares}


def in_flight(charge_id: str, amount: int, *, firm: bool = True) -> Account:
    return replace(ACCOUNT, reserved={"p": Reservation({charge_id: amount}, firm)})


def only(*items: OpenItem, currency: str = "USD", credit_minor: int = 0) -> Account:
    return Account("maya", Ledger(currency, open={i.charge_id: i for i in items}, credit_minor=credit_minor))


def test_the_balance_is_all_that_may_be_paid_and_says_what_is_left_out() -> None:
    offered = asked()
    assert (offered.amount_minor, shares(offered)) == (15000, {"a1": 10000, "a2": 5000})
    assert [(row.item.charge_id, row.reason) for row in offered.left_out] == [
        ("b1", Reason.CLINICIAN_PAYMENTS_DISABLED)
    ]
    assert offered.owed_after_minor == 3000


def test_an_amount_pays_the_oldest_first_and_the_rest_becomes_credit() -> None:
    assert shares(asked("amount", amount_minor=12000)) == {"a1": 10000, "a2": 2000}
    assert [row.item for row in asked("amount", amount_minor=12000).left_out] == [B1]
    assert code_of("amount", amount_minor=15001) == "amount_above_payable"
    offered = asked("amount", only(A1), amount_minor=12000)
    assert (offered.allocation.credit_minor, offered.owed_after_minor) == (2000, -2000)


def test_chosen_services_are_paid_exactly_and_their_sum_is_fixed() -> None:
    offered = asked("services", charge_ids=("a2", "a1"))
    assert (offered.amount_minor, offered.left_out) == (15000, ())
    assert asked("services", charge_ids=("a1",), amount_minor=10000).amount_minor == 10000
    assert code_of("services", charge_ids=("a1", "a2"), amount_minor=1) == "amount_not_editable"
    assert code_of("services", charge_ids=("a1", "a1")) == "field_invalid"
    assert code_of("services", charge_ids=("a1", "zz")) == "charge_not_payable"
    assert code_of("services", charge_ids=("a1", "b1")) == "clinician_payments_disabled"
    assert code_of("services", charge_ids=()) == "amount_below_minimum"


def test_S9_an_invoice_is_what_can_be_paid_now_of_its_services_and_nothing_else() -> None:
    """Issue 14: what is paid since is not asked for again, and what is left out is named."""
    offered = asked("invoice", charge_ids=("a2", "b1", "gone"))
    assert (offered.amount_minor, shares(offered), offered.owed_after_minor) == (5000, {"a2": 5000}, 13000)
    assert [(row.item.charge_id, row.reason) for row in offered.left_out] == [
        ("b1", Reason.CLINICIAN_PAYMENTS_DISABLED)
    ]
    part = asked("invoice", in_flight("a1", 4000), charge_ids=("a1", "a2"))
    assert shares(part) == {"a1": 6000, "a2": 5000}
    assert [(row.item.charge_id, row.reason) for row in part.left_out] == [("a1", Reason.IN_FLIGHT)]


def test_an_invoice_of_which_nothing_can_be_paid_is_refused_by_why() -> None:
    assert code_of("invoice", charge_ids=("gone",)) == "nothing_to_pay"
    assert code_of("invoice", charge_ids=()) == "nothing_to_pay"
    assert code_of("invoice", charge_ids=("b1",)) == "clinician_payments_disabled"
    assert code_of("invoice", in_flight("a2", 5000), charge_ids=("a2", "b1")) == "item_in_flight"
    off = replace(PRACTICE, payments_enabled=False)
    assert code_of("invoice", practice=off, charge_ids=("a1",)) == "payments_disabled"


def test_one_service_may_be_paid_in_part() -> None:
    assert asked("service", charge_ids=("a1",), amount_minor=50).amount_minor == 50
    assert code_of("service", charge_ids=("a1",), amount_minor=10001) == "amount_above_owed"
    assert code_of("service", charge_ids=("a1",), amount_minor=49) == "amount_below_minimum"


@pytest.mark.parametrize("amount", [0, -1, None, True, 1.5, "100", 100_000_000])
def test_an_amount_that_is_none_is_refused(amount: Any) -> None:
    assert code_of("amount", amount_minor=amount) == "amount_invalid"
    assert code_of("service", charge_ids=("a1",), amount_minor=amount) == "amount_invalid"


def test_the_practices_switch_and_limit_hold() -> None:
    assert code_of("balance", practice=replace(PRACTICE, payments_enabled=False)) == "payments_disabled"
    assert code_of("balance", practice=replace(PRACTICE, limit_minor=14999)) == "amount_above_limit"


def test_money_in_flight_is_not_asked_for_again() -> None:
    assert (
        code_of("service", in_flight("a1", 10000), charge_ids=("a1",), amount_minor=100) == "item_in_flight"
    )
    assert code_of("services", in_flight("a1", 10000), charge_ids=("a1", "a2")) == "item_in_flight"
    assert shares(asked("balance", in_flight("a1", 4000))) == {"a1": 6000, "a2": 5000}
    assert shares(asked("balance", in_flight("a1", 4000, firm=False))) == {"a1": 10000, "a2": 5000}
    paid_meanwhile = replace(in_flight("a1", 10000), ledger=only(replace(A1, paid_minor=9000)).ledger)
    assert code_of("balance", paid_meanwhile) == "item_in_flight"


def test_nothing_open_is_nothing_to_pay() -> None:
    assert code_of("balance", only()) == "nothing_to_pay"
    assert code_of("balance", only(B1)) == "nothing_to_pay"


@pytest.mark.parametrize("currency", sorted(STRIPE.minimum_minor))
def test_no_currency_lets_nothing_be_paid(currency: str) -> None:
    account = only(A1, currency=currency)
    assert code_of("services", account, charge_ids=()) == "amount_below_minimum"
    minimum = max(STRIPE.minimum_minor[currency], 1)
    assert asked("amount", account, amount_minor=minimum).currency == currency


def test_a_key_stands_for_exactly_what_was_told() -> None:
    keys = {
        asked().key, asked("services", charge_ids=("a1",)).key, asked("amount", amount_minor=100).key,
        asked("balance", replace(ACCOUNT, id="noah")).key, asked("balance", in_flight("a1", 1)).key,
        asked("balance", only(A1, A2)).key,
    }  # fmt: skip
    assert len(keys) == 6
    assert asked().key == asked("services", charge_ids=("a1", "a2")).key


def test_a_key_is_the_same_after_a_deployment() -> None:
    told = '["maya",[["a1",10000],["a2",5000]],0,3000]'
    assert asked().key == hashlib.sha256(told.encode()).hexdigest()[:32]


def test_payables_are_listed_oldest_first_with_their_reasons() -> None:
    rows = payables(PRACTICE, in_flight("a1", 10000))
    assert [(r.item.charge_id, r.payable_minor, r.reason) for r in rows] == [
        ("a1", 0, Reason.IN_FLIGHT), ("b1", 0, Reason.CLINICIAN_PAYMENTS_DISABLED), ("a2", 5000, None),
    ]  # fmt: skip
    off = payables(replace(PRACTICE, payments_enabled=False), ACCOUNT)
    assert off == [Payable(item, 0, Reason.PAYMENTS_DISABLED) for item in (A1, B1, A2)]
