"""What a payment was paid with, in facts that words are made of. Pure."""

from dataclasses import dataclass

CARD, BANK = "card", "bank"


@dataclass(frozen=True, slots=True)
class Method:
    """`kind` is "card", "bank", "paypal" …, or how money reaches the practice outside Billfold ("cash",
    "check", "other"). `brand` is a card's as people know it ("Visa"), or the bank's name; `expiry` a card's,
    YYYY-MM; `wallet` what the card was in ("apple_pay"). "" where the processor does not say.
    """

    kind: str
    brand: str = ""
    last4: str = ""
    expiry: str = ""
    wallet: str = ""
