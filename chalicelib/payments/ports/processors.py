"""A practice's account at a processor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.domain.abilities import Abilities
from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.movements import Kind, Movement, MovementsPage


class WebhookInvalid(Exception):
    """Not signed, stale, or nothing that can be kept: answered 400, nothing written. The text names why."""


class ObjectKind(StrEnum):
    """What an object of a processor's is. SESSION: an attempt to pay as it was opened (a Checkout Session at
    Stripe, an order at PayPal); PAYMENT: the money that came of it (a PaymentIntent, a capture); DECLINED:
    the same, in the news that what its payer tried was declined; REVERSED: in the news that some of it was
    taken back. The last four are of what payers have saved."""

    SESSION = "session"
    PAYMENT = "payment"
    DECLINED = "declined"
    REVERSED = "reversed"
    CHARGE = "charge"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYER = "payer"
    METHOD = "method"
    SET_UP = "set_up"
    MANDATE = "mandate"


OF_SAVED = frozenset({ObjectKind.PAYER, ObjectKind.METHOD, ObjectKind.SET_UP, ObjectKind.MANDATE})


@dataclass(frozen=True, slots=True)
class Reference:
    """An object of a processor's. Its id alone does not tell what it is. `within`: the session that it came
    of, where whoever asks knows that; it spares a call at some."""

    kind: ObjectKind
    id: str
    within: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the processor is told: opaque ids, an amount and nothing else of the client. `ways`: those that
    its payer may choose from. `saves_for`: the processor's name of the payer for whom it keeps what is paid
    with, "" where it keeps nothing. `security_code` stands for that of a saved card, typed anew."""

    payment_id: str
    account_id: str
    amount_minor: int
    currency: str
    flow: str
    ways: Sequence[str]
    locale: str
    return_url: str
    cancel_url: str
    created_at: str
    saves_for: str = ""
    security_code: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Its payer goes on at the processor's own page."""

    url: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """Its payer goes on in fields on the practice's page, which the secret opens."""

    client_secret: str


Next = Redirect | Embedded


@dataclass(frozen=True, slots=True)
class Opened:
    session_id: str
    next: Next


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """What a payer has left at the processor to pay with again: its name there, and the payer's."""

    id: str
    customer_id: str


@dataclass(frozen=True, slots=True)
class Fields:
    """What the practice's page needs to show the processor's fields: its script and what that is given."""

    client_secret: str
    publishable_key: str
    script_url: str


class Stage(StrEnum):
    """A payment as the processor tells it. APPROVED: by its payer, and no money moves before the processor is
    asked to take it."""

    OPEN = "open"
    APPROVED = "approved"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    EXPIRED = "expired"
    FAILED = "failed"


class RefundStatus(StrEnum):
    """How a refund stands at its processor. PENDING: made, and its money has not moved. UNKNOWN: a word of
    the processor's that is not one of the known ones; it moves nothing."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund the processor made, here or in its dashboard; `refund_id` is ours, if we asked for it.
    `undone`: of one that failed, the names of its movements, which come to nil. `fee_minor`: below 0 what
    the processor gave back of its fee with it, in the same currency, where it tells that there."""

    id: str
    amount_minor: int
    status: RefundStatus
    at: str
    refund_id: str = ""
    currency: str = ""
    undone: Sequence[str] = field(default_factory=tuple)
    fee_minor: int = 0


