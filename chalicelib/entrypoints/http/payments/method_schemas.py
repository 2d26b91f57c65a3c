"""Saved methods, and adding them."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.entrypoints.http.common_schema import Request
from chalicelib.entrypoints.http.payments.schemas import Inline, Redirect
from chalicelib.entrypoints.http.practice.schemas import CardNotice, SavingWay

Label = Annotated[str, Meta(max_length=40)]
ConsentVersion = Annotated[str, Meta(max_length=40)]


class MethodState(StrEnum):
    """`waiting`: a bank account is verified by a deposit. `blocked`: its bank, or its mandate, takes no more
    debits. Neither can pay, or be the default."""

    READY = "ready"
    WAITING = "waiting"
    BLOCKED = "blocked"


class Expires(StrEnum):
    """`soon`: this month or one of the two after it. `expired`: its month has passed."""

    SOON = "soon"
    EXPIRED = "expired"


class Deposit(Struct, frozen=True):
    """Its code is told by `verify`, or at `url` of the processor's, before `until` has passed."""

    url: str
    until: dt.datetime


class Method(Struct, frozen=True):
    """What the person has saved at the practice, whosever accounts they pay. `name` is words for people
    ("Visa ending in 4242"); `brand` a card's, `bank` a bank account's, `expiry` a card's (YYYY-MM); `wallet`
    is the wallet it came out of; `label` the payer's own."""

    id: str
    kind: SavingWay
    name: str
    brand: str
    last4: str
    expiry: str | None
    wallet: str
    bank: str
    label: str
    state: MethodState
    default: bool
    expires: Expires | None
    added_on: dt.date
    deposit: Deposit | None


class WhyEnded(StrEnum):
    REMOVED_ELSEWHERE = "removed_elsewhere"
    REMOVED_BY_PRACTICE = "removed_by_practice"
    NOT_VERIFIED = "not_verified"


class EndedMethod(Struct, frozen=True):
    """A method that ended without its payer: its bank, the practice or the processor removed it."""

    name: str
    why: WhyEnded
    at: dt.datetime
    was_default: bool


class SecurityCode(Struct, frozen=True):
    """For Stripe.js: a saved card wants its code again, as a token of `cvc_update`."""

    publishable_key: str
    script_url: str


class SetUpState(StrEnum):
    """`started`: its payer may go on. `waiting`: its bank account waits for a deposit. `ended`: nothing was
    saved."""

    STARTED = "started"
    WAITING = "waiting"
    SAVED = "saved"
    ENDED = "ended"


class SetUp(Struct, frozen=True):
    """A method that is being added without a payment; `method_id` once it is, or waits for its deposit.
    `replaced`: it took the place of one of the same number."""

    id: str
    way: SavingWay
    state: SetUpState
    method_id: str | None
    next: Redirect | Inline | None
    replaced: bool


class Methods(Struct, frozen=True):
    """The default first, then the newest first. `set_ups`: those that can be gone on with. `cvc` is null
    where nobody asks a saved card's security code. `card_notice`: what stands beside card forms."""

    methods: list[Method]
    set_ups: list[SetUp]
    ended: list[EndedMethod]
    cvc: SecurityCode | None
    card_notice: CardNotice | None


class SetUpRequest(Request, frozen=True):
    """`consent`: the version of the text that was shown (`saving` of the practice's payment settings).
    `card_notice`: as of a payment."""

    way: SavingWay
    consent: ConsentVersion
    make_default: bool = False
    label: Label = ""
    card_notice: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class LabelRequest(Request, frozen=True):
    """Empty takes the label away. None holds the number of a card."""

    label: Label


class VerifyRequest(Request, frozen=True):
    """The code is on the statement of the bank account, beside a deposit of one cent."""

    code: Annotated[str, Meta(max_length=20)]
