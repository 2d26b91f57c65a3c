"""One practice's PayPal account: orders by redirect, taken once their payer has approved them.

PayPal learns opaque ids, an amount and "Professional services". An order cannot be listed or ended, and only
our capture takes its money.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from itertools import islice
from typing import ParamSpec, TypeVar

import msgspec

from chalicelib.kernel.outside import ProcessorRefused, ProcessorTimeout
from chalicelib.payments.ports.movements import Movement, MovementsPage
from chalicelib.payments.ports.processors import (
    Attempt,
    Books,
    Completes,
    Disputed,
    Facts,
    News,
    ObjectKind,
    Opened,
    Redirect,
    Reference,
    Refunded,
    Stage,
    TellsDisputes,
    WebhookInvalid,
)
from chalicelib.payments.processors.paypal import books, events
from chalicelib.payments.processors.paypal.abilities import PAYPAL
from chalicelib.payments.processors.paypal.amounts import written
from chalicelib.payments.processors.paypal.api import Api
from chalicelib.payments.processors.paypal.disputes import DECIDED, disputed, lost, next_token
from chalicelib.payments.processors.paypal.environments import Environment
from chalicelib.payments.processors.paypal.orders import (
    approval_url,
    facts,
    order_body,
    refunded,
    refunded_capture,
)
from chalicelib.payments.processors.paypal.shapes import Capture, Dispute, DisputesPage, Order, Refund
from chalicelib.payments.processors.paypal.signatures import Signatures

P = ParamSpec("P")
R = TypeVar("R")
_ORDERS, _CAPTURES, _DISPUTES = "/v2/checkout/orders", "/v2/payments/captures", "/v1/customer/disputes"
_PAGE = 50  # disputes, the most that PayPal gives at once
_TAKEN = frozenset({"ORDER_ALREADY_CAPTURED", "DUPLICATE_INVOICE_ID"})
# Of a capture: the payer can approve another way to pay on the same page.
_BACK = frozenset({
    "INSTRUMENT_DECLINED",
    "PAYER_ACTION_REQUIRED",
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
    "PAYER_ACCOUNT_RESTRICTED",
})  # fmt: skip


def heard(call: Callable[P, R]) -> Callable[P, R]:
    """What was answered and cannot be right counts as no answer."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except (LookupError, ValueError, ArithmeticError) as error:
            raise ProcessorTimeout("unreadable") from error

    return run


