"""What a line of a statement, or a row of the table of what was posted, is called."""

from collections.abc import Mapping

from chalicelib.ledger.domain.disputes import Turn, turn
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.guest_money import Back
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS

LINE_WORDS: Mapping[EntryKind | Turn | Back, str] = {
    EntryKind.CHARGE: "line_service",
    EntryKind.SERVICE: "line_service",
    EntryKind.FACTS_CORRECTED: "line_correction",
    EntryKind.OPENING_BALANCE: "line_opening",
    EntryKind.RESPONSIBILITY_TRANSFER: "line_transfer",
    EntryKind.ADJUSTMENT: "line_adjustment",
    EntryKind.WRITE_OFF: "line_write_off",
    EntryKind.PAYMENT: "line_payment",
    EntryKind.INSURANCE_PAYMENT: "line_insurance",
    EntryKind.CONTRACTUAL_ADJUSTMENT: "line_contractual",
    EntryKind.PROCESSOR_FEE: "line_adjustment",
    EntryKind.REFUND: "line_refund",
    EntryKind.REFUND_FAILURE: "line_refund_failure",
    Turn.OPENED: "line_dispute",
    Turn.WON: "line_dispute_won",
    Turn.LOST: "line_dispute_lost",
    EntryKind.CREDIT_TRANSFER: "line_credit_transfer",
    EntryKind.GUEST_PAYMENT: "line_guest_payment",
    EntryKind.GUEST_PAYMENT_BACK: "line_guest_payment_back",
    Back.REFUNDED: "line_guest_payment_refunded",
    Back.MOVED: "line_guest_payment_moved",
    EntryKind.REVERSAL: "line_correction",
}
"""Every kind is called something, even those that have a line only where they change what the client owes;
what is about a dispute by its turn."""


def line_word(kind: EntryKind, amount_minor: int, locale: str, back: Back | None = None) -> str:
    """`back`: how a guest's money left the account, where that is known."""
    return say(DOCUMENTS, LINE_WORDS[back or turn(kind, amount_minor) or kind], locale)
