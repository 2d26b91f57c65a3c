"""A second processor in memory, as unlike Stripe as PayPal is: its keys live for six hours, it lists nothing,
its payer goes to its page and approves there, and no money moves before it is asked to take it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import PayerNeeded, ProcessorMissing, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.methods import Method
from chalicelib.payments.domain.abilities import Abilities, Flow, Way
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import (
    Attempt,
    Charged,
    Charges,
    Completes,
    Facts,
    News,
    ObjectKind,
    Opened,
    Redirect,
    Reference,
    Refunded,
    RefundStatus,
    SavedMethod,
    Stage,
    WebhookInvalid,
)
from chalicelib.platform.ports import Clock

KEYS_LIVE, REFUND_KEYS_LIVE = timedelta(hours=6), timedelta(days=45)
ORDERS = Abilities(
    ways=(Way.PAYPAL,),
    flows=(Flow.REDIRECT,),
    minimum_minor={"USD": 1, "EUR": 1, "JPY": 1},
    attempt_lifetime=timedelta(hours=3),
    key_lifetime=KEYS_LIVE - timedelta(minutes=30),
    refund_key_lifetime=REFUND_KEYS_LIVE - timedelta(days=1),
    lists=False,
)
PAYER_ACTION = "PAYER_ACTION_REQUIRED"


def _begun(order_id: str, attempt: Attempt) -> Facts:
    return Facts(
        attempt.payment_id, attempt.account_id, Stage.OPEN, session_id=order_id,
        amount_minor=attempt.amount_minor, currency=attempt.currency,
    )  # fmt: skip


@dataclass
class Orders(Completes, Charges):
    """`silent` makes the next calls time out "before" or "after" their effect. `declines`: the payer's bank
    does, when the money is to be taken; `refuses`: the processor does, with that code. `vault`: saved
    methods, and what charging each comes to: "" is its money, else a code."""

    clock: Clock
    silent: list[str] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    attempts: dict[str, Facts] = field(default_factory=dict)
    declines: bool = False
    refuses: str = ""
    vault: dict[SavedMethod, str] = field(default_factory=dict)
    name: str = "paypal"
    abilities: Abilities = ORDERS
    _keys: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    _refused: dict[str, str] = field(default_factory=dict)

    def open(self, attempt: Attempt) -> Opened:
        answered = self._heard("open", attempt.payment_id)
        order_id = self._once(f"{attempt.account_id}-{attempt.payment_id}", f"O-{len(self.attempts) + 1}")
        if order_id not in self.attempts:
            self.attempts[order_id] = _begun(order_id, attempt)
        answered()
        return Opened(order_id, Redirect(f"https://orders.example/{order_id}"))

    def look(self, about: Reference) -> Facts | None:
        answered = self._heard("look", about.id)
        order_id = about.id.replace("C-", "O-")
        answered()
        if order_id not in self.attempts:
            raise ProcessorMissing("RESOURCE_NOT_FOUND")
        return self.attempts[order_id]

    def expire(self, session_id: str) -> Facts:
        """An order cannot be ended."""
        facts = self.look(Reference(ObjectKind.SESSION, session_id))
        assert facts is not None
        return facts

    def complete(self, session_id: str) -> Facts:
        answered = self._heard("complete", session_id)
        facts = self.attempts[session_id]
        if self.refuses:
            raise ProcessorRefused(self.refuses)
        if facts.stage is Stage.OPEN:
            raise ProcessorRefused("ORDER_NOT_APPROVED")
        if facts.stage is Stage.APPROVED:
            facts = replace(facts, stage=Stage.OPEN) if self.declines else self._taken(facts)
            self.attempts[session_id] = facts
        answered()
        return facts

    def charge(self, attempt: Attempt, method: SavedMethod, *, present: bool) -> Charged:
        answered = self._heard("charge", attempt.payment_id)
        key = f"charge-{attempt.account_id}-{attempt.payment_id}"
        order_id = self._once(key, f"O-{len(self.attempts) + len(self._refused) + 1}")
        if order_id not in {*self.attempts, *self._refused}:
            self._charge(order_id, attempt, method, present=present)
        answered()
        if code := self._refused.get(order_id):
            raise (PayerNeeded if code == PAYER_ACTION else ProcessorRefused)(code)
        facts = self.attempts[order_id]
        waits = facts.stage in (Stage.OPEN, Stage.APPROVED)
        return Charged(facts, Redirect(f"https://orders.example/{order_id}") if waits else None)

    def _charge(self, order_id: str, attempt: Attempt, method: SavedMethod, *, present: bool) -> None:
        code = self.vault.get(method, "TOKEN_NOT_FOUND")
        goes_on = present and code == PAYER_ACTION
        if code and not goes_on:
            self._refused[order_id] = code
            return
        begun = _begun(order_id, attempt)
        self.attempts[order_id] = begun if goes_on else self._taken(begun)

    def refund(self, *, intent_id: str, refund_id: str, amount_minor: int) -> Refunded:
        answered = self._heard("refund", refund_id)
        order_id = intent_id.replace("C-", "O-")
        facts = self.attempts[order_id]
        new = f"R-{order_id}-{len(facts.refunds) + 1}"
        name = self._once(f"refund-{refund_id}", new, lives=REFUND_KEYS_LIVE)
        made = Refunded(name, amount_minor, RefundStatus.SUCCEEDED, instant(self.clock.now()), refund_id)
        if name not in {refund.id for refund in facts.refunds}:
            if sum(r.amount_minor for r in facts.refunds) + amount_minor > facts.amount_minor:
                raise ProcessorRefused("REFUND_AMOUNT_EXCEEDED")
            self.attempts[order_id] = replace(facts, refunds=(*facts.refunds, made))
        answered()
        return made

    def news(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> News:
        if headers.get("paypal-transmission-sig") != "good":
            raise WebhookInvalid("signature")
        event_id, event_type, order_id = raw.decode().split()
        return News(event_id, event_type, Reference(ObjectKind.SESSION, order_id))

    # what payers do

    def approve(self, order_id: str) -> Facts:
        self.attempts[order_id] = replace(self.attempts[order_id], stage=Stage.APPROVED)
        return self.attempts[order_id]

    def _taken(self, facts: Facts) -> Facts:
        capture = facts.session_id.replace("O-", "C-")
        return replace(
            facts, stage=Stage.SUCCEEDED, intent_id=capture, captured_at=instant(self.clock.now()),
            method=Method("paypal"), movements=(self._came_in(facts, capture),),
        )  # fmt: skip

    def _came_in(self, facts: Facts, capture: str) -> Movement:
        """Its row of the books has the capture's name."""
        return Movement(
            capture, Kind.PAYMENT, facts.amount_minor, facts.currency, 398, capture, capture,
            instant(self.clock.now()),
        )  # fmt: skip

    def _once(self, key: str, new: str, *, lives: timedelta = KEYS_LIVE) -> str:
        """What was made under the key, as long as that is kept."""
        at, made = self._keys.get(key, (self.clock.now(), new))
        if self.clock.now() - at >= lives:
            at, made = self.clock.now(), new
        self._keys[key] = at, made
        return made

    def _heard(self, call: str, about: str) -> Callable[[], None]:
        self.calls.append((call, about))
        when = self.silent.pop(0) if self.silent else ""

        def answered() -> None:
            if when == "after":
                raise ProcessorTimeout(when)

        if when == "before":
            raise ProcessorTimeout(when)
        return answered
