"""What PayPal can do. Without anything that is needed to ask it, so that a quote costs no import of that."""

from datetime import timedelta

from chalicelib.payments.domain.abilities import Abilities, Flow, Way

# Each currency that both PayPal and Billfold know. https://developer.paypal.com/api/rest/reference/currency-codes/
_TAKEN = ("USD", "CAD", "EUR", "GBP", "AUD", "NZD", "MXN", "CHF", "JPY", "HUF", "TWD")
# PayPal takes no decimals of these, whatever ISO 4217 says.
WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
_STEP_MINOR = {"HUF": 100, "TWD": 100}
_KEYS = timedelta(hours=5, minutes=30)  # PayPal forgets those of orders after six hours
_REFUND_KEYS = timedelta(days=44)  # and those of refunds after 45 days

PAYPAL = Abilities(
    ways=(Way.PAYPAL,),
    flows=(Flow.REDIRECT,),
    minimum_minor={currency: _STEP_MINOR.get(currency, 1) for currency in _TAKEN},
    step_minor=_STEP_MINOR,
    attempt_lifetime=timedelta(
        hours=3
    ),  # an order lives six, and what was approved may be reversed after three
    key_lifetime=_KEYS,
    refund_key_lifetime=_REFUND_KEYS,
    lists=False,
)
