"""What a person has left at a practice's processor to pay with again: theirs in that practice, whosever
accounts they pay. Pure.

All of it is one row, so that every rule about several methods holds by one write: exactly one default as soon
as a method can pay, and no number twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.ledger.domain.methods import Method


class MethodState(StrEnum):
    """READY: it can pay. WAITING: a bank account is verified by a deposit. BLOCKED: its bank, or its mandate,
    takes no more debits. LEAVING: it is nobody's any more, and the processor is still to be told."""

    READY = "ready"
    WAITING = "waiting"
    BLOCKED = "blocked"
    LEAVING = "leaving"


class AdditionState(StrEnum):
    """What became of an attempt to add a method. OPEN: its payer may go on."""

    OPEN = "open"
    WAITING = "waiting"
    SAVED = "saved"
    ENDED = "ended"


class Why(StrEnum):
    """Why a method ended that its payer did not remove."""

    ELSEWHERE = "removed_elsewhere"
    PRACTICE = "removed_by_practice"
    UNVERIFIED = "not_verified"


@dataclass(frozen=True, slots=True)
class Look:
    """What its payer knows a method by. `kind`: card or bank; `brand` is a bank account's bank, `expiry` a
    card's, YYYY-MM; `wallet` names the wallet that it came out of."""

    kind: str
    brand: str = ""
    last4: str = ""
    expiry: str = ""
    wallet: str = ""

    @property
    def method(self) -> Method:
        """As documents name it."""
        return Method(self.kind, self.brand, self.last4, self.expiry, self.wallet)


@dataclass(frozen=True, slots=True)
class Deposit:
    """By what a bank account is verified: `set_up` is the processor's name for what waits for it; at `url`
    its code may be told, too, `until` an instant."""

    set_up: str
    url: str
    until: str


@dataclass(frozen=True, slots=True)
class PayerMethod:
    """`id` is ours; `processor_id` the processor's. `number`: a keyed hash of what is the same for the same
    number; "" is told of none. `mandate`: by which a bank account is debited. `addition`: which of the
    payer's wishes brought it, "" where nobody knows."""

    id: str
    processor_id: str
    look: Look
    state: MethodState
    added_at: str
    number: str = ""
    mandate: str = ""
    addition: str = ""
    deposit: Deposit | None = None

    def expired(self, today: date) -> bool:
        """Whether its month has passed."""
        return "" < self.look.expiry < f"{today:%Y-%m}"

    def expires_soon(self, today: date) -> bool:
        """Within this month and the two after it."""
        months = today.year * 12 + today.month + 1
        last = f"{months // 12}-{months % 12 + 1:02}"
        return f"{today:%Y-%m}" <= self.look.expiry <= last


@dataclass(frozen=True, slots=True)
class Addition:
    """A wish to save one more method. `payment_id` and `account_id`: the payment with which; "" of a set-up.

    `session_id` is the processor's name for what its payer fills in, once that is known; `next_url` or
    `client_secret` leads them on. `state` and `method_id` (ours) are what became of it; `replaced`: its
    method took the place of one of the same number.
    """

    id: str
    way: str
    begun_at: str
    body_hash: str = ""
    make_default: bool = False
    label: str = ""
    account_id: str = ""
    payment_id: str = ""
    session_id: str = ""
    next_url: str = ""
    client_secret: str = ""
    state: AdditionState = AdditionState.OPEN
    method_id: str = ""
    over_at: str = ""
    replaced: bool = False

    def ref(self, practice: str) -> AccountRef:
        """The account of its payment, in that practice."""
        return AccountRef(practice, self.account_id)


@dataclass(frozen=True, slots=True)
class EndedMethod:
    look: Look
    why: Why
    at: str
    was_default: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A method as the processor holds it for a payer. `shown`: whether its payer let it be shown to them.
    `fingerprint` is the same for the same number; it is kept and told nowhere. `mandate`: "" where it is not
    asked for."""

    processor_id: str
    look: Look
    fingerprint: str = ""
    shown: bool = True
    blocked: bool = False
    mandate: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the processor tells of an addition. `method` is set where it is saved, or waits for `deposit`."""

    state: AdditionState
    method: Held | None = None
    deposit: Deposit | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """A person of a practice at its processor; `id`: as whom they save (`Person.payer_id`). `key`: what
    their customer there is, or is being, made under, `asked_at` when that began; `customer_id` its name
    there, "" until its answer was heard.

    `default` is the id of the method that pays unless they choose another; "" only while none can pay.
    `labels` are the payer's own, by the methods' ids. `checked_at`: when the processor was last asked.
    """

    id: str
    processor: str
    key: str = ""
    asked_at: str = ""
    customer_id: str = ""
    methods: tuple[PayerMethod, ...] = ()
    default: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    additions: tuple[Addition, ...] = ()
    ended: tuple[EndedMethod, ...] = ()
    checked_at: str = ""
    version: int = field(default=0, compare=False)

    @property
    def listed(self) -> tuple[PayerMethod, ...]:
        """The default first, then the newest first."""
        shown = (method for method in self.methods if method.state is not MethodState.LEAVING)
        newest = sorted(shown, key=lambda method: (method.added_at, method.id), reverse=True)
        return tuple(sorted(newest, key=lambda method: method.id != self.default))

    @property
    def leaving(self) -> tuple[PayerMethod, ...]:
        return tuple(method for method in self.methods if method.state is MethodState.LEAVING)

    @property
    def open_additions(self) -> tuple[Addition, ...]:
        return tuple(
            each for each in self.additions if each.state in (AdditionState.OPEN, AdditionState.WAITING)
        )

    def method(self, method_id: str) -> PayerMethod:
        """Error: NotFound method_not_found, also of one that is on its way out."""
        found = next((method for method in self.listed if method.id == method_id), None)
        return present(found, "method_not_found", "method")

    def addition(self, addition_id: str) -> Addition | None:
        return next((each for each in self.additions if each.id == addition_id), None)
