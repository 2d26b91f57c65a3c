"""The step by which a payer goes on with an unfinished payment, as the API gives it."""

from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.services.next_steps import Redirect
from chalicelib.practice.domain.practices import Practice


def next_step(
    context: Context[object], practice: Practice, payment: Payment
) -> schemas.Redirect | schemas.Inline | None:
    """None when the payer has nothing to do, or whoever asks may not do it. Who asks for a guest's has shown
    its key; who pays by a link keeps nothing."""
    who = context.visitor
    mine = bool(payment.guest) or (who is not None and who.did(payment.person_id, payment.created_at))
    step = context.app.next_steps.of(practice.id, payment, mine=mine)
    if step is None:
        return None
    if isinstance(step, Redirect):
        return schemas.Redirect(step.url)
    return schemas.Inline(step.client_secret, step.publishable_key, step.script_url)
