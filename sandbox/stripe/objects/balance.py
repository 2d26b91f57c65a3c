"""/v1/balance_transactions: every movement of the practice's money, with Stripe's fee."""

from fractions import Fraction

from sandbox.stripe import listing, money
from sandbox.stripe.errors import Json
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope

SETTLES_AFTER_SECONDS = 2 * 86400
_CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "adjustment": "dispute",
    "payment_failure_refund": "charge_failure",
    "stripe_fee": "fee",
}
_ABOUT = {"adjustment": "Dispute fee", "payment_failure_refund": "Failure fee, processing fees returned"}


def post(
    scope: Scope, kind: str, source: Json, amount: int, *, fee: int = 0, about: str | None = None
) -> Json:
    """Record a movement of `amount` (signed, minor units) and the fee taken from it; below 0: given back."""
    currency, rate = _settled_in(scope, source["currency"])
    amount, fee = (amount, fee) if rate is None else (_converted(amount, rate), _converted(fee, rate))
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": _ABOUT.get(kind, "Stripe processing fees"),
            "type": "stripe_fee",
        }
    ]
    category = "dispute_reversal" if kind == "adjustment" and amount > 0 else _CATEGORIES[kind]
    return scope.save(
        scope.new(
            "balance_transaction",
            amount=amount,
            available_on=scope.now + SETTLES_AFTER_SECONDS,
            balance_type="payments",
            currency=currency,
            description=about,
            exchange_rate=None if rate is None else float(rate),
            fee=fee,
            fee_details=details if fee else [],
            net=amount - fee,
            reporting_category=category,
            source=source["id"],
            status="pending",
            type=kind,
        )
    )


def _settled_in(scope: Scope, currency: str) -> tuple[str, Fraction | None]:
    """What the account is paid out in, and the rate; None where that is the payer's currency already."""
    settles_in, rate = scope.store.setting(f"settles:{scope.account}", [currency, "1"])
    return (settles_in, Fraction(rate)) if settles_in != currency else (currency, None)


def _converted(amount: int, rate: Fraction) -> int:
    return round(amount * rate)


def for_charge(scope: Scope, charge: Json) -> Json:
    """Called "payment" where it is no card's, as at Stripe, with that method's fee."""
    amount = charge["amount_captured"]
    if charge["payment_method_details"]["type"] == "card":
        return post(scope, "charge", charge, amount, fee=money.card_fee(amount), about=charge["description"])
    return post(scope, "payment", charge, amount, fee=money.debit_fee(amount), about=charge["description"])


def for_failure(scope: Scope, charge: Json, bill: int) -> Json:
    """A debit came back: takes the money that was pending, its fee the other way, and the bill for it."""
    paid = scope.require("balance_transaction", charge["balance_transaction"])
    about = "PAYMENT FAILURE REFUND"
    kind = "payment_failure_refund"
    return post(scope, kind, charge, -paid["amount"], fee=bill - paid["fee"], about=about)


def bill(scope: Scope, amount: int, currency: str, about: str) -> Json:
    """A fee of Stripe's for no payment in particular: its only trace is that it has no source."""
    return post(scope, "stripe_fee", {"id": None, "currency": currency}, -amount, about=about)


def other(scope: Scope, kind: str, category: str, amount: int, *, fee: int, currency: str) -> Json:
    """Anything else that Stripe does to a balance, by its own words for it; the source is not in this API."""
    row = post(scope, "stripe_fee", {"id": None, "currency": currency}, amount, fee=fee)
    return scope.save(row | {"type": kind, "reporting_category": category, "description": None})


def _aged(scope: Scope, transaction: Json) -> Json:
    """Pending until the day it is available."""
    return transaction | {"status": "available" if transaction["available_on"] <= scope.now else "pending"}


def retrieve(scope: Scope, params: Json, ident: str) -> Json:
    return _aged(scope, scope.require("balance_transaction", ident, "id"))


def find_all(scope: Scope, params: Json) -> Json:
    only(params, "limit", "starting_after", "ending_before", "created", "source", "type", "currency")
    found = listing.listed(scope, "balance_transaction", params, "/v1/balance_transactions")
    return found | {"data": [_aged(scope, each) for each in found["data"]]}
