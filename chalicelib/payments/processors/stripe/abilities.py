"""What Stripe can do. Without its SDK, so that a quote costs no import of it."""

from datetime import timedelta

from chalicelib.payments.domain.abilities import Abilities, Flow, Way

# The published minimum for a charge, by settlement currency (minor units).
# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
_MINIMUM_MINOR = {
    "USD": 50, "CAD": 50, "EUR": 50, "GBP": 30, "AUD": 50, "NZD": 50,
    "MXN": 1000, "CHF": 50, "JPY": 50, "KWD": 10,
}  # fmt: skip
# Of currencies with three decimals Stripe takes only amounts whose last digit is 0.
# https://docs.stripe.com/currencies#three-decimal
_STEP_MINOR = {"KWD": 10}
_KEYS = timedelta(hours=23)  # Stripe forgets keys once they are 24 h old

STRIPE = Abilities(
    ways=(Way.CARD, Way.BANK),
    flows=(Flow.INLINE, Flow.REDIRECT),
    minimum_minor=_MINIMUM_MINOR,
    step_minor=_STEP_MINOR,
    attempt_lifetime=timedelta(hours=1),  # Stripe allows 30 minutes to 24 hours
    key_lifetime=_KEYS,
    refund_key_lifetime=_KEYS,
    lists=True,
    saves=(Way.CARD, Way.BANK),
)
