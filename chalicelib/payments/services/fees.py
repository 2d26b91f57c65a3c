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
from chalicelib.payments.ports.balance_rows import BalanceRow, Kind
from chalicelib.payments.ports.processors import Facts, Fee, Stage
from chalicelib.payments.services.after_capture_entries import changed
from chalicelib.payments.services.movements import MarkedMovements, Paid


def post_row(
    movements: MarkedMovements, practice: str, processor: str, facts: Facts, row: BalanceRow
) -> None:
    """The fee on a row of the books of that attempt; facts are of now. Error: Refused currency_mixed."""
    if _is_captures_own(facts, row):
        return
    fee = Fee(row.id, row.fee_minor, row.at, row.fee_currency or row.currency)
    post_fee(movements, practice, processor, facts, fee)


def post_fee(movements: MarkedMovements, practice: str, processor: str, facts: Facts, fee: Fee) -> None:
    """Post it if that has not been done. Error: Refused currency_mixed."""
    if not fee.amount_minor or not fee.reference:
        return
    on = movements.local(practice, fee.at)

    def make(account: Account, payment: Payment) -> tuple[Draft, Paid] | None:
        if payment.intent_id not in ("", facts.intent_id):  # of a second capture nothing is posted
            return None
        if fee.currency not in ("", account.ledger.currency):
            raise Refused("currency_mixed", currency=fee.currency)
        draft = drafts.processor_fee(
            account.ledger, fee.amount_minor, processor=processor, on=on,
            reference=fee.reference, payment_id=payment.id,
        )  # fmt: skip
        return draft, changed(payment)

    movements.post(practice, facts, at_processor(processor, fee.reference, Outcome.FEE), make)


def _is_captures_own(facts: Facts, row: BalanceRow) -> bool:
    """Whether settling posts it, and keeps it with the payment: that of what was captured, or may yet be.
    A debit's row is there from the day it is submitted."""
    if row.kind is not Kind.PAYMENT:
        return False
    if facts.stage is Stage.SUCCEEDED:
        return facts.fee_reference in ("", row.id)
    return facts.stage in (Stage.OPEN, Stage.PROCESSING)
