"""What a payer's bank says of a payment method: by test number, by date, or as the control API told."""

import datetime

from sandbox.stripe import banks, cards
from sandbox.stripe.banks import Bank
from sandbox.stripe.cards import Card
from sandbox.stripe.errors import Json
from sandbox.stripe.scope import Scope


def card_of(scope: Scope, method: Json) -> Card:
    return cards.BY_NUMBER[scope.private("payment_method", method["id"])["number"]]


def bank_of(scope: Scope, method: Json) -> Bank:
    return banks.BY_NUMBER[scope.private("payment_method", method["id"])["number"]]


def refund_of(scope: Scope, method: Json) -> str:
    """What a refund to it does; one to a bank account takes its time."""
    return "pending" if method["type"] == banks.TYPE else card_of(scope, method).refund


def dispute_of(scope: Scope, method: Json) -> str:
    """Why its bank takes a payment back, unless somebody says why."""
    if method["type"] == banks.TYPE:
        return bank_of(scope, method).disputed or banks.UNAUTHORIZED
    return card_of(scope, method).dispute or "fraudulent"


def mark(scope: Scope, method: Json, **flags: object) -> None:
    """Keep `used` (spent unless attached), `set_up` (authenticated for later) or more, unseen."""
    scope.save(method, scope.private("payment_method", method["id"]) | flags)


def is_set_up(scope: Scope, method: Json) -> bool:
    return bool(scope.private("payment_method", method["id"])["set_up"])


def charge_decline(scope: Scope, method: Json) -> str | None:
    """Why a charge of the card is declined: a name of cards.DECLINES, or None."""
    told: str | None = scope.private("payment_method", method["id"]).get("decline")
    return told or ("expired_card" if _expired(scope, method) else card_of(scope, method).decline)


def setup_decline(scope: Scope, method: Json) -> str | None:
    """Why the card cannot be saved. One that declines charges only can."""
    if _expired(scope, method):
        return "expired_card"
    card = card_of(scope, method)
    return None if card.decline_only_charges else card.decline


def declined_at_once(scope: Scope, method: Json) -> bool:
    """Whether the bank says no before it asks the payer anything."""
    later = card_of(scope, method).decline_only_charges
    return charge_decline(scope, method) is not None and not later


def _expired(scope: Scope, method: Json) -> bool:
    """A card is good to the end of its month."""
    today = datetime.datetime.fromtimestamp(scope.now, datetime.UTC)
    card = method["card"]
    return (card["exp_year"], card["exp_month"]) < (today.year, today.month)
