"""A practice's account at a processor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.payments.ports.balance_rows import MovedPage


class WebhookInvalid(Exception):
    """Not signed, stale, or nothing that can be kept: answered 400, nothing written. The text names why."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the processor is told: opaque ids, an amount and nothing else of the client."""

    payment_id: str
    account_id: str
    amount_minor: int
    currency: str
    flow: str
    locale: str
    return_url: str
    cancel_url: str
    created_at: str
    bank_debits: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    session_id: str
    url: str
    client_secret: str


class Stage(StrEnum):
    """A payment as the processor tells it."""

    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund the processor made, here or in its dashboard; `refund_id` is ours, if we asked for it."""

    id: str
    amount_minor: int
    status: str
    at: str
    refund_id: str = ""
    currency: str = ""


class Decision(StrEnum):
    """How a dispute over captured money stands. WON: the money is the practice's, also where there was
    nothing to decide any more. UNKNOWN: a word of the processor's that is not one of the known ones."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fee:
    """The practice's expense (minor units, negative where it is given back), and the row of the processor's
    books that it stands on, since the instant `at`. Its currency is that of the practice's account there, ""
    where that is the payment's."""

    reference: str
    amount_minor: int
    at: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """Money that a bank took (`amount_minor` below 0) or gave back, and what that cost: a row of the books.

    `currency` is the payment's, unless the processor does not say how much the row is in that.
    """

    id: str
    amount_minor: int
    currency: str
    fee: Fee
    at: str


@dataclass(frozen=True, slots=True)
class Disputed:
    """A payer's bank questions a payment. Only its rows move money: an inquiry has none, one that was lost
    may have given part of it back. `status` is the processor's own word for the decision."""

    id: str
    decision: Decision
    at: str
    rows: Sequence[DisputeRow] = field(default_factory=tuple)
    status: str = ""

    def taken_minor(self, currency: str) -> int:
        """What the bank took and has not given back, by the rows in that currency: no others are posted."""
        return -sum(row.amount_minor for row in self.rows if row.currency == currency)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the processor holds of one attempt. Amounts in minor units; `fee_minor` None until known.

    `captured_at`: when the money came, "" where only hearing of it tells.
    `charge_id`: the latest try's own name. `failure`: why a bank sent a debit back, in the processor's word;
    `fees`: what that costs. `undone`: rows of the processor's books that come to nil, of a debit that came
    back or a refund that failed.
    """

    payment_id: str
    account_id: str
    stage: Stage
    session_id: str = ""
    intent_id: str = ""
    amount_minor: int = 0
    currency: str = ""
    captured_at: str = ""
    method: str = ""
    fee_minor: int | None = None
    fee_reference: str = ""
    refunds: Sequence[Refunded] = field(default_factory=tuple)
    disputes: Sequence[Disputed] = field(default_factory=tuple)
    failure: str = ""
    fees: Sequence[Fee] = field(default_factory=tuple)
    fee_currency: str = ""
    charge_id: str = ""
    undone: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """`object_id` is "" where the event is about nothing that has an id."""

    id: str
    type: str
    object_id: str


class Processor(Protocol):
    """One practice's account at a processor. Deadline 20 s a call; no retries of its own.

    Every method may raise ProcessorTimeout and ProcessorRefused, of which ProcessorDenied is one.
    """

    name: str

    def open(self, attempt: Attempt) -> Opened:
        """Start the attempt; its key is made from `payment_id`: asking again is the same attempt."""
        ...

    def look(self, object_id: str) -> Facts | None:
        """The attempt behind a session, intent, charge or refund id; None when it is not one of ours."""
        ...

    def expire(self, session_id: str) -> Facts:
        """End an unpaid attempt; the facts afterwards, which may be that it was paid."""
        ...

    def find(self, payment_id: str, *, account_id: str, since: datetime) -> Facts | None:
        """Look for an attempt of that account whose answer was never heard. None proves nothing while its key
        lives: the call may still be under way, and lists lag."""
        ...

    def recent(self, *, since: datetime) -> Iterator[Facts]:
        """Every attempt with news since then, for reconcile."""
        ...

    def movements(self, *, since: datetime, cursor: str) -> MovedPage:
        """The processor's own books since then, a page at a time ("" is the first): for the full pass."""
        ...

    def refund(self, *, intent_id: str, refund_id: str, amount_minor: int) -> Refunded: ...

    def webhook(self, raw: bytes, signature: str, *, now: datetime) -> WebhookEvent:
        """Verify the raw bytes. Error: WebhookInvalid."""
        ...

    def publishable_key(self) -> str: ...


class Processors(Protocol):
    def of(self, practice: str, name: str) -> Processor:
        """Error: Refused payments_disabled when the practice has not connected it."""
        ...
