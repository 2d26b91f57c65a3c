"""A refusal names the field at fault and what would be allowed: that is what the page tells the payer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.money import EXPONENTS, Money
from chalicelib.ledger.domain.accounts import Account, Reservation
from chalicelib.ledger.domain.allocation import Share, take_back
from chalicelib.ledger.domain.entries import (
    CREDIT,
    INCOME,
    Draft,
    Entry,
    EntryKind,
    OpenItem,
    Part,
    Posting,
    client,
    credit,
    debit,
)
from chalicelib.ledger.domain.ledger import MAX_OPEN_ITEMS, Ledger, apply
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.recording import posted
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.quotes import Quote, Scope
from chalicelib.payments.domain.quotes import quote as within
from chalicelib.payments.processors.stripe.abilities import STRIPE
from chalicelib.practice.domain.practices import Practice
from tests.support.money import Money as Commands
from tests.support.practice import PRACTICE
from tests.support.refusals import Refusal, refusal

A1 = OpenItem("a1", "ada", "2026-01-01", 10_000)
B1 = OpenItem("b1", "ben", "2026-01-15", 3_000)  # Ben takes no payments online
OPEN = {"a1": A1, "b1": B1}
ACCOUNT = Account("maya", Ledger("USD", open=OPEN))
HELD = replace(ACCOUNT, reserved={"p": Reservation({"a1": 10_000}, firm=True)})


def asked(kind: str, *charge_ids: str, amount_minor: Any = None) -> Scope:
    return Scope(kind, charge_ids, amount_minor)


def quote(practice: Practice, account: Account, scope: Scope) -> Quote:
    return within(
        practice, account, scope, Bounds.of([STRIPE], account.ledger.currency, practice.limit_minor)
    )


QUOTES = [
    (ACCOUNT, asked("amount", amount_minor=10_001), ("amount_above_payable", "amount_minor", 10_000)),
    (ACCOUNT, asked("amount", amount_minor=49), ("amount_below_minimum", "amount_minor", 50)),
    (ACCOUNT, asked("service", "a1", amount_minor=10_001), ("amount_above_owed", "amount_minor", 10_000)),
    (ACCOUNT, asked("services", "a1", amount_minor=9_999), ("amount_not_editable", "amount_minor", 10_000)),
    (ACCOUNT, asked("services", "a1", "a1"), ("field_invalid", "charge_ids", None)),
    (ACCOUNT, asked("services", "zz"), ("charge_not_payable", "charge_ids", None)),
    (ACCOUNT, asked("service", "b1", amount_minor=50), ("clinician_payments_disabled", "charge_ids", None)),
    (HELD, asked("services", "a1"), ("item_in_flight", "charge_ids", None)),
]
DETAILS: dict[str, Callable[[int], dict[str, object]]] = {
    "amount_above_payable": lambda limit: {"most_minor": limit, "currency": "USD"},
    "amount_below_minimum": lambda limit: {"least_minor": limit, "currency": "USD"},
    "amount_above_owed": lambda limit: {"most_minor": limit, "currency": "USD"},
    "amount_not_editable": lambda limit: {"amount_minor": limit},
}


@pytest.mark.parametrize(("account", "scope", "told"), QUOTES)
def test_a_refused_quote_says_which_field_and_how_much_would_do(
    account: Account, scope: Scope, told: tuple[str, str, int | None]
) -> None:
    code, field, limit = told
    details = DETAILS[code](limit) if limit else {}
    assert refusal(quote, PRACTICE, account, scope) == (code, field, details)


def test_a_quote_above_the_practices_limit_names_the_limit() -> None:
    practice = replace(PRACTICE, limit_minor=9_999)
    told: Refusal = ("amount_above_limit", "amount_minor", {"most_minor": 9_999, "currency": "USD"})
    assert refusal(quote, practice, ACCOUNT, asked("balance")) == told


def test_the_most_that_is_named_is_never_refused() -> None:
    """Not more than the practice's limit, and of dinars only what the processor takes."""
    practice = replace(PRACTICE, limit_minor=9_999)
    _, _, above = refusal(quote, practice, ACCOUNT, asked("service", "a1", amount_minor=10_001))
    assert above == {"most_minor": 9_999, "currency": "USD"}
    dinars = Account("noor", Ledger("KWD", open={"a1": OpenItem("a1", "ada", "2026-01-01", 15_124)}))
    _, _, above = refusal(quote, PRACTICE, dinars, asked("service", "a1", amount_minor=15_130))
    assert above == {"most_minor": 15_120, "currency": "KWD"}
    assert quote(PRACTICE, dinars, asked("service", "a1", amount_minor=15_120)).amount_minor == 15_120


