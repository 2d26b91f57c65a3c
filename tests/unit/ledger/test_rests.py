"""No part of a service, or of a balance, is paid that leaves too little to be paid at all.

Issue 10: 69.80 of 70.00 was taken, and 0.20 stayed that no processor takes.
"""

import random
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.accounts import Account, Reservation
from chalicelib.ledger.domain.entries import OpenItem
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.quotes import Quote, Scope, quote
from chalicelib.payments.processors.stripe.abilities import STRIPE
from tests.support.practice import PRACTICE
from tests.support.refusals import refusal
from tests.support.seed import SEED

FIGURES = ("whole_minor", "most_minor")


def owing(*owed: int, currency: str = "USD") -> Account:
    items = (OpenItem(f"c{n}", "ada", f"2026-01-0{n + 1}", fee_minor=minor) for n, minor in enumerate(owed))
    return Account("maya", Ledger(currency, open={item.charge_id: item for item in items}))


def asked(
    account: Account, kind: str, amount: int | None = None, *, of: str = "", limit: int = 9_999_999
) -> Quote:
    currency = account.ledger.currency
    scope = Scope(kind, (of,) if of else (), amount)
    return quote(PRACTICE, account, scope, Bounds.of([STRIPE], currency, limit))


def refused(account: Account, kind: str, amount: int, **more: Any) -> tuple[str, dict[str, object]]:
    with pytest.raises(Invalid) as caught:
        asked(account, kind, amount, **more)
    details = caught.value.details
    return caught.value.code, {name: details[name] for name in FIGURES if name in details}


def test_a_service_is_paid_whole_or_so_that_its_rest_can_be() -> None:
    account = owing(7000, 3000)
    for amount in (6951, 6980, 6999):
        told = ("amount_leaves_too_little", {"whole_minor": 7000, "most_minor": 6950})
        assert refused(account, "service", amount, of="c0") == told
    for amount in (50, 6950, 7000):
        assert asked(account, "service", amount, of="c0").amount_minor == amount


def test_so_is_a_balance_of_which_the_rest_is_counted_together() -> None:
    account = owing(7000, 3000)
    told = ("amount_leaves_too_little", {"whole_minor": 10_000, "most_minor": 9950})
    assert refused(account, "amount", 9980) == told
    assert asked(account, "amount", 6980).owed_after_minor == 3020
    assert asked(account, "amount", 10_001).allocation.credit_minor == 1


def test_what_cannot_be_parted_is_paid_whole() -> None:
    assert refused(owing(80), "service", 50, of="c0") == ("amount_whole_only", {"whole_minor": 80})


def test_above_the_practices_limit_only_a_part_is_named() -> None:
    told = ("amount_above_limit", {"most_minor": 6950})
    assert refused(owing(7000), "amount", 6990, limit=6990) == told


def test_what_is_rounded_away_in_a_currency_of_steps_counts_for_nothing() -> None:
    bounds = Bounds("KWD", least_minor=100, step_minor=10, limit_minor=9_999_999)
    for amount in (15_120, 15_020):
        bounds.check_rest(amount, 15_124)
    code, _, details = refusal(bounds.check_rest, 15_030, 15_124)
    assert code == "amount_leaves_too_little"
    assert details == {
        "whole_minor": 15_120, "most_minor": 15_020, "least_minor": 100, "currency": "KWD",
    }  # fmt: skip


def drawn_account(drawn: random.Random, currency: str) -> Account:
    account = owing(*(drawn.choice((30, 80, 199, 7000, drawn.randrange(1, 9999))) for _ in range(3)))
    account = replace(account, ledger=replace(account.ledger, currency=currency))
    held = Reservation({"c0": drawn.randrange(1, 99)}, firm=True)
    return replace(account, reserved={"p": held}) if drawn.random() < 0.3 else account


def after(account: Account, paid: Quote) -> Account:
    shares = {share.charge_id: share.amount_minor for share in paid.allocation.shares}
    items = (
        replace(i, paid_minor=i.paid_minor + shares.get(id_, 0)) for id_, i in account.ledger.open.items()
    )
    left = {item.charge_id: item for item in items if item.owed_minor}
    return replace(account, ledger=replace(account.ledger, open=left))


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
@pytest.mark.parametrize("run", range(40))
def test_whoever_pays_in_parts_can_always_pay_the_rest_and_every_figure_named_is_taken(
    run: int, currency: str
) -> None:
    print(f"BILLFOLD_SEED={SEED}")
    drawn = random.Random(f"{SEED}/{run}/{currency}")
    account = drawn_account(drawn, currency)
    for _ in range(12):
        try:
            whole = asked(account, "balance").amount_minor
        except Exception:  # from the first: nothing, or too little, is payable
            break
        least, step = STRIPE.minimum_minor[currency], STRIPE.step_minor.get(currency, 1)
        near = drawn.choice((whole, drawn.randrange(whole + 1), whole - drawn.randrange(2 * least)))
        amount = max(near - near % step, least)
        try:
            account = after(account, asked(account, "amount", amount))
        except Invalid as error:
            for name in FIGURES:
                figure: Any = error.details.get(name)
                assert figure is None or asked(account, "amount", figure).amount_minor == figure
        else:
            if amount < whole:
                assert asked(account, "balance").amount_minor > 0, "the rest could not be paid"
