"""Each practice's processors, made from its own credentials when first needed."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.payments.domain.abilities import Abilities
from chalicelib.payments.domain.ways import PROCESSORS
from chalicelib.payments.ports.processors import Processor, Processors
from chalicelib.payments.processors.paypal.abilities import PAYPAL
from chalicelib.payments.processors.paypal.environments import environment_of
from chalicelib.payments.processors.stripe.abilities import STRIPE
from chalicelib.platform.keys import ProcessorCredentials
from chalicelib.settings import Settings, check_paypal_client, check_stripe_key

_ABILITIES = dict(zip(PROCESSORS, (STRIPE, PAYPAL), strict=True))
KNOWN = tuple(_ABILITIES)


class CredentialProcessors(Processors):
    """Rebuilt when the credentials change; keys of the wrong kind for the address are refused."""

    def __init__(self, credentials: ProcessorCredentials, settings: Settings) -> None:
        self._credentials = credentials
        self._settings = settings
        self._made: dict[tuple[str, str, str], Processor] = {}
        self._lock = threading.Lock()

    def abilities(self, name: str) -> Abilities:
        if name not in _ABILITIES:
            raise NotFound("processor_not_found")
        return _ABILITIES[name]

    def of(self, practice: str, name: str) -> Processor:
        self.abilities(name)  # else anybody could have the parameter store asked for any name
        credentials = self._credentials.of(practice, name)
        if credentials is None:
            raise Refused("payments_disabled")
        key = (practice, name, repr(sorted(credentials.items())))
        with self._lock:
            if key not in self._made:
                self._made[key] = {"stripe": self._stripe, "paypal": self._paypal}[name](credentials)
            return self._made[key]

    def _stripe(self, credentials: Mapping[str, Any]) -> Processor:
        from chalicelib.payments.processors.stripe.client import StripeProcessor

        check_stripe_key(credentials["secret_key"], self._settings)
        check_stripe_key(credentials["publishable_key"], self._settings)
        return StripeProcessor(
            secret_key=credentials["secret_key"],
            publishable_key=credentials["publishable_key"],
            webhook_secrets=credentials.get("webhook_secrets", ()),
            api_base=self._settings.stripe_api,
            script_url=self._settings.stripe_js,
        )

    def _paypal(self, credentials: Mapping[str, Any]) -> Processor:
        from chalicelib.payments.processors.paypal.client import PayPalProcessor

        live = bool(credentials.get("live", True))
        check_paypal_client(credentials["client_id"], self._settings, live=live)
        return PayPalProcessor(
            client_id=credentials["client_id"],
            secret=credentials["secret"],
            webhook_id=credentials.get("webhook_id", ""),
            environment=environment_of(credentials, self._settings.paypal_api),
            now=lambda: datetime.now(UTC),
        )