def test_what_is_exactly_allowed_is_not_refused() -> None:
    practice = replace(PRACTICE, limit_minor=10_000)
    for scope in (asked("balance"), asked("amount", amount_minor=10_000)):
        assert quote(practice, ACCOUNT, scope).amount_minor == 10_000
    whole = quote(practice, ACCOUNT, asked("service", "a1", amount_minor=10_000))
    assert whole.allocation.shares == (Share("a1", 10_000),)


def test_every_currency_has_a_minimum() -> None:
    assert STRIPE.minimum_minor.keys() == EXPONENTS.keys()


def test_a_currency_that_is_none_is_named() -> None:
    assert refusal(Money, 1, "XXX") == ("currency_unknown", "currency", {})


def test_a_refund_above_what_is_there_names_the_amount() -> None:
    told: Refusal = ("refund_above_remainder", "amount_minor", {"remainder_minor": 30})
    assert refusal(take_back, 31, 10, [Share("c1", 20)]) == told


def after(ledger: Ledger, *postings: Posting) -> Ledger:
    return apply(ledger, Entry(1, Draft(EntryKind.PAYMENT, "2026-03-01", postings), "", "", ""))


def test_what_the_ledger_refuses_names_the_field_and_the_charge() -> None:
    ledger = Ledger("USD", open=OPEN, credit_minor=5)
    paid, other = client(Part.PAID, "a1"), client(Part.PAID, "zz")
    assert refusal(after, ledger, debit(CREDIT, 1, "EUR"), credit(INCOME, 1, "EUR")) == (
        "currency_mixed", "currency", {},
    )  # fmt: skip
    assert refusal(after, ledger, debit(CREDIT, 1, "USD"), credit(other, 1, "USD")) == (
        "charge_not_open", "charge_id", {"charge_id": "zz"},
    )  # fmt: skip
    assert refusal(after, ledger, debit(INCOME, 10_001, "USD"), credit(paid, 10_001, "USD")) == (
        "item_overpaid", "amount_minor", {"charge_id": "a1"},
    )  # fmt: skip
    assert refusal(after, ledger, debit(CREDIT, 6, "USD"), credit(INCOME, 6, "USD")) == (
        "credit_overdrawn", "amount_minor", {},
    )  # fmt: skip


def test_all_that_is_owed_may_be_paid_and_all_credit_used() -> None:
    ledger = Ledger("USD", open=OPEN, credit_minor=5)
    paid = after(ledger, debit(INCOME, 10_000, "USD"), credit(client(Part.PAID, "a1"), 10_000, "USD"))
    assert paid.open == {"b1": B1}
    assert after(ledger, debit(CREDIT, 5, "USD"), credit(INCOME, 5, "USD")).credit_minor == 0


def test_an_account_may_have_as_many_open_items_as_the_cap_says() -> None:
    opens = {f"x{n}": OpenItem(f"x{n}", "ada", "2026-03-01", 1) for n in range(MAX_OPEN_ITEMS)}
    postings = (debit(INCOME, 1, "USD"), credit(CREDIT, 1, "USD"))
    assert len(after(Ledger("USD", open=opens), *postings).open) == MAX_OPEN_ITEMS


@pytest.fixture
def money() -> Commands:
    made = Commands()
    made.open()
    return made


