"""What the processor keeps: sessions, the intents they become, and what is taken back from those."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.payments.ports.movements import Movement
from chalicelib.payments.ports.processors import Decision, RefundStatus, Stage


@dataclass(eq=False)
class Refund:
    id: str
    amount_minor: int
    status: RefundStatus
    at: datetime
    refund_id: str = ""


@dataclass(eq=False)
class Dispute:
    """`rows`: what the bank took and gave back; `owes_minor`: what it has still to give back; `touched` when
    anything last became of it."""

    id: str
    at: datetime
    touched: datetime
    decision: Decision = Decision.OPEN
    status: str = "needs_response"
    rows: list[Movement] = field(default_factory=list)
    owes_minor: int = 0

    @property
    def taken_minor(self) -> int:
        return -sum(row.amount_minor for row in self.rows)


@dataclass(eq=False)
class Intent:
    """`how` the payer pays: "card", or "bank", whose money comes days later or never, which costs something:
    `movements` are those of what came in, or of what came back."""

    id: str
    session: "Session"
    stage: Stage
    at: datetime
    how: str = "card"
    captured: datetime | None = None
    fee_minor: int | None = None
    movements: list[Movement] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Of its refunds and disputes."""
        return [*(refund.id for refund in self.refunds), *(dispute.id for dispute in self.disputes)]

    @property
    def news(self) -> list[datetime]:
        """When anything became of it."""
        return [self.at, *(refund.at for refund in self.refunds), *(d.touched for d in self.disputes)]

    @property
    def left_minor(self) -> int:
        """What is neither given back, nor on its way, nor taken by a bank: below 0 where that is more."""
        refunded = sum(r.amount_minor for r in self.refunds if r.status != "failed")
        return self.session.amount_minor - refunded - sum(d.taken_minor for d in self.disputes)


@dataclass(eq=False)
class Session:
    """What is asked of a payer. That of a charge has no id: its intent stands for it. `saves_for`: for which
    customer what is paid with is kept, "" for none."""

    id: str
    payment_id: str
    account_id: str
    amount_minor: int
    currency: str
    made: datetime
    expires: datetime
    url: str
    stage: Stage = Stage.OPEN
    intent: Intent | None = None
    saves_for: str = ""

    @property
    def of_guest(self) -> bool:
        """Of a payment that has an account to itself."""
        return self.account_id == self.payment_id
