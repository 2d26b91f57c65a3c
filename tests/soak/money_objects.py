"""What the processor keeps: sessions, the intents they become, and what is taken back from those."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.services.ports import Decision, Fee, Stage


@dataclass(eq=False)
class Refund:
    id: str
    amount_minor: int
    status: str
    at: datetime
    refund_id: str = ""


@dataclass(eq=False)
class Dispute:
    id: str
    amount_minor: int
    decision: Decision
    at: datetime
    fees: list[Fee] = field(default_factory=list)


@dataclass(eq=False)
class Intent:
    """`how` the payer pays: "card", or "bank", whose money comes days later or never, which costs `fees`."""

    id: str
    session: "Session"
    stage: Stage
    at: datetime
    how: str = "card"
    captured: datetime | None = None
    fee_minor: int | None = None
    fees: list[Fee] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    @property
    def parts(self) -> "list[Refund | Dispute]":
        return [*self.refunds, *self.disputes]

    @property
    def left_minor(self) -> int:
        """What is neither given back, nor on its way back, nor taken by a bank."""
        refunded = sum(r.amount_minor for r in self.refunds if r.status != "failed")
        taken = sum(d.amount_minor for d in self.disputes if d.decision is not Decision.WON)
        return self.session.amount_minor - refunded - taken


@dataclass(eq=False)
class Session:
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
