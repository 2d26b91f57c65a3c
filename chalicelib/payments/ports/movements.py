"""How money moved at a processor, row by row: what its books are made of, and the facts of an attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a row of the processor's books is. DISPUTE is money that a bank took, DISPUTE_RETURNED what it
    gave back of it. LOST moves none: it went when the dispute was opened. FEE is a fee on a row of its own;
    on the other rows one may stand beside the money. OTHER moves money of the practice's for none of these
    reasons; `category` says for which."""

    PAYMENT = "payment"
    PAYMENT_RETURNED = "payment_returned"
    REFUND = "refund"
    REFUND_RETURNED = "refund_returned"
    DISPUTE = "dispute"
    DISPUTE_RETURNED = "dispute_returned"
    LOST = "lost"
    FEE = "fee"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Movement:
    """A row of the books. `amount_minor` is signed: what it added to the practice's balance, before
    `fee_minor`, which is negative where a fee is given back.

    The currency is the payer's as far as the processor states it, the fee's that of the practice's account.
    `category` is the processor's own word, of an OTHER row only.
    `id` is the processor's name of the row; `about` of the object that moved the money (a refund, a
    dispute …); `intent_id` of the attempt behind it, "" where there is none. `at`: UTC RFC 3339.
    """

    id: str
    kind: Kind
    amount_minor: int
    currency: str
    fee_minor: int
    about: str
    intent_id: str
    at: str
    category: str = ""
    fee_currency: str = ""


@dataclass(frozen=True, slots=True)
class MovementsPage:
    """`next_cursor` "" at the end."""

    rows: Sequence[Movement]
    next_cursor: str
