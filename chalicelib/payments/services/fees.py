"""Fees beside that of the capture: with a dispute, a debit that came back, or one that is given back.

Each is the practice's expense, posted once under the name of the row of the processor's books it stands on,
whoever brings the news of it; nothing that a client owes depends on it.
"""

from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain import drafts
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import Draft
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import Facts, Stage
from chalicelib.payments.services.after_capture_entries import changed
from chalicelib.payments.services.movements import MarkedMovements, Paid


def post_fee(
    movements: MarkedMovements, practice: str, processor: str, facts: Facts, moved: Movement
) -> None:
    """Post the fee beside that movement of the attempt, if it has one and that has not been done. Facts are
    of now. Error: Refused currency_mixed."""
    if not moved.fee_minor or _is_captures_own(facts, moved):
        return
    currency = moved.fee_currency or moved.currency
    on = movements.local(practice, moved.at)

    def make(account: Account, payment: Payment) -> tuple[Draft, Paid] | None:
        if payment.intent_id not in ("", facts.intent_id):  # of a second capture nothing is posted
            return None
        if currency != account.ledger.currency:
            raise Refused("currency_mixed", currency=currency)
        draft = drafts.processor_fee(
            account.ledger, moved.fee_minor, processor=processor, on=on,
            reference=moved.id, payment_id=payment.id,
        )  # fmt: skip
        return draft, changed(payment)

    movements.post(practice, facts, at_processor(processor, moved.id, Outcome.FEE), make)


def _is_captures_own(facts: Facts, moved: Movement) -> bool:
    """Whether settling posts it, and keeps it with the payment: that of what was captured, or may yet be.
    A debit is in the books from the day it is submitted."""
    if moved.kind is not Kind.PAYMENT:
        return False
    if facts.stage is Stage.SUCCEEDED:
        return facts.captured is None or facts.captured.id == moved.id
    return facts.stage in (Stage.OPEN, Stage.PROCESSING)
