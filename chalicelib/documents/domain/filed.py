"""An issued document whose PDF was made: where it lies, and what makes it again where it is gone."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.documents.domain.statements import Issued
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.payments import Payment

RENDER = "render"  # the documents function's task
ITEMISED = "itemised"


@dataclass(frozen=True, slots=True)
class Filed:
    """`key` within the practice's files. A statement has its `period`, a receipt its `payment_id`.
    `itemised`: not the receipt that was mailed, but the one that says what was paid for."""

    ref: AccountRef
    key: str
    period: Period | None = None
    payment_id: str = ""
    itemised: bool = False

    @staticmethod
    def statement(practice: str, issued: Issued) -> "Filed":
        return Filed(issued.statement.ref(practice), issued.file, period=issued.statement.period)

    @staticmethod
    def receipt(practice: str, payment: Payment) -> "Filed":
        return Filed(payment.ref(practice), payment.receipt_key, payment_id=payment.id)

    @property
    def name(self) -> str:
        return f"statement {self.period}" if self.period else f"receipt {self.payment_id}"

    @property
    def task(self) -> Mapping[str, str]:
        what = {"period": str(self.period)} if self.period else {"payment": self.payment_id}
        if self.itemised:
            what["form"] = ITEMISED
        return {"task": RENDER, "practice": self.ref.practice, "account": self.ref.account, **what}
