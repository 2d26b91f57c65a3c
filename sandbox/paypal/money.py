"""Amounts as PayPal writes them, its currencies, and its fee."""

from decimal import ROUND_HALF_UP, Decimal

from sandbox.paypal.errors import refuse
from sandbox.standin.exchange import Json

# https://developer.paypal.com/api/rest/reference/currency-codes/
WITHOUT_DECIMALS = ("HUF", "JPY", "TWD")
CURRENCIES = frozenset(
    [
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CNY",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "ILS",
        "JPY",
        "MXN",
        "MYR",
        "NOK",
        "NZD",
        "PHP",
        "PLN",
        "SEK",
        "SGD",
        "THB",
        "TWD",
        "USD",
    ]
)
LARGEST = Decimal("999999999999999.99")
FEE_RATE = Decimal("0.0349")
FEE_FIXED_MINOR = 49


def read(amount: Json, field: str) -> Decimal:
    """The amount of a request. Error: currency_unknown, decimals_…, amount_…."""
    currency, value = amount["currency_code"], amount["value"]
    if currency not in CURRENCIES:
        raise refuse("currency_unknown", field=f"{field}/currency_code", value=currency)
    decimals = len(value.partition(".")[2])
    if currency in WITHOUT_DECIMALS and "." in value:
        raise refuse("decimals_unsupported", field=f"{field}/value", value=value)
    if currency not in WITHOUT_DECIMALS and decimals != 2:
        raise refuse("decimals_wrong", field=f"{field}/value", value=value)
    found = Decimal(value)
    if found <= 0:
        raise refuse("amount_not_positive", field=f"{field}/value", value=value)
    if found > LARGEST:
        raise refuse("amount_too_large", field=f"{field}/value", value=value)
    return found


def of(amount: Json) -> Decimal:
    """The amount of an object of ours."""
    return Decimal(amount["value"])


def written(value: Decimal, currency: str) -> Json:
    """Rounded to what the currency has: {"currency_code", "value"}."""
    step = Decimal(1) if currency in WITHOUT_DECIMALS else Decimal("0.01")
    return {"currency_code": currency, "value": str(value.quantize(step, ROUND_HALF_UP))}


def receivable(amount: Json, settles: list[str] | None) -> Json:
    """The seller's breakdown of a payment: gross, fee, net; `settles` is another currency and its rate."""
    currency, gross = amount["currency_code"], of(amount)
    minor = Decimal(1) if currency in WITHOUT_DECIMALS else Decimal("0.01")
    fee = min(gross, gross * FEE_RATE + FEE_FIXED_MINOR * minor)
    taken = written(fee, currency)
    net = gross - of(taken)
    found: Json = {
        "gross_amount": written(gross, currency),
        "paypal_fee": taken,
        "net_amount": written(net, currency),
    }
    if settles and settles[0] != currency:
        rate = Decimal(settles[1])
        found |= {
            "receivable_amount": written(net * rate, settles[0]),
            "paypal_fee_in_receivable_currency": written(of(taken) * rate, settles[0]),
            "exchange_rate": {
                "source_currency": currency,
                "target_currency": settles[0],
                "value": settles[1],
            },
        }
    return found
