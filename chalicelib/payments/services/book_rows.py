"""What a row of a processor's books comes to in the ledger, and which rows come to nothing there. Pure."""

from collections.abc import Iterator

from chalicelib.ledger.domain import disputes
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import Facts, RefundStatus, Stage
from chalicelib.payments.services.after_capture import row_marker

DISPUTES = frozenset({Kind.DISPUTE, Kind.DISPUTE_RETURNED, Kind.LOST})
_REFUNDS = {Kind.REFUND: Outcome.SUCCEEDED, Kind.REFUND_RETURNED: Outcome.FAILED}
_DEBITS = frozenset({Kind.PAYMENT, Kind.PAYMENT_RETURNED})


def wanted(processor: str, row: Movement) -> Iterator[tuple[str, int, str]]:
    """The markers that say the ledger has the row; what each one's entry adds to the money held, in which
    currency."""
    if row.kind is Kind.PAYMENT:
        yield at_processor(processor, row.intent_id, Outcome.SUCCEEDED), row.amount_minor, row.currency
    elif row.kind in _REFUNDS:
        yield at_processor(processor, row.about, _REFUNDS[row.kind]), row.amount_minor, row.currency
    elif row.kind is Kind.LOST:
        first = disputes.reference(row.about, 1)
        yield at_processor(processor, first, Outcome.DECIDED), row.amount_minor, row.currency
    elif row.kind in DISPUTES:
        yield row_marker(processor, row.about, row.id, row.amount_minor), row.amount_minor, row.currency
    if row.fee_minor:
        yield at_processor(processor, row.id, Outcome.FEE), -row.fee_minor, row.fee_currency or row.currency


def cancels(row: Movement, facts: Facts) -> bool:
    """Whether another row undoes it, so that the ledger has both or neither."""
    if (
        row.kind in _DEBITS and facts.stage is Stage.SUCCEEDED
    ):  # paid by another try, after this one came back
        return row.about != facts.charge_id
    if row.kind is Kind.PAYMENT and facts.stage is Stage.FAILED and not facts.movements:
        return True  # it was on its way, and was denied
    return row.id in facts.undone


def waits(row: Movement, facts: Facts) -> bool:
    """Whether its money is still on its way: a debit, or a refund, that the bank has not answered."""
    if row.kind is Kind.PAYMENT:
        return facts.stage in (Stage.OPEN, Stage.PROCESSING)
    pending = (refund.id for refund in facts.refunds if refund.status is RefundStatus.PENDING)
    return row.kind is Kind.REFUND and row.about in pending
