"""What the services need from outside, as Protocols; adapters implement them, test fakes subclass them.

Every method that touches a practice's data takes the practice's id first; callers pass the one of their
principal, link or webhook, never one from a request's body alone. Instants are UTC, RFC 3339 texts
with milliseconds and `Z`, so that they sort as text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from chalicelib.domain.accounts import Account
from chalicelib.domain.entries import Entry
from chalicelib.domain.payments import Payment
from chalicelib.domain.periods import Period
from chalicelib.domain.practices import Charge, Client, Person, Practice
from chalicelib.domain.statements import Carried, Issued, Noted, Statement, StatementData

T = TypeVar("T")

# --- the ledger ---------------------------------------------------------------------------------


class AlreadyRecorded(Exception):
    """The change's marker exists: this movement of money, or charge, is in the ledger already."""


class Conflict(Exception):
    """Somebody wrote between our read and our write; nothing was written. Read again and retry."""


class Busy(Exception):
    """The store throttles or is away; what was written is not known. Retry with the same marker, or 5xx."""


@dataclass(frozen=True, slots=True)
class Movement:
    """The marker of one movement of money, keyed by the processor's object; doubles as the outbox row.

    `key` e.g. "stripe#pi_3…#succeeded", "import#payment#<external id>". `due` names the notice still
    to be sent ("receipt") or is "".
    """

    key: str
    account_id: str
    payment_id: str
    entry_seq: int
    at: str
    due: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One command's writes, committed together or not at all.

    `before` gives the version that must still hold (a new account has version 0). `entry`, `charge` and
    `movement` are put only where absent; `payment` is put at `payment.version`, its predecessor one lower.
    """

    before: Account
    after: Account
    entry: Entry | None = None
    charge: Charge | None = None
    payment: Payment | None = None
    movement: Movement | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    rows: Sequence[T]
    next_cursor: str | None


class Ledgers(Protocol):
    def account(self, practice: str, account_id: str) -> Account | None:
        """Strongly consistent."""
        ...

    def commit(self, practice: str, change: Change) -> None:
        """One conditional transaction. Errors: AlreadyRecorded (only by a marker), Conflict, Busy."""
        ...

    def entries(
        self, practice: str, account_id: str, *, first: int = 1, last: int | None = None
    ) -> Iterator[Entry]:
        """In order of their numbers."""
        ...

    def history(
        self, practice: str, account_id: str, *, since: str, until: str, cursor: str | None, limit: int
    ) -> Page[Entry]:
        """By date, newest first; `since` and `until` (YYYY-MM-DD) are inclusive. Error: cursor_invalid."""
        ...

    def charges(self, practice: str, account_id: str, ids: Iterable[str]) -> Mapping[str, Charge]: ...

    def payment(self, practice: str, account_id: str, payment_id: str) -> Payment | None: ...

    def payments(self, practice: str, account_id: str, *, cursor: str | None, limit: int) -> Page[Payment]:
        """Newest first. Error: cursor_invalid."""
        ...

    def movement(self, practice: str, key: str) -> Movement | None: ...

    def notice_sent(self, practice: str, key: str) -> None:
        """The movement's notice is out: take it off the work list. Doing it twice is harmless."""
        ...


# --- work lists, inbox, queue -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """Something that waits; `sweeps` counts how often it was started again. Kind "payment", "receipt" or "inbox"; `id` a payment id, movement key or
    "<processor>#<event id>"."""

    kind: str
    practice: str
    account_id: str
    id: str
    since: str
    sweeps: int = 0


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A verified webhook: which object of the processor it speaks of. Its payload is not kept."""

    processor: str
    event_id: str
    event_type: str
    object_id: str
    received_at: str


class WorkLists(Protocol):
    def due(self, kind: str, *, before: str, limit: int) -> Sequence[Due]:
        """Rows of all practices that have waited since before that instant, oldest first."""
        ...

    def postpone(self, due: Due, *, until: str) -> None:
        """Started again: not due before `until`, unless it changes. Nothing when it is done already."""
        ...

    def inbox_put(self, practice: str, row: InboxRow) -> bool:
        """False when the event was received before."""
        ...

    def inbox_row(self, practice: str, processor: str, event_id: str) -> InboxRow | None: ...

    def inbox_done(self, practice: str, processor: str, event_id: str, *, expires_at: int) -> None:
        """Off the work list; remembered until `expires_at` (epoch seconds)."""
        ...


class Queue(Protocol):
    def send(self, message: Mapping[str, str]) -> None: ...


class BatchQueue(Queue, Protocol):
    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        """Up to ten in one call. Error: Busy; some may be in the queue already."""
        ...


# --- statements ---------------------------------------------------------------------------------


class Statements(Protocol):
    """Issued statements, what each account carries on from its latest, and how each month's run went."""

    def carried(self, practice: str, account_id: str) -> Carried | None:
        """Strongly consistent; None before the account's first statement."""
        ...

    def issue(
        self, practice: str, statement: Statement, *, before: Carried | None, after: Carried, noted: Noted
    ) -> None:
        """One conditional transaction: one statement a month, and each begins where the one before ended.
        Errors: Conflict (somebody else issued; nothing was written), Busy."""
        ...

    def issued(self, practice: str, account_id: str, period: Period) -> Issued | None:
        """Strongly consistent."""
        ...

    def save(self, practice: str, issued: Issued, noted: Noted | None = None) -> Issued:
        """What was done with it since, if nobody did anything meanwhile; as it is stored now.
        Errors: Conflict, Busy. The statement itself never changes."""
        ...

    def listed(self, practice: str, account_id: str, *, cursor: str | None, limit: int) -> Page[Issued]:
        """Newest first. Error: cursor_invalid."""
        ...

    def note(self, practice: str, period: Period, noted: Noted) -> None: ...

    def noted(self, practice: str, period: Period) -> Iterator[Noted]:
        """How the month's run went, client by client."""
        ...

    def fanned_out(self, practice: str, period: Period) -> bool:
        """Whether every client has been handed to the queue."""
        ...

    def mark_fanned_out(self, practice: str, period: Period, *, clients: int, at: str) -> None: ...


