"""What a restricted key (`rk_…`) may do: what the control API has given it, and until then nothing.

Stripe names the right that is missing in its error. No published document of the API says which call needs
which; the names here are those of error messages that people have reported.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sandbox.stripe.errors import refuse

# By what a path begins with; the first that fits.
_NAMES = {
    "/v1/account": "accounts_kyc_basic",
    "/v1/balance_transactions": "balance_transaction_source",
    "/v1/charges": "charge",
    "/v1/checkout/sessions": "checkout_session",
    "/v1/customers/{customer}/payment_methods": "payment_method",
    "/v1/customers": "customer",
    "/v1/disputes": "dispute",
    "/v1/events": "event",
    "/v1/mandates": "mandate",
    "/v1/payment_intents": "payment_intent",
    "/v1/payment_method_domains": "payment_method_domain",
    "/v1/payment_methods": "payment_method",
    "/v1/refunds": "charge",
    "/v1/setup_attempts": "setup_intent",
    "/v1/setup_intents": "setup_intent",
    "/v1/webhook_endpoints": "webhook",
}
# Of objects that are not called as their right is.
_OF_KINDS = {
    "balance_transaction": "balance_transaction_source",
    "refund": "charge",
    "setup_attempt": "setup_intent",
}


@dataclass(frozen=True)
class Rights:
    """A key's. `given` None: a secret key, which may do everything. `key` is masked."""

    key: str
    account: str
    given: Collection[str] | None

    def call(self, method: str, template: str) -> None:
        """Raises right_missing unless the key may do that operation."""
        name = next(name for start, name in _NAMES.items() if template.startswith(start))
        self._require(name, "read" if method == "GET" else "write")

    def show(self, kind: str) -> None:
        """Raises right_missing unless the key may see objects of that kind, which `expand` would show it."""
        self._require(_OF_KINDS.get(kind, kind), "read")

    def _require(self, name: str, level: str) -> None:
        enough = {f"rak_{name}_{level}", f"rak_{name}_write"}
        if self.given is not None and not enough & set(self.given):
            right = f"rak_{name}_{level}"
            raise refuse("right_missing", key=self.key, account=self.account, right=right)
