"""Routes for who pays by the link on a bill, without an account and without a cookie.

Opening the link's page asks for nothing. Only POST does, with the link's token and what the paper does not
say; from then on each call has a token of its own in its body, and pays what the link is for alone.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import msgspec
from chalice.app import Blueprint

from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.idempotency import body_hash, key_of
from chalicelib.entrypoints.http.ledger.views import Words
from chalicelib.entrypoints.http.payments import link_views
from chalicelib.entrypoints.http.payments.next_steps import next_step
from chalicelib.entrypoints.http.payments.paying import NOTHING, PAYMENT_ERRORS, QUOTE_ERRORS, raise_requoted
from chalicelib.entrypoints.http.policies import Anyone, Link
from chalicelib.entrypoints.http.practice.views import card_notice
from chalicelib.entrypoints.http.runtime import endpoint
from chalicelib.identity.services.links import LinkHolder
from chalicelib.identity.services.pay_link_limits import CODE_STEP_SECONDS, FACTORS_OF_NETWORK
from chalicelib.kernel.document_ids import invoice_number
from chalicelib.kernel.errors import BillfoldError, Invalid, Refused, Stale
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.services.opening import RESULT_LINK
from chalicelib.payments.services.paying import PaymentWish, Progress

routes = Blueprint(__name__)
PAY_LINK = "pay"
_PAY = Link(PAY_LINK, second_factor=True)


@endpoint(
    routes, "POST", "/pay-links/codes", policy=Anyone(limits=FACTORS_OF_NETWORK),
    body=schemas.LinkCodeRequest, returns=schemas.LinkCodeSent, status=202, errors=("too_many_requests",),
)  # fmt: skip
def ask_link_code(context: Context[schemas.LinkCodeRequest]) -> schemas.LinkCodeSent:
    """Have a code e-mailed to the address that the practice has, for who cannot say the birth date.

    The answer is the same for links that there are and others."""
    body = context.body
    factors = context.app.pay_link_factors
    factors.ask_code(body.practice, body.token, ip=context.ip, locale=body.locale)
    return schemas.LinkCodeSent(CODE_STEP_SECONDS)


@endpoint(
    routes, "POST", "/pay-links/sessions", policy=Anyone(limits=FACTORS_OF_NETWORK),
    body=schemas.LinkOpenRequest, returns=schemas.LinkOpened,
    errors=("code_format", "field_missing", "link_locked", "link_refused", "too_many_requests"),
)  # fmt: skip
def open_pay_link(context: Context[schemas.LinkOpenRequest]) -> schemas.LinkOpened:
    """Go on to paying, by the client's birth date or an e-mailed code.

    A wrong answer and an unknown, revoked or old link are told the same."""
    body = context.body
    if (body.birth_date is None) is (body.code is None):
        raise Invalid("field_missing", "birth_date")
    opened = context.app.pay_link_factors.open(
        body.practice, body.token, ip=context.ip,
        birth_date=body.birth_date.isoformat() if body.birth_date else "", code=body.code or "",
    )  # fmt: skip
    number = invoice_number(opened.document)
    notices = context.app.paying.paying_with.card_notices
    return schemas.LinkOpened(
        card_notice=card_notice(notices.asked(opened.practice, opened.actor.text)),
        token=opened.bearer,
        account_id=opened.account_id,
        scope="balance" if number is None else "invoice",
        number=number,
        expires_at=datetime.fromtimestamp(opened.expires_at, UTC),
    )


@endpoint(
    routes, "POST", "/pay-links/quotes", policy=_PAY, body=schemas.LinkCall, returns=schemas.Quote,
    errors=QUOTE_ERRORS,
)  # fmt: skip
def quote_of_link(context: Context[schemas.LinkCall]) -> schemas.Quote:
    """What is owed now of what the link is for, and what would be charged. Writes nothing."""
    holder = context.holder
    practice, offered = context.app.paying.quote(holder.ref, _scope(context, holder))
    return link_views.quote(offered, Words(practice, context.locale), holder)


@endpoint(
    routes, "POST", "/pay-links/payments", policy=_PAY, body=schemas.LinkPaymentRequest,
    returns=schemas.Payment, status=201, headers=("Idempotency-Key",),
    errors=(
        *QUOTE_ERRORS, "idempotency_key_missing", "idempotency_key_reused", "quote_stale",
        "processor_refused", "processor_unavailable", "too_many_payments", "way_unavailable",
        "notice_unacknowledged", "payment_not_found",
    ),
)  # fmt: skip
def start_by_link(context: Context[schemas.LinkPaymentRequest]) -> schemas.Payment:
    """As the payments of an account, of all that the link is for."""
    holder = context.holder
    try:
        started, asked = _started(context, holder)
    except Stale as stale:
        raise_requoted(stale, context.locale, partial(link_views.quote, holder=holder))
    return _payment(context, holder, started, asked)


@endpoint(
    routes, "POST", "/pay-links/payments/{payment_id}", policy=_PAY, body=schemas.LinkCall,
    returns=schemas.Payment, errors=PAYMENT_ERRORS,
)  # fmt: skip
def look_by_link(context: Context[schemas.LinkCall], payment_id: str) -> schemas.Payment:
    """A payment that was started by this link, as the ledger has it."""
    holder = context.holder
    return _payment(context, holder, context.app.paying.look(holder.ref, payment_id, of=holder.actor.text))


@endpoint(
    routes, "POST", "/pay-links/payments/{payment_id}/check", policy=_PAY, body=schemas.LinkCall,
    returns=schemas.Payment, errors=(*PAYMENT_ERRORS, "processor_refused", "processor_unavailable"),
)  # fmt: skip
def check_by_link(context: Context[schemas.LinkCall], payment_id: str) -> schemas.Payment:
    """Ask the processor how it stands, and settle it. Safe to repeat."""
    holder = context.holder
    checked = context.app.paying.check(holder.ref, payment_id, of=holder.actor.text)
    return _payment(context, holder, checked)


@endpoint(
    routes, "POST", "/pay-links/payments/{payment_id}/cancel", policy=_PAY, body=schemas.LinkCall,
    returns=schemas.Payment, errors=(*PAYMENT_ERRORS, "processor_refused", "processor_unavailable"),
)  # fmt: skip
def cancel_by_link(context: Context[schemas.LinkCall], payment_id: str) -> schemas.Payment:
    """End it at the processor while it is unpaid. If it was paid after all, the answer says so."""
    holder = context.holder
    canceled = context.app.paying.cancel(holder.ref, payment_id, of=holder.actor.text)
    return _payment(context, holder, canceled)


@endpoint(
    routes, "POST", "/pay-links/results", policy=Link(RESULT_LINK), body=schemas.LinkCall,
    returns=schemas.LinkResult,
    errors=("payment_not_found", "processor_refused", "processor_unavailable"),
)  # fmt: skip
def result_of_link(context: Context[schemas.LinkCall]) -> schemas.LinkResult:
    """What became of a payment, for who comes back from the processor's page with nothing but its address."""
    holder = context.holder
    progress = context.app.paying.check(holder.ref, holder.payment_id)
    return link_views.result(progress.payment, Words(progress.practice, context.locale))


