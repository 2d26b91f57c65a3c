"""Payments: their states as data, which change through `advance` alone, and the facts a payment carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import Channel
from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.machines import Transition
from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.disputes import Dispute
from chalicelib.ledger.domain.entries import Service
from chalicelib.ledger.domain.methods import Method

EXTERNAL_METHODS = ("cash", "check", "card", "other")
"""How money reaches the practice outside Billfold; such a payment names it where others name their
processor."""
OUTSIDE = "external"  # the flow of such a payment
NOT_STARTED = "not_started"  # the failure of one that was refused, and is kept so that no late write pays it
DECLINED = "declined"  # the failure of one that awaits its payer, who has to choose another way


class State(StrEnum):
    """Where a payment stands. `unknown`: the processor's answer was not heard; never taken for failed.
    `capturing`: its payer has approved it, and the processor is being asked to take the money."""

    CREATED = "created"
    AWAITING = "awaiting"
    CAPTURING = "capturing"
    UNKNOWN = "unknown"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"


class Event(StrEnum):
    OPENED = "opened"
    APPROVED = "approved"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    SUBMITTED = "submitted"
    CAPTURED = "captured"
    RETURNED = "returned"
    CANCELED = "canceled"
    EXPIRED = "expired"
    NEVER_ARRIVED = "never_arrived"
    REVERSED = "reversed"


# Captured is allowed from every state but itself: when the processor holds the money, the ledger credits it,
# whatever was believed before ("failed" shown, then succeeded, so paid twice: the other way round is worse).
TRANSITIONS = (
    Transition(State.CREATED, Event.OPENED, State.AWAITING),
    Transition(State.CREATED, Event.TIMED_OUT, State.UNKNOWN),
    Transition(State.CREATED, Event.REFUSED, State.FAILED),
    Transition(State.CREATED, Event.NEVER_ARRIVED, State.FAILED),
    Transition(State.CREATED, Event.SUBMITTED, State.PROCESSING),
    Transition(State.CREATED, Event.EXPIRED, State.EXPIRED),
    Transition(State.UNKNOWN, Event.OPENED, State.AWAITING),
    Transition(State.UNKNOWN, Event.REFUSED, State.FAILED),
    Transition(State.UNKNOWN, Event.NEVER_ARRIVED, State.FAILED),
    Transition(State.UNKNOWN, Event.SUBMITTED, State.PROCESSING),
    Transition(State.UNKNOWN, Event.CANCELED, State.CANCELED),
    Transition(State.UNKNOWN, Event.EXPIRED, State.EXPIRED),
    Transition(State.AWAITING, Event.APPROVED, State.CAPTURING),
    Transition(State.AWAITING, Event.SUBMITTED, State.PROCESSING),
    Transition(State.AWAITING, Event.CANCELED, State.CANCELED),
    Transition(State.AWAITING, Event.EXPIRED, State.EXPIRED),
    Transition(State.CAPTURING, Event.TIMED_OUT, State.UNKNOWN),
    Transition(State.CAPTURING, Event.DECLINED, State.AWAITING),
    Transition(State.CAPTURING, Event.REFUSED, State.FAILED),
    Transition(State.CAPTURING, Event.SUBMITTED, State.PROCESSING),
    Transition(State.UNKNOWN, Event.APPROVED, State.CAPTURING),
    Transition(State.UNKNOWN, Event.DECLINED, State.AWAITING),
    Transition(State.PROCESSING, Event.RETURNED, State.FAILED),
    Transition(State.SUCCEEDED, Event.REVERSED, State.CANCELED),  # outside Billfold, entered wrongly
    *(Transition(state, Event.CAPTURED, State.SUCCEEDED) for state in State if state is not State.SUCCEEDED),
)
_TARGETS = {(t.source, t.event): t.target for t in TRANSITIONS}

LIVE = frozenset({State.CREATED, State.AWAITING, State.CAPTURING, State.UNKNOWN, State.PROCESSING})
"""States that reserve the items they would pay."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to pay one account. Instants are UTC RFC 3339; `date` is practice-local.

    `processor` is its name, or one of EXTERNAL_METHODS; `flow` is where its payer pays ("inline",
    "redirect"), or OUTSIDE; `session_id` and `intent_id` are the processor's names for it; `next_url` or
    `client_secret` leads the payer on while it is awaiting.
    `ways`: those that were offered in it, by name. `returned`: the bank sent the debit back, why is in
    `failure`; `notice` names what the payer is still to be told ("returned") or is "". `disputes` are by
    their ids. `refunding_minor` is kept for refunds under way; `refund_count` are all that were ever asked
    for, whatever became of them. `document` is the id of the invoice that its payer chose to pay, "" of other
    choices. `actor`: who paid, or entered the payment. `services`: what the charges of its shares are.
    `payer` is the processor's name of the payer for whom it keeps what is paid with, or whose saved method is
    charged; `charged` is its name of that, `saved_id` ours; `security_code` stands for a card's code until
    the answer is heard. `cardholder`: whose card or bank account it is, as typed there. `receipt_mailed_to`:
    None until the worker is through with the receipt, then the address that the mail went to, "" where none
    was sent. `guest`: the secret by which a payer without an account asks for it again, or that it was lost
    with the row; "" of all others. Such a payment has an account of its own, made with its credit.
    `matched_to`: the client's account to which staff matched it, "" before; `matched_seq`: the entry with
    which it came there.
    `reversal_heard_at`: when its processor said that money of it was taken back, while nothing shows how
    much; "" where all that was said shows. `declined_approval`: when its payer had approved what was declined
    then, by the processor's clock; "" where that is not told.
    """

    id: str
    account_id: str
    amount_minor: int
    currency: str
    allocation: Allocation
    state: State
    processor: str
    flow: str
    body_hash: str
    date: str
    created_at: str
    updated_at: str
    person_id: str = ""
    actor: str = ""
    locale: str = "en"
    notes: str = ""
    reference: str = ""
    session_id: str = ""
    intent_id: str = ""
    next_url: str = ""
    client_secret: str = ""
    method: Method | None = None
    failure: str = ""
    entry_seq: int = 0
    refunded_minor: int = 0
    fee_minor: int | None = None
    owed_after_minor: int | None = None
    receipt_mailed_to: str | None = None
    version: int = 0
    ways: tuple[str, ...] = ()
    returned: bool = False
    notice: str = ""
    disputes: tuple[Dispute, ...] = ()
    refunding_minor: int = 0
    refund_count: int = 0
    services: Mapping[str, Service] = field(default_factory=dict)
    document: str = ""
    payer: str = ""
    charged: str = ""
    saved_id: str = ""
    security_code: str = ""
    cardholder: str = ""
    guest: str = ""
    matched_to: str = ""
    matched_seq: int = 0
    reversal_heard_at: str = ""
    declined_approval: str = ""

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in that practice."""
        return AccountRef(practice, self.account_id)

    def matched_ref(self, practice: str) -> AccountRef:
        """The client's account that it was matched to, in that practice."""
        return AccountRef(practice, self.matched_to)

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def outside(self) -> bool:
        """Whether its money came in no way that Billfold knows of by itself: cash, a check."""
        return self.flow == OUTSIDE

    @property
    def receipt_key(self) -> str:
        """Where its receipt is, among the practice's files; "" where there is none to be: not for what was
        paid outside. A payment's id is its payer's to choose, and another account may have the same."""
        there = self.state is State.SUCCEEDED and not self.outside
        return f"receipts/{self.account_id}/{self.id}.pdf" if there else ""

    @property
    def receipt_pending(self) -> bool:
        """Whether the worker is still to mail its receipt."""
        return bool(self.receipt_key) and self.receipt_mailed_to is None

    @property
    def kept_minor(self) -> int:
        """What still counts as paid: captured, not given back, and in no dispute."""
        return self._unrefunded_minor - self.lost_minor - self.disputed_minor

    @property
    def brought_minor(self) -> int:
        """What it brings whomever it pays for: captured, not given back, and not lost to a bank."""
        return self._unrefunded_minor - self.lost_minor

    @property
    def by_link(self) -> bool:
        """Whether somebody pays it by the link on a bill, without an account."""
        return self.actor.partition(":")[0] == Channel.LINK

    @property
    def unmatched(self) -> bool:
        """Whether it is a guest's money that waits for staff to say whose account it is for."""
        captured = bool(self.guest) and self.state is State.SUCCEEDED
        return captured and not self.matched_to and self.brought_minor > 0

    @property
    def remainder_minor(self) -> int:
        """What may still be refunded: of what is kept, that for which no refund is under way; nothing while
        it is not known how much was taken back."""
        if self.reversal_heard_at:
            return 0
        return max(self.kept_minor - self.refunding_minor, 0)

    @property
    def lost_minor(self) -> int:
        """What is charged to the payment of what banks keep: of the rest nobody is to pay anything again."""
        return min(self._taken(lost=True), self._unrefunded_minor)

    @property
    def disputed_minor(self) -> int:
        """What is charged to the payment of what banks hold until they decide."""
        return min(self._taken(lost=False), self._unrefunded_minor - self.lost_minor)

    @property
    def excess_minor(self) -> int:
        """What banks took beyond the payment and its refunds."""
        taken = sum(dispute.taken_minor for dispute in self.disputes)
        return taken - self.lost_minor - self.disputed_minor

    def refunded(self, amount_minor: int) -> "Payment":
        """With that much more given back, below 0 come back. Error: refund_above_remainder."""
        if amount_minor > self._unrefunded_minor:
            remainder = self._unrefunded_minor
            raise Invalid("refund_above_remainder", "amount_minor", remainder_minor=remainder)
        return replace(self, refunded_minor=self.refunded_minor + amount_minor)

    @property
    def _unrefunded_minor(self) -> int:
        return self.amount_minor - self.refunded_minor

    def _taken(self, *, lost: bool) -> int:
        return sum(dispute.taken_minor for dispute in self.disputes if dispute.lost is lost)

    def dispute(self, dispute_id: str) -> Dispute:
        """As the ledger has it; nothing taken where it was not heard of."""
        return next((d for d in self.disputes if d.id == dispute_id), Dispute(dispute_id))

    def with_dispute(self, dispute: Dispute) -> "Payment":
        kept = (d for d in self.disputes if d.id != dispute.id)
        return replace(self, disputes=tuple(sorted((*kept, dispute), key=lambda d: d.id)))


