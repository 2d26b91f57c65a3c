"""Money: integer minor units of an ISO 4217 currency. No float ever."""

from dataclasses import dataclass

from chalicelib.kernel.errors import Invalid

# Minor-unit exponents: ISO 4217. Only currencies that Stripe and PayPal settle for practices.
EXPONENTS = {
    "USD": 2, "CAD": 2, "EUR": 2, "GBP": 2, "AUD": 2, "NZD": 2, "MXN": 2, "CHF": 2,
    "JPY": 0, "KWD": 3,
}  # fmt: skip
MAX_AMOUNT_MINOR = 99_999_999  # the processors' eight digits


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units, and its currency. May be negative (a balance in credit)."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:  # bool is an int too
            raise Invalid("amount_invalid", "amount_minor")
        if self.currency not in EXPONENTS:
            raise Invalid("currency_unknown", "currency")


def positive(amount_minor: object, field: str = "amount_minor") -> int:
    """The amount as an int from 1 to eight digits; anything else (bool, float, text) is `amount_invalid`."""
    if type(amount_minor) is not int or not 1 <= amount_minor <= MAX_AMOUNT_MINOR:
        raise Invalid("amount_invalid", field)
    return amount_minor


def like(currency: str) -> str:
    """What an amount of that currency looks like: "12.50" of USD, "1250" of JPY, "12.500" of KWD."""
    minor = 1250 if EXPONENTS[currency] <= 2 else 12_500
    return decimal_text(Money(minor, currency))


def decimal_text(money: Money) -> str:
    """For people and files: `Money(-1250, "USD")` is "-12.50", `Money(500, "JPY")` is "500"."""
    exponent = EXPONENTS[money.currency]
    sign = "-" if money.amount_minor < 0 else ""
    digits = str(abs(money.amount_minor)).rjust(exponent + 1, "0")
    if exponent == 0:
        return sign + digits
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"