class Decision(StrEnum):
    """How a dispute over captured money stands. WON: the money is the practice's, also where there was
    nothing to decide any more. UNKNOWN: a word of the processor's that is not one of the known ones."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Disputed:
    """A payer's bank questions a payment. Only its movements do: an inquiry has none, one that was lost may
    have given part of the money back. `status` is the processor's own word for the decision."""

    id: str
    decision: Decision
    at: str
    movements: Sequence[Movement] = field(default_factory=tuple)
    status: str = ""

    def taken_minor(self, currency: str) -> int:
        """What the bank took and has not given back, in that currency: nothing else is posted."""
        return -sum(moved.amount_minor for moved in self.movements if moved.currency == currency)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the processor holds of one attempt. Amounts in minor units.

    `movements`: of what was captured, once the books have it; or of a debit that came back, which cost
    something. Those of a dispute are with it; those of a refund are in the books alone.
    `captured_at`: when the money came, "" where only hearing of it tells. `charge_id`: the latest try's own
    name. `return_reason`: why a bank sent a debit back, None where none did. `cardholder`: whose card or bank
    account it is, as its payer typed it; "" where the processor does not say. `approved_at`: of one that
    waits to be taken, when its payer approved it last; "" where that is not told. `second_captures`: what
    else holds money of the same attempt. `reversed`: the processor has said that some of what was captured
    was taken back; its disputes show how much, or will.
    """

    payment_id: str
    account_id: str
    stage: Stage
    session_id: str = ""
    intent_id: str = ""
    amount_minor: int = 0
    currency: str = ""
    captured_at: str = ""
    method: Method | None = None
    movements: Sequence[Movement] = field(default_factory=tuple)
    refunds: Sequence[Refunded] = field(default_factory=tuple)
    disputes: Sequence[Disputed] = field(default_factory=tuple)
    return_reason: ReturnReason | None = None
    charge_id: str = ""
    cardholder: str = ""
    approved_at: str = ""
    second_captures: Sequence[str] = field(default_factory=tuple)
    reversed: bool = False

    def ref(self, practice: str) -> AccountRef:
        """Whose it is, in the practice whose processor told it."""
        return AccountRef(practice, self.account_id)

    @property
    def captured(self) -> Movement | None:
        """Of what was captured, or may yet be."""
        return next((moved for moved in self.movements if moved.kind is Kind.PAYMENT), None)

    @property
    def undone(self) -> Sequence[str]:
        """The names of movements that come to nil: of a debit that came back, of refunds that failed."""
        debit = [moved.id for moved in self.movements] if len(self.movements) > 1 else []
        return [*debit, *(name for refund in self.refunds for name in refund.undone)]

    @property
    def money(self) -> Reference:
        """What was paid."""
        return Reference(ObjectKind.PAYMENT, self.intent_id, within=self.session_id)


@dataclass(frozen=True, slots=True)
class Charged:
    """`next` is set where the payer has to go on before money moves."""

    facts: Facts
    next: Next | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What a processor sent, once its signature holds. `about` is None where that is nothing that can be
    settled: a balance, a customer."""

    id: str
    type: str
    about: Reference | None


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of what has news: one object for each payment, whatever was said of it. `next_cursor` "" on the
    last page."""

    about: Sequence[Reference]
    next_cursor: str


class Processor(Protocol):
    """One practice's account at a processor. Deadline 20 s a call; no retries of its own.

    Every method may raise ProcessorTimeout and ProcessorRefused, of which ProcessorDenied is one.
    """

    name: str
    abilities: Abilities

    def open(self, attempt: Attempt) -> Opened:
        """Start the attempt. Its key is made from `payment_id`: asking again is the same attempt as long as
        keys live."""
        ...

    def look(self, about: Reference) -> Facts | None:
        """The attempt behind that object; None when it is not one of ours."""
        ...

    def expire(self, session_id: str) -> Facts:
        """End an unpaid attempt; the facts afterwards, which may be that it was paid. It stays open where the
        processor cannot end it."""
        ...

    def refund(self, *, intent_id: str, refund_id: str, amount_minor: int) -> Refunded: ...

    def news(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> News:
        """Verify the raw bytes; the headers' names are in lower case. Error: WebhookInvalid."""
        ...


@runtime_checkable
class Embeds(Processor, Protocol):
    """One whose fields can stand on the practice's own page."""

    def fields(self, client_secret: str) -> Fields: ...


@runtime_checkable
class Listing(Processor, Protocol):
    """One that tells what was made there without being given its id."""

    def find(self, payment_id: str, *, account_id: str, since: datetime) -> Facts | None:
        """Look for an attempt of that account whose answer was never heard, whatever it was begun as. None
        proves nothing while its key lives: the call may still be under way, and lists lag."""
        ...

    def attempt_of(self, intent_id: str) -> Facts | None:
        """The attempt that the money came of, by what we said when we opened it: our marks on the money alone
        can be copied by anybody at the practice. None where it came of none that we opened."""
        ...


@runtime_checkable
class Announces(Processor, Protocol):
    """One that keeps a list of what happened there, for 30 days at least."""

    def changes(self, *, since: datetime, cursor: str) -> Changes:
        """What has news since then, for reconcile: a page at a time ("" is the first). An object may be on
        several pages. News may be listed late, or never: the books have it all the same."""
        ...


@runtime_checkable
class Books(Processor, Protocol):
    """One whose own books can be read."""

    def movements(self, *, since: datetime, cursor: str) -> MovementsPage:
        """Its books since then, a page at a time ("" is the first): for the full pass."""
        ...


@runtime_checkable
class TellsDisputes(Processor, Protocol):
    """One whose disputes can be asked for without what they are about."""

    def dispute(self, dispute_id: str) -> Sequence[tuple[str, Disputed]]:
        """With the name of each payment's money that the case is about."""
        ...

    def disputes(self, intent_id: str) -> Sequence[Disputed]:
        """All that are about that money."""
        ...


@runtime_checkable
class Completes(Processor, Protocol):
    """One that takes no money before it is asked to: what was never completed was never paid."""

    def complete(self, session_id: str) -> Facts:
        """Take what the payer has approved; the facts afterwards: open again where the payer has to choose
        another way. Taken once, however often it is asked."""
        ...


@runtime_checkable
class Charges(Processor, Protocol):
    """One that can take money from a method its payer has saved there."""

    def charge(self, attempt: Attempt, method: SavedMethod, *, present: bool) -> Charged:
        """Ask for the attempt's amount; `present`: its payer is there, and goes on where they have to.

        Asking again is the same charge, or the same no, as long as keys live. ProcessorRefused ends the
        attempt: nothing was taken, and nothing will be. It is PayerNeeded where the payer would have had to
        go on and was not there; never where they are.
        """
        ...


def reference_of(payment: Payment) -> Reference | None:
    """What the processor is asked about: the session, from which all else can be told, where there is one."""
    if payment.session_id:
        return Reference(ObjectKind.SESSION, payment.session_id)
    return Reference(ObjectKind.PAYMENT, payment.intent_id) if payment.intent_id else None


class Processors(Protocol):
    def abilities(self, name: str) -> Abilities:
        """What that processor can do, whether or not a practice has connected it. Error: NotFound
        processor_not_found."""
        ...

    def of(self, practice: str, name: str) -> Processor:
        """Errors: NotFound processor_not_found; Refused payments_disabled when the practice has not connected
        it."""
        ...
