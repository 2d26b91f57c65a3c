"""PayPal with a mind and a log of its own, as its API answers: the shipped adapter asks it.

Its rules are PayPal's: an order lives six hours and is taken once, by whoever asks first; one whose money is
being taken says so; what is pending is decided days later; refunds under one key are one refund. Whatever
is told of a dispute are its movements of money. `log` is what it knows, as plain rows, for the auditor.
"""

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

from chalicelib.kernel.outside import ProcessorMissing, ProcessorRefused, ProcessorTimeout
from tests.soak.faults import Fault
from tests.soak.paypal_objects import Capture, Dispute, Order, Refund, text
from tests.soak.processor import LogRow

ORDER_LIVES = timedelta(hours=6)
DISPUTE_FEE_MINOR = 2000
Send = Callable[[str, str], None]  # practice, body
Json = dict[str, Any]
T = TypeVar("T")


class PayPalHouse:
    """One practice's account. Beside the API it is used as `processor.House` is: by payers, staff, time."""

    def __init__(
        self,
        practice: str,
        seeded: random.Random,
        now: Callable[[], datetime],
        send: Send,
        log: list[LogRow],
    ) -> None:
        self.practice = practice
        self.orders: dict[str, Order] = {}
        self.intents: dict[str, Capture] = {}
        self._random, self._now, self._send, self._log = seeded, now, send, log
        self._keys: dict[str, Order | Refund] = {}
        self._events = 0

    # what Billfold asks

    def create(self, body: Json, key: str) -> Json:
        kept = self._keys.get(key)
        if not isinstance(kept, Order):
            (unit,) = body["purchase_units"]
            account, _, payment = unit["custom_id"].partition(":")
            name, amount = f"ORD{self.practice}{len(self.orders)}", unit["amount"]
            kept = self._keys[key] = self.orders[name] = Order(
                name, account, payment, round(float(amount["value"]) * 100), unit["invoice_id"], self._now()
            )
        return kept.told()

    def order(self, name: str) -> Json:
        return self._order(name).told()

    def take(self, name: str, *, fault: Fault = Fault.NONE) -> Json:
        """Its capture: whole, or refused as PayPal refuses."""
        order = self._order(name)
        if order.under_way and fault is not Fault.LATE:
            raise ProcessorTimeout("ORDER_COMPLETION_IN_PROGRESS")
        order.under_way = False
        if order.captures:
            raise ProcessorRefused("ORDER_ALREADY_CAPTURED")
        if not order.approved:
            raise ProcessorRefused("ORDER_NOT_APPROVED")
        paid = (each for each in self.orders.values() if each.captures and each is not order)
        if any(each.invoice_id == order.invoice_id for each in paid):
            raise ProcessorRefused("DUPLICATE_INVOICE_ID")
        how = self._random.choices(("COMPLETED", "PENDING", "no", "DECLINED"), (14, 3, 3, 1))[0]
        if how == "no":
            raise ProcessorRefused("INSTRUMENT_DECLINED")
        self._captured(order, how)
        return order.told()

    def takes_long(self, name: str) -> None:
        """A capture has arrived, and is worked on for longer than anybody waits for it."""
        if name in self.orders and not self.orders[name].captures:
            self.orders[name].under_way = True

    def capture(self, name: str) -> Json:
        return self._capture(name).told()

    def refund(self, name: str, body: Json, key: str) -> Json:
        kept = self._keys.get(key)
        if not isinstance(kept, Refund):
            kept = self.give_back(name, round(float(body["amount"]["value"]) * 100), body["custom_id"])
            self._keys[key] = kept
        return kept.told()

    def refund_told(self, name: str) -> Json:
        found = (each for capture in self.intents.values() for each in capture.refunds if each.id == name)
        return _there(next(found, None)).told()

    def dispute_told(self, name: str) -> Json:
        found = (each for capture in self.intents.values() for each in capture.disputes if each.id == name)
        return _there(next(found, None)).told()

    def disputes(self, capture: str = "", after: str = "") -> Json:
        """Of that capture, or those that changed after that instant."""
        captures = [self._capture(capture)] if capture else self.intents.values()
        found = [each for one in captures for each in one.disputes if text(each.touched) >= after]
        return {"items": [each.brief() for each in found]}

    def transactions(self, start: str, end: str) -> Json:
        """Its books: each capture, refund and movement of a dispute, whatever became of it."""
        rows = [row for capture in self.intents.values() for row in capture.rows()]
        found = [row for row in rows if start <= row["transaction_initiation_date"][:19] + "Z" <= end]
        return {"transaction_details": [{"transaction_info": row} for row in found], "total_pages": 1}

    def refunds_made(self) -> Iterator[LogRow]:
        for capture in self.intents.values():
            for each in capture.refunds:
                row = {"practice": self.practice, "id": each.id, "asked": each.refund_id, "silent": True}
                yield {**row, "status": each.state, "intent": capture.id}

    def refund_status(self, refund_id: str) -> str:
        refunds = (each for capture in self.intents.values() for each in capture.refunds)
        return next((each.state for each in refunds if each.refund_id == refund_id), "")

    # what payers, staff at PayPal's pages, banks and time do

    def pay(self, url: str, how: str) -> str:
        """The payer behind that address approves it: nothing is paid by that."""
        order = next((each for each in self.orders.values() if each.url == url), None)
        if order is None or order.captures or how == "declined" or self._over(order):
            return "refused"
        order.approved = order.updated = self._now()
        self._tell("CHECKOUT.ORDER.APPROVED", order.id, {"id": order.id})
        return "approved"

    def give_back(self, name: str, amount_minor: int, refund_id: str = "") -> Refund:
        """Error: ProcessorRefused when that much is not left."""
        capture = self._capture(name)
        if capture.state != "COMPLETED" or amount_minor > capture.left_minor:
            raise ProcessorRefused("REFUND_AMOUNT_EXCEEDED")
        made = Refund(f"RFD{name}{len(capture.refunds)}", capture, amount_minor, self._now(), refund_id)
        capture.refunds.append(made)
        if self._chance(0.8):
            self._refund_ends(made, "succeeded")
        return made

    def dispute(self, name: str) -> None:
        """The payer opens a case, over all or part of it: PayPal holds the money, or only asks."""
        capture = self._capture(name)
        whole, left = capture.order.amount_minor, capture.left_minor
        taken = whole if self._chance(0.3) else self._random.choice((left, left, whole // 2))
        if capture.state != "COMPLETED" or taken <= 0:
            return
        now = self._now()
        dispute = Dispute(f"PP-{name}-{len(capture.disputes)}", capture, now, now, taken)
        capture.disputes.append(dispute)
        if self._chance(0.7):
            self._moves(dispute, -taken)
        self._tells(dispute, "CREATED")

    def settle_pending(self) -> None:
        """Days later: what was pending is decided, fees are known."""
        for capture in self.intents.values():
            if capture.state == "PENDING":
                self._decided(capture, "COMPLETED" if self._chance(0.6) else "DECLINED")
            if capture.state == "COMPLETED" and capture.fee_minor is None:
                self._fee_is_known(capture)
            for refund in capture.refunds:
                if refund.state == "pending":
                    self._refund_ends(refund, self._random.choice(("succeeded", "succeeded", "failed")))
            for dispute in capture.disputes:
                self._goes_on(dispute)

    @property
    def unsettled(self) -> bool:
        """Whether something is still on its way in here."""
        waits = [not each.captures and not self._over(each) for each in self.orders.values()]
        for capture in self.intents.values():
            waits += [
                capture.state == "PENDING",
                capture.state == "COMPLETED" and capture.fee_minor is None,
                any(refund.state == "pending" for refund in capture.refunds),
                any(not dispute.decided or dispute.owes_minor for dispute in capture.disputes),
            ]
        return any(waits)

    @property
    def forgets(self) -> bool:
        """Whether an order was never taken in time, which nobody can look at any more."""
        return any(self.is_forgotten(name) for name in self.orders)

    def is_forgotten(self, name: str) -> bool:
        order = self.orders.get(name)
        return order is not None and not order.captures and self._over(order)

    def _captured(self, order: Order, how: str) -> None:
        capture = Capture(f"CAP{self.practice}{len(self.intents)}", order, how, self._now())
        self.intents[capture.id] = capture
        order.captures.append(capture)
        order.updated = self._now()
        if how == "COMPLETED":
            self._takes(capture)
        self._tell(f"PAYMENT.CAPTURE.{how}", capture.id, capture.resource)

    def _decided(self, capture: Capture, how: str) -> None:
        capture.state = how
        if how == "COMPLETED":
            self._takes(capture)
        word = "COMPLETED" if how == "COMPLETED" else "DENIED"
        self._tell(f"PAYMENT.CAPTURE.{word}", capture.id, capture.resource)

    def _takes(self, capture: Capture) -> None:
        order = capture.order
        row = self._row("captured", capture, capture.id, order.amount_minor)
        self._log.append({**row, "account": order.account, "payment": order.payment})
        if self._chance(0.8):
            self._fee_is_known(capture)

    def _fee_is_known(self, capture: Capture) -> None:
        capture.fee_minor = 49 + capture.order.amount_minor * 349 // 10_000
        self._log.append(self._row("fee", capture, capture.id, capture.fee_minor))

    def _refund_ends(self, refund: Refund, state: str) -> None:
        """Of its end nobody is told but of success."""
        refund.state = state
        if state != "succeeded":
            return
        capture = refund.capture
        self._log.append(self._row("refunded", capture, refund.id, refund.amount_minor))
        if capture.fee_minor is not None and self._chance(0.3):
            refund.fee_minor = refund.amount_minor * 349 // 10_000
            if refund.fee_minor:
                self._log.append(self._row("fee", capture, refund.id, -refund.fee_minor))
        self._tell("PAYMENT.CAPTURE.REFUNDED", refund.id, refund.resource)

    def _goes_on(self, dispute: Dispute) -> None:
        if dispute.owes_minor:
            self._gives_back(dispute)
        elif not dispute.decided:
            lost = self._chance(0.5)
            if lost and not dispute.moved:
                self._moves(dispute, -dispute.amount_minor)
            dispute.decided = "RESOLVED_BUYER_FAVOUR" if lost else "RESOLVED_SELLER_FAVOUR"
            row = self._row("decided", dispute.capture, dispute.id, 0)
            self._log.append(row | {"lost": lost})
            dispute.owes_minor = dispute.taken_minor if not lost else 0
            if self._chance(0.6):
                self._gives_back(dispute)
            self._tells(dispute, "RESOLVED")

    def _gives_back(self, dispute: Dispute) -> None:
        owed, dispute.owes_minor = dispute.owes_minor, 0
        if owed:
            self._moves(dispute, owed)
            self._tells(dispute, "UPDATED")

    def _moves(self, dispute: Dispute, amount_minor: int) -> None:
        name = dispute.move(self._now(), amount_minor, "DISPUTE_SETTLEMENT")
        word = "withdrawn" if amount_minor < 0 else "reinstated"
        row = self._row(word, dispute.capture, f"{dispute.id}/{name}", abs(amount_minor))
        self._log.append(row)
        if amount_minor < 0:
            of = {"id": f"REV{dispute.capture.id}", "links": [{"rel": "up", "href": dispute.capture.url}]}
            self._tell("PAYMENT.CAPTURE.REVERSED", dispute.id, of)
        if amount_minor < 0 and self._chance(0.5):
            fee = dispute.move(self._now(), -DISPUTE_FEE_MINOR, "DISPUTE_FEE")
            self._log.append(self._row("fee", dispute.capture, fee, DISPUTE_FEE_MINOR))

    def _tells(self, dispute: Dispute, what: str) -> None:
        dispute.touched = self._now()
        self._tell(f"CUSTOMER.DISPUTE.{what}", dispute.id, {"dispute_id": dispute.id})

    def _tell(self, kind: str, about: str, resource: Json) -> None:
        """`processor` and `object` are for whoever plays: the product reads neither."""
        self._events += 1
        body = {"id": f"WH-{self.practice}-{self._events}", "event_type": kind, "resource": resource}
        self._send(self.practice, json.dumps({**body, "processor": "paypal", "object": about}))

    def _row(self, kind: str, capture: Capture, name: str, amount_minor: int) -> LogRow:
        row = {"kind": kind, "practice": self.practice, "intent": capture.id, "id": name}
        return {**row, "amount": amount_minor}

    def _over(self, order: Order) -> bool:
        return self._now() - order.made >= ORDER_LIVES

    def _order(self, name: str) -> Order:
        order = self.orders.get(name)
        return _there(None if order is None or (self._over(order) and not order.captures) else order)

    def _capture(self, name: str) -> Capture:
        return _there(self.intents.get(name))

    def _chance(self, odds: float) -> bool:
        return self._random.random() < odds


def _there(found: T | None) -> T:
    if found is None:
        raise ProcessorMissing("RESOURCE_NOT_FOUND")
    return found
