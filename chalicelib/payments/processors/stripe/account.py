"""One practice's Stripe account while it is being connected. https://docs.stripe.com/keys/restricted-api-keys"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.kernel.formatting import one_line
from chalicelib.kernel.outside import ProcessorDenied, ProcessorForbids, ProcessorRefused
from chalicelib.payments.ports.connections import (
    STRIPE_RIGHTS,
    Ability,
    Connection,
    EventAddress,
    ProcessorAccount,
    Right,
    WalletDomain,
)
from chalicelib.payments.processors.stripe.answers import heard
from chalicelib.payments.processors.stripe.client import API_VERSION, client
from chalicelib.payments.processors.stripe.facts import code

Object = Mapping[str, Any]
DESCRIPTION = "Billfold"
_WALLETS = ("apple_pay", "google_pay")
_NOTHING = "none_of_billfold"  # no object has that id
# Stripe asks what a key may do before it looks for the object: a trial of the right to write changes nothing.
_TRIALS: Mapping[str, Callable[[Any], object]] = {
    "rak_checkout_session_write": lambda api: api.checkout.sessions.expire(f"cs_test_{_NOTHING}"),
    "rak_payment_intent_write": lambda api: api.payment_intents.cancel(f"pi_{_NOTHING}"),
    "rak_charge_write": lambda api: api.refunds.create({"payment_intent": f"pi_{_NOTHING}"}),
    "rak_dispute_read": lambda api: api.disputes.list({"limit": 1}),
    "rak_balance_transaction_source_read": lambda api: api.balance_transactions.list({"limit": 1}),
    "rak_event_read": lambda api: api.events.list({"limit": 1}),
    "rak_accounts_kyc_basic_read": lambda api: api.accounts.retrieve_current(),
    "rak_customer_write": lambda api: api.customers.update(f"cus_{_NOTHING}", {"metadata": {}}),
    "rak_payment_method_write": lambda api: api.payment_methods.detach(f"pm_{_NOTHING}"),
    "rak_setup_intent_write": lambda api: api.setup_intents.cancel(f"seti_{_NOTHING}"),
    "rak_mandate_read": lambda api: api.mandates.retrieve(f"mandate_{_NOTHING}"),
    "rak_payment_method_domain_write": lambda api: api.payment_method_domains.update(
        f"pmd_{_NOTHING}", {"enabled": True}
    ),
    "rak_webhook_write": lambda api: api.webhook_endpoints.update(
        f"we_{_NOTHING}", {"description": DESCRIPTION}
    ),
}


class StripeConnection(Connection):
    """`api_base` is Stripe's own address, or the sandbox's."""

    version = API_VERSION

    def __init__(self, secret_key: str, api_base: str) -> None:
        self._api = client(secret_key, api_base)

    @heard
    def account(self) -> ProcessorAccount:
        return account(self._api.accounts.retrieve_current().to_dict())

    def lacking(self) -> Sequence[Right]:
        return [right for right in STRIPE_RIGHTS if not self._may(right)]

    def _may(self, right: Right) -> bool:
        try:
            heard(_TRIALS[right.name])(self._api)
        except ProcessorForbids:
            return False
        except ProcessorDenied:
            raise
        except ProcessorRefused:  # there is no such object: it looked
            pass
        return True

    @heard
    def addresses(self, url: str) -> Sequence[EventAddress]:
        found = self._api.webhook_endpoints.list({"limit": 100}).auto_paging_iter()
        return [address for each in found if (address := _address(each.to_dict())).url == url]

    @heard
    def add_address(self, url: str, events: Sequence[str]) -> tuple[EventAddress, str]:
        params = {
            "url": url,
            "enabled_events": list(events),
            "api_version": API_VERSION,
            "description": DESCRIPTION,
        }
        made = self._api.webhook_endpoints.create(params).to_dict()
        return _address(made), str(made["secret"])

    @heard
    def renew_address(self, address: EventAddress, events: Sequence[str]) -> EventAddress:
        params = {"enabled_events": list(events), "disabled": False}
        return _address(self._api.webhook_endpoints.update(address.id, params).to_dict())

    @heard
    def wallet_domain(self, name: str) -> WalletDomain:
        made = self._api.payment_method_domains.create({"domain_name": name})
        found = self._api.payment_method_domains.validate(made.id).to_dict()
        why = {wallet: _inactive(found.get(wallet) or {}) for wallet in _WALLETS}
        return WalletDomain(name, {wallet: said for wallet, said in why.items() if said})


def _inactive(wallet: Object) -> str:
    """Why it is not offered; "" where it is."""
    if wallet.get("status") != "inactive":
        return ""
    return one_line((wallet.get("status_details") or {}).get("error_message") or "no reason is told")


def account(found: Object) -> ProcessorAccount:
    business, able = found.get("business_profile") or {}, found.get("capabilities") or {}
    dashboard = (found.get("settings") or {}).get("dashboard") or {}
    return ProcessorAccount(
        id=found["id"],
        name=one_line(business.get("name") or dashboard.get("display_name") or ""),
        country=found.get("country") or "",
        currency=code(found.get("default_currency") or ""),
        category=business.get("mcc") or "",
        charges_enabled=bool(found.get("charges_enabled")),
        payouts_enabled=bool(found.get("payouts_enabled")),
        cards=_ability(able.get("card_payments")),
        bank_debits=_ability(able.get("us_bank_account_ach_payments")),
    )


def _ability(word: str | None) -> Ability:
    return Ability(word) if word in set(Ability) else Ability.UNTOLD


def _address(found: Object) -> EventAddress:
    return EventAddress(
        id=found["id"],
        url=found["url"],
        events=tuple(found["enabled_events"]),
        enabled=found["status"] == "enabled",
        version=found.get("api_version") or "",
    )