def next_state(state: State, event: Event) -> State:
    """Error: payment_state (the event does not apply to a payment in that state)."""
    target = _TARGETS.get((state, event))
    if target is None:
        raise Refused("payment_state", state=state.value, event=event.value)
    return target


def advance(payment: Payment, event: Event, *, at: str, **changes: object) -> Payment:
    """The payment after the event, with the facts the event brought. Error: payment_state.

    Once it is final nobody is led on: the address and the secret that would do it are dropped.
    """
    state = next_state(payment.state, event)
    led_on = {} if state in LIVE else {"next_url": "", "client_secret": ""}
    if state not in (State.CREATED, State.UNKNOWN):
        led_on["security_code"] = ""
    written = {"state": state, "updated_at": at, "version": payment.version + 1}
    return replace(payment, **{**written, **changes, **led_on})  # type: ignore[arg-type]


# When the sweeper next looks at a live payment: one that waits for its payer, once its session is over.
_PATIENCE = {
    State.AWAITING: timedelta(minutes=65),
    State.PROCESSING: timedelta(hours=6),
}


def check_at(payment: Payment) -> str:
    """The instant (UTC RFC 3339) from which nobody having heard of the payment is worth a look."""
    return instant(datetime.fromisoformat(payment.updated_at) + _PATIENCE.get(payment.state, timedelta()))


# How long each state can last while all goes well, amply: an hour to pay, four business days at a bank.
_LONGEST = {
    State.CREATED: timedelta(hours=1),
    State.UNKNOWN: timedelta(hours=1),
    State.CAPTURING: timedelta(hours=8),
    State.AWAITING: timedelta(hours=4),
    State.PROCESSING: timedelta(days=15),
}


def overdue(payment: Payment, now: datetime) -> bool:
    """Whether the payment has held its items for longer than it takes to learn how it ended."""
    longest = _LONGEST.get(payment.state)
    return longest is not None and now - datetime.fromisoformat(payment.created_at) >= longest


def reservation(payment: Payment) -> dict[str, int]:
    """What a live payment holds of each item (minor units); nothing once it is final."""
    if not payment.live:
        return {}
    return {share.charge_id: share.amount_minor for share in payment.allocation.shares}
