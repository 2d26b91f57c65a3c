"""The shipped PayPal adapter, whose calls end in the world of the moment instead of the network."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from chalicelib.kernel.outside import ProcessorRefused, ProcessorTimeout
from chalicelib.payments.ports.processors import News
from chalicelib.payments.processors.paypal import events
from chalicelib.payments.processors.paypal.api import Api
from chalicelib.payments.processors.paypal.client import PayPalProcessor
from tests.soak.faults import Fault
from tests.soak.paypal_house import PayPalHouse
from tests.soak.world import World

Shape = TypeVar("Shape")
Of = Callable[[], World]
_ORDERS, _CAPTURES, _REFUNDS = "/v2/checkout/orders", "/v2/payments/captures", "/v2/payments/refunds"
_DISPUTES, _BOOKS = "/v1/customer/disputes", "/v1/reporting/transactions"


class StageApi(Api):
    """Each call is one of the world's boundaries. `of`: the world of the moment."""

    def __init__(self, practice: str, of: Of) -> None:
        self._practice, self._of = practice, of

    def get(self, path: str, shape: type[Shape], **query: str | int) -> Shape:
        house, (place, _, name) = self._house, path.rpartition("/")
        asked: Mapping[str, Callable[[], dict[str, Any]]] = {
            _ORDERS: lambda: house.order(name),
            _CAPTURES: lambda: house.capture(name),
            _REFUNDS: lambda: house.refund_told(name),
            _DISPUTES: lambda: house.dispute_told(name),
            _DISPUTES.rpartition("/")[0]: lambda: house.disputes(
                str(query.get("disputed_transaction_id", "")), str(query.get("update_time_after", ""))
            ),
            _BOOKS.rpartition("/")[0]: lambda: house.transactions(
                str(query["start_date"]), str(query["end_date"])
            ),
        }  # fmt: skip
        return self._heard("look", lambda _: asked[place](), shape)

    def post(
        self, path: str, body: Mapping[str, Any], shape: type[Shape], *, key: str = "", whole: bool = False
    ) -> Shape:
        house, sent = self._house, dict(body)
        if path == _ORDERS:
            return self._heard("order", lambda _: house.create(sent, key), shape)
        place, _, act = path.rpartition("/")
        name = place.rpartition("/")[2]
        if act == "refund":
            return self._heard("give_back", lambda _: house.refund(name, sent, key), shape)
        assert act == "capture", path
        return self._heard("capture", lambda fault: house.take(name, fault=fault), shape, of=name)

    def _heard(
        self, call: str, effect: Callable[[Fault], dict[str, Any]], shape: type[Shape], *, of: str = ""
    ) -> Shape:
        def failing(fault: Fault) -> Exception:
            if fault is Fault.LATE:
                self._house.takes_long(of)
            return ProcessorRefused("refused") if fault is Fault.REFUSED else ProcessorTimeout("no answer")

        return msgspec.convert(self._of().boundary(f"processor.{call}", effect, failing), shape)

    @property
    def _house(self) -> PayPalHouse:
        return self._of().paypal(self._practice)


class StagePayPal(PayPalProcessor):
    """Signatures are tried elsewhere: what comes here is taken for signed."""

    def __init__(self, practice: str, of: Of) -> None:
        self._now = lambda: of().now()
        self._api = StageApi(practice, of)

    def news(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> News:
        return events.read(raw)
