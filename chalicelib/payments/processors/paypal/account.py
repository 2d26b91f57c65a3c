"""One practice's PayPal app while it is being connected. https://developer.paypal.com/api/rest/webhooks/"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorForbids
from chalicelib.payments.ports.connections import PayPalConnection
from chalicelib.payments.processors.paypal.api import Api
from chalicelib.payments.processors.paypal.environments import Environment
from chalicelib.payments.processors.paypal.events import EVENTS
from chalicelib.payments.processors.paypal.shapes import (
    DisputesPage,
    TransactionsPage,
    Webhook,
    Webhooks,
)
from chalicelib.platform.ports import Clock

_WEBHOOKS = "/v1/notifications/webhooks"


class PayPalApp(PayPalConnection):
    def __init__(self, client_id: str, secret: str, environment: Environment, clock: Clock) -> None:
        self._api, self._clock = Api(client_id, secret, environment.base), clock

    def app_id(self) -> str:
        return self._api.token().app_id

    def lacking(self) -> Sequence[str]:
        trials: Mapping[str, Callable[[], object]] = {
            "Transaction search": self._search,
            "Disputes": lambda: self._api.get("/v1/customer/disputes", DisputesPage, page_size=1),
        }
        return [feature for feature, trial in trials.items() if not _may(trial)]

    def webhook(self, url: str) -> str:
        found = self._at(url)
        return found.id if found and not set(EVENTS) - {each.name for each in found.event_types} else ""

    def make_webhook(self, url: str) -> str:
        outdated = self._at(url)
        if outdated is not None:
            self._api.delete(f"{_WEBHOOKS}/{outdated.id}")
        body = {"url": url, "event_types": [{"name": name} for name in EVENTS]}
        return self._api.post(_WEBHOOKS, body, Webhook).id

    def _at(self, url: str) -> Webhook | None:
        known = self._api.get(_WEBHOOKS, Webhooks).webhooks
        return next((each for each in known if each.url == url), None)

    def _search(self) -> object:
        now = self._clock.now()
        start, end = (f"{instant(at)[:19]}Z" for at in (now - timedelta(days=1), now))
        path = "/v1/reporting/transactions"
        return self._api.get(path, TransactionsPage, start_date=start, end_date=end, page_size=1)


def _may(trial: Callable[[], object]) -> bool:
    try:
        trial()
    except ProcessorForbids:
        return False
    return True
