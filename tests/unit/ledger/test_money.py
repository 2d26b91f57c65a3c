"""Money is whole minor units of a known currency; nothing else gets in."""

from typing import Any

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.money import EXPONENTS, MAX_AMOUNT_MINOR, Money, decimal_text, like, positive


@pytest.mark.parametrize("amount", [1.0, True, "1", None, 0.5, b"1"])
def test_only_whole_numbers_are_amounts(amount: Any) -> None:
    for make in (lambda: Money(amount, "USD"), lambda: positive(amount)):
        with pytest.raises(Invalid) as caught:
            make()
        assert (caught.value.code, caught.value.field) == ("amount_invalid", "amount_minor")


@pytest.mark.parametrize("amount", [0, -1, MAX_AMOUNT_MINOR + 1, 10**30])
def test_an_amount_to_move_is_positive_and_has_at_most_eight_digits(amount: int) -> None:
    with pytest.raises(Invalid) as caught:
        positive(amount, "paid_minor")
    assert (caught.value.code, caught.value.field) == ("amount_invalid", "paid_minor")


def test_the_limits_themselves_are_amounts() -> None:
    assert [positive(1), positive(MAX_AMOUNT_MINOR)] == [1, 99_999_999]


@pytest.mark.parametrize("currency", ["usd", "", "XXX", "US", None])
def test_a_currency_nobody_settles_is_refused(currency: Any) -> None:
    with pytest.raises(Invalid) as caught:
        Money(1, currency)
    assert caught.value.code == "currency_unknown"


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [
        (0, "USD", "0.00"), (5, "USD", "0.05"), (-5, "USD", "-0.05"), (123456, "USD", "1234.56"),
        (0, "JPY", "0"), (500, "JPY", "500"), (-500, "JPY", "-500"),
        (1, "KWD", "0.001"), (1234, "KWD", "1.234"), (-99_999_999, "KWD", "-99999.999"),
    ],
)  # fmt: skip
def test_text_has_the_currencys_own_places(amount_minor: int, currency: str, text: str) -> None:
    assert decimal_text(Money(amount_minor, currency)) == text


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_text_reads_back_as_the_same_amount(currency: str) -> None:
    for amount in (1, 9, 10, 99, 100, 999, 1000, 1001, MAX_AMOUNT_MINOR):
        for signed in (amount, -amount):
            assert int(decimal_text(Money(signed, currency)).replace(".", "")) == signed


def test_what_an_amount_looks_like_has_the_digits_of_its_currency() -> None:
    shown = {currency: like(currency) for currency in ("USD", "JPY", "KWD")}
    assert shown == {"USD": "12.50", "JPY": "1250", "KWD": "12.500"}
