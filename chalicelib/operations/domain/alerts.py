"""Alerts: where no program may decide, and a person has to. One a cause, under a name that stays the same."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AlertName(StrEnum):
    """Each has words in chalicelib/words/alerts.py, and what to do in docs/runbook."""

    AMOUNT_DIFFERS = "amount_differs"
    CURRENCY_DIFFERS = "currency_differs"
    SECOND_CAPTURE = "second_capture"
    REFUND_UNHEARD = "refund_unheard"
    REFUND_ABOVE_REMAINDER = "refund_above_remainder"
    DISPUTE_ABOVE_PAYMENT = "dispute_above_payment"
    DISPUTE_NOT_RETURNED = "dispute_not_returned"
    DISPUTE_STATUS_UNKNOWN = "dispute_status_unknown"
    UNKNOWN_MONEY = "unknown_money"
    MONEY_NOT_SETTLED = "money_not_settled"
    MONEY_UNBOOKED = "money_unbooked"
    LEDGER_BROKEN = "ledger_broken"
    CHAIN_ANCHOR_MISMATCH = "chain_anchor_mismatch"
    INSURER_OVERPAID = "insurer_overpaid"
    ESTIMATE_EXCEEDED = "estimate_exceeded"
    ESTIMATE_OVERDUE = "estimate_overdue"
    GUEST_CARDS_TRIED = "guest_cards_tried"
    IMPORT_DROPPED = "import_dropped"
    IMPORT_UNFINISHED = "import_unfinished"
    INBOX_STUCK = "inbox_stuck"
    EVENT_OF_NOTHING = "event_of_nothing"
    RECEIPT_STUCK = "receipt_stuck"
    NOTICE_STUCK = "notice_stuck"
    PAYMENT_STUCK = "payment_stuck"
    STATEMENT_STUCK = "statement_stuck"
    INVOICE_STUCK = "invoice_stuck"
    SUPERBILL_STUCK = "superbill_stuck"
    SUPERBILLS_INCOMPLETE = "superbills_incomplete"
    ROUND_OVERDUE = "round_overdue"
    ROUND_STUCK = "round_stuck"
    MAIL_COMPLAINT = "mail_complaint"
    MAIL_PAUSED = "mail_paused"


# What settling refuses for good: the error's code, and the alert it becomes. Any other is MONEY_NOT_SETTLED.
OF_ERRORS: Mapping[str, AlertName] = {
    "refund_above_remainder": AlertName.REFUND_ABOVE_REMAINDER,
    "dispute_not_returned": AlertName.DISPUTE_NOT_RETURNED,
    "dispute_status_unknown": AlertName.DISPUTE_STATUS_UNKNOWN,
    "currency_mixed": AlertName.CURRENCY_DIFFERS,
}


@dataclass(frozen=True, slots=True)
class Cause:
    """`subject` names what it is about, so that the same cause seen again is the same alert; e.g. "re_3…".

    `facts` are ids, codes and minor units for the person who decides: never a name, service or diagnosis.
    """

    name: AlertName
    subject: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Short enough to type; the same for the same cause."""
        return hashlib.sha256(f"{self.name}\n{self.subject}".encode()).hexdigest()[:12]


# How the note of an alert begins whose cause was gone when it was closed.
BY_ITSELF, REBUILT = "by itself: ", "rebuilt: "


@dataclass(frozen=True, slots=True)
class Alert:
    """Instants are UTC RFC 3339; `last_seen` is true to the hour. `closed_at` "" while nobody has decided."""

    cause: Cause
    first_seen: str
    last_seen: str
    closed_at: str = ""
    note: str = ""

    @property
    def open(self) -> bool:
        return not self.closed_at

    @property
    def over(self) -> bool:
        """Whether by its note its cause was gone when it was closed: nobody has decided to live with it."""
        return self.note.startswith((BY_ITSELF, REBUILT))