class PayPalProcessor(Completes, Books, TellsDisputes):
    """`webhook_id`: of the address that its events come to, in every signature of theirs; "" takes none."""

    name = "paypal"
    abilities = PAYPAL

    def __init__(
        self,
        *,
        client_id: str,
        secret: str,
        webhook_id: str,
        environment: Environment,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._api = Api(client_id, secret, environment.base)
        self._webhook_id = webhook_id
        self._signatures = Signatures(environment, self._api.fetch)

    @heard
    def open(self, attempt: Attempt) -> Opened:
        body = order_body(attempt)
        # What PayPal does with the key of another body is not published: no two bodies have the same.
        told = msgspec.json.encode([attempt.account_id, attempt.payment_id, body])
        order = self._api.post(_ORDERS, body, Order, key=f"order-{hashlib.sha256(told).hexdigest()}")
        return Opened(order.id, Redirect(approval_url(order.links)))

    @heard
    def look(self, about: Reference) -> Facts | None:
        if about.kind is ObjectKind.SESSION:
            return facts(self._order(about.id))
        if about.kind is ObjectKind.PAYMENT:
            return self._of_capture(about.id, about.within)
        if about.kind is ObjectKind.REVERSED:
            found = self._of_capture(about.id, about.within)
            return replace(found, disputes=self.disputes(about.id), reversed=True) if found else None
        if about.kind is ObjectKind.REFUND:
            refund = self._api.get(f"/v2/payments/refunds/{about.id}", Refund)
            return self._of_capture(refunded_capture(refund.links))
        return self._of_dispute(about.id) if about.kind is ObjectKind.DISPUTE else None

    @heard
    def dispute(self, dispute_id: str) -> Sequence[tuple[str, Disputed]]:
        found = self._api.get(f"{_DISPUTES}/{dispute_id}", Dispute)
        captures = [each.seller_transaction_id for each in found.disputed_transactions]
        return [(capture_id, disputed(found, capture_id)) for capture_id in captures if capture_id]

    @heard
    def disputes(self, intent_id: str) -> Sequence[Disputed]:
        """The list has no movements: each is asked for."""
        page = self._api.get(_DISPUTES, DisputesPage, disputed_transaction_id=intent_id, page_size=_PAGE)
        told = [dict(self.dispute(each.dispute_id)).get(intent_id) for each in page.items]
        return tuple(found for found in told if found)

    @heard
    def expire(self, session_id: str) -> Facts:
        """An order cannot be ended."""
        return self._ours(facts(self._order(session_id)))

    @heard
    def complete(self, session_id: str) -> Facts:
        """Without a key: PayPal takes an order's money once, and what it refused under a key it might go on
        refusing when its payer has approved another way."""
        try:
            order = self._api.post(f"{_ORDERS}/{session_id}/capture", {}, Order, whole=True)
            return self._ours(facts(order))
        except ProcessorRefused as refusal:
            if refusal.code not in _TAKEN | _BACK:
                raise
            found = self._ours(facts(self._order(session_id)))
            if refusal.code in _BACK:
                return replace(found, stage=Stage.OPEN) if found.stage is Stage.APPROVED else found
            if found.stage in (Stage.OPEN, Stage.APPROVED):  # paid, by another order of the same attempt
                raise ProcessorTimeout(refusal.code) from refusal
            return found

    @heard
    def refund(self, *, intent_id: str, refund_id: str, amount_minor: int) -> Refunded:
        capture = self._api.get(f"{_CAPTURES}/{intent_id}", Capture)
        amount = written(amount_minor, capture.amount.currency_code)
        body = {"amount": amount, "custom_id": refund_id}
        key = f"refund-{hashlib.sha256(f'{intent_id} {refund_id}'.encode()).hexdigest()}"
        made = self._api.post(f"{_CAPTURES}/{intent_id}/refund", body, Refund, key=key, whole=True)
        return refunded(made)

    def news(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> News:
        if len(raw) > events.MAX_BYTES:
            raise WebhookInvalid("too_large")
        if not self._webhook_id:
            raise WebhookInvalid("signature")
        self._signatures.check(headers, raw, self._webhook_id, now=now)
        return events.read(raw)

    @heard
    def movements(self, *, since: datetime, cursor: str) -> MovementsPage:
        known = dict[str, Sequence[Movement]]()

        def moved(capture_id: str) -> Sequence[Movement]:
            if capture_id not in known:
                found = self.disputes(capture_id)
                known[capture_id] = [each for dispute in found for each in dispute.movements]
            return known[capture_id]

        page = books.movements(self._api, moved, since=since, cursor=cursor, now=self._now())
        # A decision moves no money and is no row of the search: of one that nobody heard only the cases tell.
        return page if cursor else replace(page, rows=[*page.rows, *self._lost(since)])

    def _lost(self, since: datetime) -> Iterator[Movement]:
        """Of disputes that changed since then, those that stand decided against the practice."""
        query: dict[str, str | int] = {"update_time_after": books.second(since), "page_size": _PAGE}
        while query:
            page = self._api.get(_DISPUTES, DisputesPage, **query)
            for each in (each for each in page.items if each.status == DECIDED):
                told = (lost(case, capture_id) for capture_id, case in self.dispute(each.dispute_id))
                yield from filter(None, islice(told, 1))
            token = next_token(page.links)
            query = {**query, "next_page_token": token} if token else {}

    def _order(self, order_id: str) -> Order:
        return self._api.get(f"{_ORDERS}/{order_id}", Order)

    def _of_capture(self, capture_id: str, order_id: str = "") -> Facts | None:
        """By its order, which alone tells of its refunds."""
        if not order_id:
            capture = self._api.get(f"{_CAPTURES}/{capture_id}", Capture)
            order_id = capture.supplementary_data.related_ids.order_id
        return facts(self._order(order_id), capture_id) if order_id else None

    def _of_dispute(self, dispute_id: str) -> Facts | None:
        """A case may be about several payments: it is about the first that is one of ours."""
        for capture_id, told in self.dispute(dispute_id):
            if found := self._of_capture(capture_id):
                return replace(found, disputes=(told,))
        return None

    def _ours(self, found: Facts | None) -> Facts:
        if found is None:
            raise ProcessorRefused("not_ours")
        return found
