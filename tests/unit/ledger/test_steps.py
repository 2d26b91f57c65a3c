"""Currencies of three decimals: Stripe takes only amounts whose last digit is 0, and the rest is named."""

from dataclasses import replace

import pytest

from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import OpenItem
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.quotes import Quote, Reason, Scope, offered, payables, quote
from chalicelib.payments.processors.stripe.abilities import STRIPE
from chalicelib.payments.services.refunding import Refunding
from tests.support.money import Money
from tests.support.practice import PRACTICE
from tests.support.processor import OneProcessor
from tests.support.refunds import wish

DINARS = replace(PRACTICE, currency="KWD", limit_minor=9_999_999)
BOUNDS = Bounds.of([STRIPE], "KWD", DINARS.limit_minor)


def owing(*owed: int, currency: str = "KWD") -> Account:
    items = (OpenItem(f"c{n}", "ada", f"2026-01-0{n + 1}", fee_minor=minor) for n, minor in enumerate(owed))
    return Account("maya", Ledger(currency, open={item.charge_id: item for item in items}))


def asked(account: Account, kind: str, *charge_ids: str, amount: int | None = None) -> Quote:
    return quote(DINARS, account, Scope(kind, charge_ids, amount), BOUNDS)


def code(account: Account, kind: str, *charge_ids: str, amount: int | None = None) -> tuple[str, str | None]:
    with pytest.raises(BillfoldError) as refused:
        asked(account, kind, *charge_ids, amount=amount)
    return refused.value.code, refused.value.field


def rests(found: Quote) -> list[tuple[str, int, Reason | None]]:
    return [
        (row.item.charge_id, row.item.owed_minor - row.payable_minor, row.reason) for row in found.left_out
    ]


def test_a_balance_is_rounded_down_and_the_rest_is_named() -> None:
    found = asked(owing(15124), "balance")
    assert (found.amount_minor, found.owed_after_minor) == (15120, 4)
    assert [(line.amount_minor, line.left_minor) for line in found.lines] == [(15120, 4)]
    assert rests(found) == [("c0", 4, Reason.ROUNDING)]


def test_what_is_too_little_alone_is_paid_together_with_other_items() -> None:
    assert code(owing(4), "balance") == ("amount_below_minimum", "amount_minor")
    found = asked(owing(4, 15126), "balance")
    assert (found.amount_minor, found.owed_after_minor, rests(found)) == (15130, 0, [])


def test_chosen_services_are_rounded_together_and_the_newest_keeps_the_rest() -> None:
    account = owing(1003, 2004, 3000)
    for amount in (None, 3000):
        found = asked(account, "services", "c0", "c1", amount=amount)
        assert (found.amount_minor, rests(found)) == (3000, [("c1", 7, Reason.ROUNDING)])
    assert code(account, "services", "c0", "c1", amount=3007) == ("amount_not_editable", "amount_minor")


@pytest.mark.parametrize("amount", [15124, 11, 9999])
@pytest.mark.parametrize(("kind", "charge_ids"), [("service", ("c0",)), ("amount", ())])
def test_a_typed_amount_that_stripe_would_not_take_is_refused_at_its_field(
    kind: str, charge_ids: tuple[str, ...], amount: int
) -> None:
    account = owing(15124)
    assert code(account, kind, *charge_ids, amount=amount) == ("amount_step", "amount_minor")
    assert asked(account, kind, *charge_ids, amount=amount - amount % 10 or 10).amount_minor % 10 == 0


def test_what_is_offered_on_billing_is_what_the_quote_charges() -> None:
    for owed in ((15124,), (4,), (4, 15126), (1003, 2004)):
        account = owing(*owed)
        payable_minor, left_out = offered(payables(DINARS, account), BOUNDS)
        assert payable_minor == sum(owed) // 10 * 10
        assert sum(row.item.owed_minor - row.payable_minor for row in left_out) == sum(owed) % 10


def test_dollars_are_paid_to_the_cent() -> None:
    dollars = replace(PRACTICE, currency="USD")
    bounds = Bounds.of([STRIPE], "USD", dollars.limit_minor)
    found = quote(dollars, owing(15124, currency="USD"), Scope("balance"), bounds)
    assert found.amount_minor == 15124


def test_a_refund_is_a_multiple_too() -> None:
    money = Money()
    refunding = Refunding(money.ledgers, OneProcessor(money.processor), money.settling, money.clock)
    money.practices.held = {PRACTICE.id: DINARS}
    money.open("dina", currency="KWD")
    money.charge("k1", 15120, "dina")
    money.start("key-k", "dina")
    money.processor.take("key-k")
    money.check("key-k", "dina")
    with pytest.raises(BillfoldError) as refused:
        refunding.foresee(wish(money.ledgers, "key-k", 1004, account="dina"))
    assert (refused.value.code, refused.value.field) == ("amount_step", "amount_minor")
    assert refunding.foresee(wish(money.ledgers, "key-k", 1000, account="dina")) is None
