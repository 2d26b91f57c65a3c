"""Stripe's published test cards (https://docs.stripe.com/testing) and what each of them does."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Decline:
    """How a refused card is reported: the error's code, the issuer's decline_code, words for the payer, and
    Stripe's advice on trying it again."""

    code: str
    decline_code: str | None
    message: str
    advice: Literal["confirm_card_data", "do_not_try_again", "try_again_later"] | None = None


_DECLINED = "Your card was declined."
DECLINES = {
    "generic_decline": Decline("card_declined", "generic_decline", _DECLINED, "try_again_later"),
    "do_not_honor": Decline("card_declined", "do_not_honor", _DECLINED, "try_again_later"),
    "try_again_later": Decline("card_declined", "try_again_later", _DECLINED, "try_again_later"),
    "card_velocity_exceeded": Decline(
        "card_declined",
        "card_velocity_exceeded",
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
        "try_again_later",
    ),
    "insufficient_funds": Decline(
        "card_declined", "insufficient_funds", "Your card has insufficient funds.", "try_again_later"
    ),
    "lost_card": Decline("card_declined", "lost_card", _DECLINED, "do_not_try_again"),
    "stolen_card": Decline("card_declined", "stolen_card", _DECLINED, "do_not_try_again"),
    "pickup_card": Decline("card_declined", "pickup_card", _DECLINED, "do_not_try_again"),
    "fraudulent": Decline("card_declined", "fraudulent", _DECLINED, "do_not_try_again"),
    "expired_card": Decline("expired_card", "expired_card", "Your card has expired.", "do_not_try_again"),
    "incorrect_cvc": Decline(
        "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "confirm_card_data"
    ),
    "processing_error": Decline(
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
        "try_again_later",
    ),
    "authentication_required": Decline(
        "authentication_required",
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}


@dataclass(frozen=True)
class Card:
    """A test card. `test_ids` are the pm_card_… names that stand for it, `tokens` its tok_… names."""

    number: str
    brand: str = "visa"
    funding: str = "credit"
    test_ids: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    decline: str | None = None
    decline_only_charges: bool = False
    authentication: Literal["never", "unless_set_up", "always"] = "never"
    refund: Literal["succeeds", "fails_later", "pending"] = "succeeds"
    dispute: Literal["fraudulent", "product_not_received", "inquiry"] | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]


CARDS = (
    Card("4242424242424242", test_ids=("pm_card_visa",), tokens=("tok_visa",)),
    Card("4000056655665556", funding="debit", test_ids=("pm_card_visa_debit",), tokens=("tok_visa_debit",)),
    Card("5555555555554444", "mastercard", test_ids=("pm_card_mastercard",), tokens=("tok_mastercard",)),
    Card("378282246310005", "amex", test_ids=("pm_card_amex",), tokens=("tok_amex",)),
    Card("6011111111111117", "discover", test_ids=("pm_card_discover",), tokens=("tok_discover",)),
    Card(
        "4000000000000002",
        test_ids=("pm_card_chargeDeclined", "pm_card_visa_chargeDeclined"),
        tokens=("tok_chargeDeclined", "tok_visa_chargeDeclined"),
        decline="generic_decline",
    ),
    Card(
        "4000000000009995",
        test_ids=("pm_card_chargeDeclinedInsufficientFunds", "pm_card_visa_chargeDeclinedInsufficientFunds"),
        tokens=("tok_visa_chargeDeclinedInsufficientFunds",),
        decline="insufficient_funds",
    ),
    Card(
        "4000000000006975",
        test_ids=("pm_card_visa_chargeDeclinedVelocityLimitExceeded",),
        decline="card_velocity_exceeded",
    ),
    Card("4000000000009987", test_ids=("pm_card_visa_chargeDeclinedLostCard",), decline="lost_card"),
    Card("4000000000009979", test_ids=("pm_card_visa_chargeDeclinedStolenCard",), decline="stolen_card"),
    Card("4100000000000019", test_ids=("pm_card_radarBlock",), decline="fraudulent"),
    Card("4000000000000069", test_ids=("pm_card_chargeDeclinedExpiredCard",), decline="expired_card"),
    Card("4000000000000127", test_ids=("pm_card_chargeDeclinedIncorrectCvc",), decline="incorrect_cvc"),
    Card("4000000000000119", test_ids=("pm_card_chargeDeclinedProcessingError",), decline="processing_error"),
    Card(
        "4000000000000341",
        test_ids=("pm_card_chargeCustomerFail",),
        tokens=("tok_chargeCustomerFail",),
        decline="generic_decline",
        decline_only_charges=True,
    ),
    Card(
        "4000002500003155",
        test_ids=("pm_card_authenticationRequiredOnSetup",),
        authentication="unless_set_up",
    ),
    Card("4000002760003184", test_ids=("pm_card_authenticationRequired",), authentication="always"),
    Card("4000000000003220", test_ids=("pm_card_threeDSecure2Required",), authentication="always"),
    Card(
        "4000008260003178",
        test_ids=("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",),
        authentication="always",
        decline="insufficient_funds",
        decline_only_charges=True,
    ),
    Card("4000000000005126", test_ids=("pm_card_refundFail",), refund="fails_later"),
    Card("4000000000007726", test_ids=("pm_card_pendingRefund",), refund="pending"),
    Card(
        "4000000000000259",
        test_ids=("pm_card_createDispute",),
        tokens=("tok_createDispute",),
        dispute="fraudulent",
    ),
    Card(
        "4000000000002685",
        test_ids=("pm_card_createDisputeProductNotReceived",),
        dispute="product_not_received",
    ),
    Card("4000000000001976", test_ids=("pm_card_createDisputeInquiry",), dispute="inquiry"),
)

BY_NUMBER = {card.number: card for card in CARDS}
BY_TEST_ID = {name: card for card in CARDS for name in card.test_ids}
BY_TOKEN = {name: card for card in CARDS for name in card.tokens}


def luhn_ok(number: str) -> bool:
    """The check digit every card number ends in."""
    digits = [int(char) for char in reversed(number)]
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