ADJUSTED: dict[str, Any] = {"charge_external_id": "c1", "on": "2026-03-02"}


def test_a_command_about_what_was_never_posted_names_the_field(money: Commands) -> None:
    adjust, about = money.post.adjustment, (money.ref(), "a1")
    assert refusal(adjust, *about, amount_minor=1, **ADJUSTED) == ("charge_not_found", "charge_id", {})
    assert refusal(money.give_back, "r1", "p9", 1) == ("payment_not_found", "payment_id", {})
    assert refusal(money.cash, "p1", 1, "nobody") == ("account_not_found", None, {})


def test_an_outside_id_that_another_account_has_is_named(money: Commands) -> None:
    money.open("noah")
    first = money.cash("p1", 100)
    assert replace(first, duplicate=True) == money.cash("p1", 100)
    assert refusal(money.cash, "p1", 100, "noah") == ("external_id_taken", "external_id", {})


def test_a_way_of_paying_that_is_none_is_named(money: Commands) -> None:
    assert refusal(money.cash, "p1", 100, method="barter") == ("method_unknown", "method", {})


def test_an_adjustment_may_be_of_a_cent_and_not_of_nothing(money: Commands) -> None:
    money.charge("c1", 100)
    adjust, about = money.post.adjustment, (money.ref(), "a1")
    for amount in (0, True, "1"):
        told: Refusal = ("amount_invalid", "amount_minor", {})
        assert refusal(adjust, *about, amount_minor=amount, **ADJUSTED) == told
    money.post.adjustment(*about, amount_minor=1, **ADJUSTED)
    assert money.account().ledger.balance_minor == 99


def test_an_opening_balance_of_nothing_is_refused_before_anything_is_read(money: Commands) -> None:
    opening = money.post.opening_balance
    for amount in (0, False, "5"):
        told: Refusal = ("amount_invalid", "amount_minor", {})
        assert refusal(opening, money.ref("nobody"), "o1", amount, on="2026-01-01") == told


@pytest.mark.parametrize(("settled", "left"), [(500, 1500), (2000, 0), (2600, 0)])
def test_what_the_insurer_may_still_leave_to_the_client_is_named(
    money: Commands, settled: int, left: int
) -> None:
    money.charge("c1", 0, insurer_minor=2000)
    told: Refusal = ("transfer_above_insurance", "amount_minor", {"remainder_minor": left})
    asked = {"paid_minor": settled, "contractual_minor": 0, "to_client_minor": left + 1}
    asked["above_expected"] = True
    answer = money.post.insurance_payment
    assert refusal(answer, money.ref(), "i1", **asked, **ADJUSTED) == told


def test_a_refund_of_money_taken_outside_says_how_much_is_left(money: Commands) -> None:
    money.cash("p1", 100)
    money.give_back("r1", "p1", 40)
    told: Refusal = ("refund_above_remainder", "amount_minor", {"remainder_minor": 60})
    assert refusal(money.give_back, "r2", "p1", 61) == told


def test_a_currency_that_nobody_settles_opens_no_account(money: Commands) -> None:
    told: Refusal = ("currency_unknown", "currency", {})
    assert refusal(money.post.open_account, money.ref("new"), "XXX") == told


@pytest.mark.parametrize("amount", [-1, 100_000_000, True, 1.5])
def test_a_fee_that_is_none_is_named_before_anything_is_read(money: Commands, amount: Any) -> None:
    told: Refusal = ("amount_invalid", "fee", {})
    assert refusal(money.charge, "c1", amount, "nobody") == told
    assert refusal(money.charge, "c1", 500, "nobody", insurer_minor=amount) == told
    assert refusal(money.charge, "c1", 500, "nobody", insurer_minor=False) == told


def test_a_change_without_an_entry_has_posted_nothing() -> None:
    told: Refusal = ("nothing_to_post", None, {})
    for change in (None, Change(ACCOUNT, ACCOUNT)):
        assert refusal(posted, change) == told
