"""Where a payer goes on with an unfinished payment: to the processor's page, or to its fields on ours."""

from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.schemas import Inline, Redirect
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.ports.processors import Embeds
from chalicelib.practice.domain.practices import Practice


def next_step(context: Context[object], practice: Practice, payment: Payment) -> Redirect | Inline | None:
    """None when the payer has nothing to do."""
    if payment.state is not State.AWAITING:
        return None
    if payment.next_url:
        return Redirect(payment.next_url)
    processor = context.app.processors.of(practice.id, payment.processor)
    if not isinstance(processor, Embeds):
        return None
    fields = processor.fields(payment.client_secret)
    return Inline(fields.client_secret, fields.publishable_key, fields.script_url)
