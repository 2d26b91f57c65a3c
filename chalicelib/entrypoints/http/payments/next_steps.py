"""Where a payer goes on with an unfinished payment: to the processor's page, or to its fields on ours."""

from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.schemas import Inline, Redirect
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.practice.domain.practices import Practice


def next_step(context: Context[object], practice: Practice, payment: Payment) -> Redirect | Inline | None:
    """None when the payer has nothing to do."""
    if payment.state is not State.AWAITING:
        return None
    if payment.next_url:
        return Redirect(payment.next_url)
    key = context.app.processors.of(practice.id, payment.processor).publishable_key()
    return Inline(payment.client_secret, key, context.app.settings.stripe_js)
