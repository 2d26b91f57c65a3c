"""Amounts as PayPal writes them, and minor units of ISO 4217 as Billfold has them. Pure."""

from decimal import Decimal

from chalicelib.kernel.money import EXPONENTS
from chalicelib.payments.processors.paypal.abilities import WITHOUT_DECIMALS
from chalicelib.payments.processors.paypal.shapes import Amount

_MOST = 2  # decimals of a currency that is not in the table, as PayPal has them


def written(amount_minor: int, currency: str) -> dict[str, str]:
    """`12050, "USD"` is 120.50. Error: ValueError where it would have decimals that PayPal takes none of."""
    exponent = EXPONENTS.get(currency, _MOST)
    value = Decimal(amount_minor).scaleb(-exponent)
    decimals = 0 if currency in WITHOUT_DECIMALS else exponent
    if value != round(value, decimals):
        raise ValueError(f"PayPal takes no decimals of {currency}")
    return {"currency_code": currency, "value": f"{value:.{decimals}f}"}


def minor(amount: Amount) -> int:
    """Error: ValueError (arithmetic included), where it is no whole number of minor units."""
    value = Decimal(amount.value).scaleb(EXPONENTS.get(amount.currency_code, _MOST))
    if value != int(value):
        raise ValueError(f"{amount.currency_code} has no such part")
    return int(value)
