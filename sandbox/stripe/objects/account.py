"""/v1/account: the practice's own account, as the control API has set it."""

import hashlib

from sandbox.stripe import schema
from sandbox.stripe.errors import Json
from sandbox.stripe.params import only
from sandbox.stripe.scope import Scope

_CREATED = 1_700_000_000


def retrieve(scope: Scope, params: Json) -> Json:
    only(params)
    paid_out_in = scope.store.setting(f"settles:{scope.account}", ["usd", "1"])[0]
    return _merged(_usual(paid_out_in, scope.account), told(scope))


def told(scope: Scope) -> Json:
    """What the control API said of the account so far."""
    found: Json = scope.store.setting(f"account:{scope.account}", {})
    return found


def change(scope: Scope, changes: Json) -> Json:
    """Fields of the account from now on; objects are merged."""
    scope.store.set_setting(f"account:{scope.account}", _merged(told(scope), changes))
    return retrieve(scope, {})


def ident(account: str) -> str:
    return f"acct_{hashlib.sha256(account.encode()).hexdigest()[:16]}"


def _usual(currency: str, account: str) -> Json:
    """A practice in the United States that may do everything, with Stripe's category for health."""
    capabilities = ("card_payments", "link_payments", "transfers", "us_bank_account_ach_payments")
    return schema.new(
        "account",
        id=ident(account),
        business_profile={"mcc": "8099", "name": account.title()},
        capabilities=dict.fromkeys(capabilities, "active"),
        charges_enabled=True,
        country="US",
        created=_CREATED,
        default_currency=currency,
        details_submitted=True,
        metadata={},
        payouts_enabled=True,
        settings={
            "branding": {},
            "card_payments": {},
            "dashboard": {"display_name": account.title(), "timezone": "America/New_York"},
            "payments": {"statement_descriptor": account.upper()[:22]},
        },
        type="standard",
    )


def _merged(before: Json, changes: Json) -> Json:
    whole = dict(before)
    for name, value in changes.items():
        inside = before.get(name)
        merge = isinstance(inside, dict) and isinstance(value, dict)
        whole[name] = _merged(before[name], value) if merge else value
    return whole
