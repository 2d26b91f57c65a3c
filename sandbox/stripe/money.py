"""Amounts as Stripe limits them: https://docs.stripe.com/currencies. Always integer minor units."""

import re

from sandbox.stripe.errors import refuse

# The smallest charge, for an account that settles in the same currency.
MINIMUMS = {
    "usd": 50, "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200,
    "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
ZERO_DECIMAL = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
TWO_DECIMAL = frozenset(
    [
        "ars",
        "bam",
        "bdt",
        "bgn",
        "bob",
        "cop",
        "crc",
        "dop",
        "egp",
        "etb",
        "gel",
        "ghs",
        "gtq",
        "hnl",
        "idr",
        "ils",
        "isk",
        "kes",
        "kzt",
        "lkr",
        "mad",
        "mur",
        "ngn",
        "npr",
        "pab",
        "pen",
        "php",
        "pkr",
        "qar",
        "rsd",
        "sar",
        "try",
        "twd",
        "tzs",
        "uah",
        "uyu",
        "zar",
        "zmw",
    ]
)
MAXIMUM = 99_999_999  # eight digits
FORBIDDEN_IN_DESCRIPTORS = set("<>\\'\"*")

CARD_FEE_PER_MILLE, CARD_FEE_FIXED_MINOR, DISPUTE_FEE_MINOR = 29, 30, 1500
DEBIT_FEE_PER_MILLE, DEBIT_FEE_MOST_MINOR, RETURN_FEE_MINOR = 8, 500, 400


def check_currency(currency: str) -> str:
    """The currency in lower case, as Stripe stores it."""
    known = MINIMUMS.keys() | ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL
    if currency.lower() not in known:
        raise refuse("currency_unsupported", param="currency", currency=currency)
    return currency.lower()


def check_amount(amount: int, currency: str, *, param: str = "amount") -> None:
    """Refuse what is below the minimum, over eight digits, or not rounded in a 3-decimal currency."""
    minimum = MINIMUMS.get(currency, 1)
    if amount < minimum:
        raise refuse("amount_too_small", param=param, minimum=minimum, currency=currency)
    if amount > MAXIMUM:
        raise refuse("amount_too_large", param=param, maximum=MAXIMUM, currency=currency)
    if currency in THREE_DECIMAL and amount % 10:
        raise refuse("amount_not_rounded", param=param, currency=currency)


def card_fee(amount: int) -> int:
    """2.9 % + 30 minor units, rounded half up, in integers."""
    return (amount * CARD_FEE_PER_MILLE + 500) // 1000 + CARD_FEE_FIXED_MINOR


def debit_fee(amount: int) -> int:
    """0.8 %, rounded half up, at most 5 dollars."""
    return min((amount * DEBIT_FEE_PER_MILLE + 500) // 1000, DEBIT_FEE_MOST_MINOR)


def exponent(currency: str) -> int:
    """How many of the digits are decimals."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def shown(amount: int, currency: str) -> str:
    """For people: 12345 usd is "$123.45", 500 jpy is "500 JPY"."""
    places = exponent(currency)
    whole, part = divmod(amount, 10**places)
    digits = f"{whole:,}" + (f".{part:0{places}d}" if places else "")
    return f"${digits}" if currency == "usd" else f"{digits} {currency.upper()}"


def descriptor_ok(text: str, *, shortest: int) -> bool:
    """Whether a bank statement may carry `text`."""
    latin = all(" " <= char <= "~" for char in text)
    letter = re.search("[A-Za-z]", text) is not None
    return shortest <= len(text) <= 22 and latin and letter and not FORBIDDEN_IN_DESCRIPTORS & set(text)