# --- practices and people -----------------------------------------------------------------------


class Practices(Protocol):
    def practice(self, practice: str) -> Practice | None: ...

    def save_practice(self, practice: Practice) -> None: ...

    def practice_ids(self) -> Sequence[str]:
        """Every practice of the deployment, for jobs."""
        ...


class People(Protocol):
    def client(self, practice: str, client_id: str) -> Client | None: ...

    def clients(self, practice: str) -> Iterator[Client]: ...

    def save_client(self, practice: str, client: Client) -> None: ...

    def person(self, practice: str, person_id: str) -> Person | None: ...

    def save_person(self, practice: str, person: Person) -> None: ...


@dataclass(frozen=True, slots=True)
class SignIn:
    """An unused invitation to sign in, bound to the browser that asked. Hashes only; epoch seconds."""

    id: str
    person_id: str
    browser_hash: str
    code_hash: str
    token_hash: str
    expires_at: int
    tries: int = 0


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in browser. `hash` is of its opaque token; epoch seconds."""

    hash: str
    person_id: str
    created_at: int
    seen_at: int


@dataclass(frozen=True, slots=True)
class Link:
    """A capability in an e-mail: `hash` of its token, and what it opens."""

    hash: str
    kind: str
    account_id: str
    payment_id: str
    expires_at: int


class Access(Protocol):
    """Sign-ins, sessions, links and rate limits; all rows expire by themselves."""

    def save_sign_in(self, practice: str, sign_in: SignIn) -> None: ...

    def sign_in(self, practice: str, sign_in_id: str) -> SignIn | None: ...

    def count_try(self, practice: str, sign_in_id: str, *, limit: int) -> bool:
        """Count one attempt, atomically; False when `limit` attempts were counted before."""
        ...

    def use_sign_in(self, practice: str, sign_in_id: str) -> bool:
        """Take it, atomically; False when it is gone or was used."""
        ...

    def save_session(self, practice: str, session: SessionRow) -> None: ...

    def session(self, practice: str, token_hash: str) -> SessionRow | None: ...

    def touch_session(self, practice: str, token_hash: str, *, seen_at: int) -> None:
        """Never brings a revoked session back."""
        ...

    def end_session(self, practice: str, token_hash: str) -> None: ...

    def save_link(self, practice: str, link: Link) -> None: ...

    def link(self, practice: str, token_hash: str) -> Link | None: ...

    def allow(self, practice: str, key: str, *, limit: int, window_seconds: int, now: int) -> bool:
        """Count one use of `key` in the current window; False above the limit."""
        ...


# --- the processor ------------------------------------------------------------------------------


class ProcessorTimeout(Exception):
    """No answer was heard: the call may or may not have happened."""


class ProcessorRefused(Exception):
    """The processor said no, for good; `code` is its own word, safe to log."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WebhookInvalid(Exception):
    """Bad signature, stale, oversize or not JSON: answered 400, nothing written."""


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


@dataclass(frozen=True, slots=True)
class Facts:
    """What the processor holds of one attempt. Amounts in minor units; `fee_minor` None until known."""

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


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    id: str
    type: str
    object_id: str


class Processor(Protocol):
    """One practice's account at a processor. Deadline 20 s a call; no retries of its own.

    Every method may raise ProcessorTimeout and ProcessorRefused.
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

    def find(self, payment_id: str, *, since: datetime) -> Facts | None:
        """Look for an attempt whose answer was never heard and whose key has run out."""
        ...

    def recent(self, *, since: datetime) -> Iterator[Facts]:
        """Every attempt with news since then, for reconcile."""
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


# --- documents, mail, time, chance --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mail:
    """`sender_name` is the practice's; the address is the deployment's own. `to` is one bare address."""

    to: str
    sender_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    locale: str


class Mailer(Protocol):
    def send(self, mail: Mail) -> str:
        """The mail service's message id. Errors: Busy (try again), Invalid mail_refused (never will)."""
        ...


@dataclass(frozen=True, slots=True)
class ReceiptData:
    """What a receipt says: never a client's, clinician's or service's name. Amounts minor.

    `owed_after_minor` is None where it must not be shown (guests).
    """

    practice_name: str
    practice_address: str
    practice_phone: str
    practice_email: str
    amount_minor: int
    currency: str
    date: str
    method: str
    reference: str
    owed_after_minor: int | None
    locale: str


class Renderer(Protocol):
    def receipt(self, data: ReceiptData) -> bytes:
        """A PDF (PDF/UA-1, PDF/A-2a); the same data gives the same bytes."""
        ...


class StatementRenderer(Protocol):
    def statement(self, data: StatementData) -> bytes:
        """As `Renderer.receipt`. Error: Invalid document_unrenderable."""
        ...


class Files(Protocol):
    def put(self, practice: str, key: str, content: bytes, *, content_type: str) -> None: ...

    def url(self, practice: str, key: str, *, filename: str, inline: bool, seconds: int = 60) -> str:
        """A plain link to the same bytes, opened or downloaded."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def pause(self, attempt: int) -> None:
        """Wait a little before trying again: longer with every attempt, and not in step with others."""
        ...


class Chance(Protocol):
    def token(self) -> str:
        """256 random bits, URL-safe."""
        ...


class Keys(Protocol):
    def keyed_hash(self, purpose: str, text: str) -> str:
        """HMAC-SHA-256 under the deployment's key, hex; different purposes never collide."""
        ...
