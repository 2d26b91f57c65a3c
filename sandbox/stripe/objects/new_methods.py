"""New payment methods as Stripe makes them from what a payer gives: attached to nobody, never yet used.

A fingerprint is of the number alone, whatever the expiry: per account and per kind, so that a wallet's
differs from the card's that is in it.
"""

import datetime
import hashlib

from sandbox.stripe import banks
from sandbox.stripe.banks import Bank
from sandbox.stripe.cards import Card
from sandbox.stripe.errors import Json
from sandbox.stripe.scope import Scope

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
# The last four of the number that a device holds in place of the card's.
WALLETS = {"apple_pay": "1001", "google_pay": "1002"}


def billing(details: Json | None) -> Json:
    """billing_details with every field present; an empty one is none."""
    given = {key: value or None for key, value in (details or {}).items()}
    address = {key: value or None for key, value in (_NO_ADDRESS | (given.get("address") or {})).items()}
    return {"email": None, "name": None, "phone": None, "tax_id": None} | given | {"address": address}


def fingerprint(scope: Scope, kind: str, number: str) -> str:
    return hashlib.sha256(f"{scope.account}:{kind}:{number}".encode()).hexdigest()[:16]


def from_card(
    scope: Scope,
    card: Card,
    *,
    details: Json | None = None,
    expiry: tuple[int, int] | None = None,
    wallet: str | None = None,
) -> Json:
    """Of a test card, typed or out of a wallet (a name of WALLETS)."""
    year = datetime.datetime.fromtimestamp(scope.now, datetime.UTC).year
    month, year = expiry or (12, year + 1)
    shown = {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": fingerprint(scope, wallet or "card", card.number),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": {"type": wallet, wallet: {}, "dynamic_last4": WALLETS[wallet]} if wallet else None,
    }
    return _saved(scope, "card", shown, details, card.number)


def from_bank(scope: Scope, bank: Bank, *, details: Json, by_deposit: bool = False) -> Json:
    """Of a test bank account, verified at once or by a test deposit. `details` has the holder's name."""
    shown = {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": banks.BANK_NAME,
        "financial_connections_account": None,
        "fingerprint": fingerprint(scope, banks.TYPE, bank.number),
        "last4": bank.last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": banks.ROUTING_NUMBER,
        "status_details": {},
    }
    return _saved(scope, banks.TYPE, shown, details, bank.number, by_deposit=by_deposit)


def _saved(scope: Scope, kind: str, shown: Json, details: Json | None, number: str, **more: bool) -> Json:
    method = scope.new(
        "payment_method",
        allow_redisplay="unspecified",
        billing_details=billing(details),
        metadata={},
        type=kind,
    )
    return scope.save(method | {kind: shown}, {"number": number, "used": False, "set_up": False} | more)
