"""Who pays, and what becomes of it: by the e-mail address (or the card number) typed on the approval page.

Everything about a payer is made up, and told as PayPal tells it: a program that keeps or logs any of it can
be caught by looking for these texts.
"""

from dataclasses import dataclass

from sandbox.paypal.scope import account_id
from sandbox.standin.exchange import Json

ECHECK = "ECHECK"


@dataclass(frozen=True)
class Behaviour:
    """What a capture meets. `issue` refuses it (`times`: so often, -1 always); else one capture comes of each
    of `captures`. A PENDING one has `reason`, and becomes `ends` after a minute ("" never)."""

    issue: str = ""
    times: int = -1
    captures: tuple[str, ...] = ("COMPLETED",)
    reason: str = ""
    ends: str = ""


BEHAVIOURS: dict[str, Behaviour] = {
    "declined": Behaviour("INSTRUMENT_DECLINED"),
    "declined-once": Behaviour("INSTRUMENT_DECLINED", times=1),
    "action": Behaviour("PAYER_ACTION_REQUIRED", times=1),
    "pending": Behaviour(captures=("PENDING",), reason="PENDING_REVIEW", ends="COMPLETED"),
    "denied": Behaviour(captures=("PENDING",), reason="PENDING_REVIEW", ends="DECLINED"),
    "echeck": Behaviour(captures=("PENDING",), reason=ECHECK, ends="COMPLETED"),
    "stuck": Behaviour(captures=("PENDING",), reason="RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION"),
    "captured-declined": Behaviour(captures=("DECLINED",), reason="DECLINED_BY_RISK_FRAUD_FILTERS"),
    "captured-failed": Behaviour(captures=("FAILED",)),
    "second-try": Behaviour(captures=("DECLINED", "COMPLETED"), reason="OTHER"),
    "twice": Behaviour(captures=("COMPLETED", "COMPLETED")),
    "restricted": Behaviour("PAYER_ACCOUNT_RESTRICTED"),
    "locked": Behaviour("PAYER_ACCOUNT_LOCKED_OR_CLOSED"),
    "cannot": Behaviour("PAYER_CANNOT_PAY"),
    "funding": Behaviour("REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", times=1),
    "refused": Behaviour("TRANSACTION_REFUSED"),
    "violation": Behaviour("COMPLIANCE_VIOLATION"),
    "seller-restricted": Behaviour("TRANSACTION_BLOCKED_BY_PAYEE"),
    "limit": Behaviour("TRANSACTION_RECEIVING_LIMIT_EXCEEDED"),
}
CARDS: dict[str, Behaviour] = {
    "4111111111111111": Behaviour(),
    "5555555555554444": Behaviour(),
    "4000000000000002": BEHAVIOURS["declined"],
    "4000000000000101": BEHAVIOURS["captured-declined"],
}


def behaviour(email: str, card: str = "") -> Behaviour:
    """By the part of the address before the @; what is not listed there pays."""
    return CARDS[card] if card else BEHAVIOURS.get(email.partition("@")[0].lower(), Behaviour())


NAME = {"given_name": "Canaria", "surname": "Payerling"}
PHONE = "2025550147"
BIRTH_DATE = "1979-02-03"
TAX = {"tax_id": "52998224725", "tax_id_type": "BR_CPF"}
ADDRESS = {
    "address_line_1": "17 Canary Lane",
    "admin_area_2": "Payerville",
    "admin_area_1": "MA",
    "postal_code": "02139",
    "country_code": "US",
}


def canaries(email: str) -> list[str]:
    """Every text about a payer that must not be found anywhere in a program that paid with it."""
    own = [NAME["surname"], NAME["given_name"], PHONE, BIRTH_DATE, TAX["tax_id"]]
    return [*own, ADDRESS["address_line_1"], account_id(email), email]


def source(email: str, *, guest: bool) -> Json:
    """payment_source of an approved order; a guest who paid by card is a payer without a verified account."""
    paypal: Json = {
        "email_address": email,
        "account_id": account_id(email),
        "account_status": "UNVERIFIED" if guest else "VERIFIED",
        "name": dict(NAME),
        "phone_number": {"national_number": PHONE},
        "birth_date": BIRTH_DATE,
        "tax_info": dict(TAX),
        "address": dict(ADDRESS),
    }
    return {"paypal": paypal}


def payer(email: str) -> Json:
    """The deprecated `payer` of an order, which is still answered."""
    return {
        "name": dict(NAME),
        "email_address": email,
        "payer_id": account_id(email),
        "phone": {"phone_number": {"country_code": "1", "national_number": PHONE}},
        "birth_date": BIRTH_DATE,
        "tax_info": dict(TAX),
        "address": dict(ADDRESS),
    }


def shipping() -> Json:
    """What comes of `shipping_preference=GET_FROM_FILE`, which is the default."""
    name = f"{NAME['given_name']} {NAME['surname']}"
    return {"name": {"full_name": name}, "address": dict(ADDRESS)}