def _scope(context: Context[object], holder: LinkHolder) -> Scope:
    """Errors, of an invoice: NotFound invoice_not_found; Refused invoice_void."""
    if not link_views.is_of_invoice(holder):
        return Scope("balance")
    invoices = context.app.invoice_showing
    return invoices.scope(holder.ref, invoices.number(holder.document))


def _started(
    context: Context[schemas.LinkPaymentRequest], holder: LinkHolder
) -> tuple[Progress, Scope | None]:
    """With what was read to be paid; None where that is not to be paid any more."""
    key, body = key_of(context), context.body
    # Who opens the link again goes on with the same payment under another token.
    digest = body_hash(msgspec.structs.replace(body, token=holder.actor.text))
    wish = PaymentWish(
        id=key, scope=NOTHING, quote_key=body.quote, amount_minor=body.amount_minor, notes=body.notes,
        person_id="", locale=context.locale, body_hash=digest, actor=holder.actor.text,
        way=body.way.value if body.way else "", card_notice=body.card_notice or "",
    )  # fmt: skip
    try:
        asked = _scope(context, holder)
    except BillfoldError:
        if earlier := context.app.paying.repeated(holder.ref, wish):
            return earlier, None
        raise
    return context.app.paying.start(holder.ref, replace(wish, scope=asked)), asked


def _payment(
    context: Context[object], holder: LinkHolder, progress: Progress, asked: Scope | None = None
) -> schemas.Payment:
    """Error: account_updating, as everywhere while an import holds the account."""
    practice, account, paid = progress.practice, progress.account, progress.payment
    if account.hold:
        raise Refused("account_updating")
    step, words = next_step(context, practice, paid), Words(practice, context.locale)
    return link_views.payment(paid, account, words, step, _charge_ids(context, holder, asked))


def _charge_ids(context: Context[object], holder: LinkHolder, asked: Scope | None) -> Collection[str] | None:
    """Of the invoice's services; None where the link is of a statement."""
    if not link_views.is_of_invoice(holder):
        return None
    return asked.charge_ids if asked else context.app.invoice_showing.charge_ids(holder.ref, holder.document)
