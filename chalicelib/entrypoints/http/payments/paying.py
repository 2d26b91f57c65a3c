"""Routes that pay: quote, start, look, check, cancel."""

from collections.abc import Callable
from typing import Any, NoReturn

from chalice.app import Blueprint

from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.idempotency import body_hash, key_of
from chalicelib.entrypoints.http.ledger.views import Words
from chalicelib.entrypoints.http.payments import views
from chalicelib.entrypoints.http.payments.next_steps import next_step
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import Query, endpoint
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, Invalid, Refused, Stale
from chalicelib.payments.domain.quotes import Quote, Scope
from chalicelib.payments.services.paying import PaymentWish, Progress
from chalicelib.practice.domain.practices import Practice

routes = Blueprint(__name__)
QUOTE_ERRORS = (
    "account_not_found", "account_updating", "payments_disabled", "clinician_payments_disabled",
    "nothing_to_pay", "charge_not_payable", "item_in_flight", "amount_invalid", "amount_not_editable",
    "amount_above_owed", "amount_above_payable", "amount_below_minimum", "amount_above_limit", "amount_step",
    "amount_leaves_too_little", "amount_whole_only", "invoice_not_found", "invoice_void",
)  # fmt: skip
PAYMENT_ERRORS = ("account_not_found", "account_updating", "payment_not_found", "payments_disabled")
NOTHING = Scope("services")  # of what cannot be paid any more
APPROVED = Query("approved", {"type": "boolean"}, "Its payer comes back from having approved it.")


@endpoint(
    routes, "POST", "/accounts/{account_id}/quotes", policy=Client(),
    body=schemas.QuoteRequest, returns=schemas.Quote, errors=QUOTE_ERRORS,
)  # fmt: skip
def create_quote(context: Context[schemas.QuoteRequest], ref: AccountRef) -> schemas.Quote:
    """Exactly what would be charged for this choice, and what it pays. Writes nothing."""
    asked = scope(context, ref, context.body.scope)
    practice, offered = context.app.paying.quote(ref, asked)
    return views.quote(offered, Words(practice, context.locale))


@endpoint(
    routes, "POST", "/accounts/{account_id}/payments", policy=Client(),
    body=schemas.PaymentRequest, returns=schemas.Payment, status=201, headers=("Idempotency-Key",),
    errors=(
        *QUOTE_ERRORS, "idempotency_key_missing", "idempotency_key_reused", "quote_stale",
        "processor_refused", "processor_unavailable", "too_many_payments", "way_unavailable",
        "method_not_found", "method_not_ready", "method_expired", "method_refused", "cvc_missing",
        "consent_stale", "saving_disabled", "too_many_methods", "field_invalid", "notice_unacknowledged",
    ),
)  # fmt: skip
def start_payment(context: Context[schemas.PaymentRequest], ref: AccountRef) -> schemas.Payment:
    """Start a payment. `next` says where its payer goes on; the same key and body give the same payment."""
    try:
        started = _started(context, ref)
    except Stale as stale:
        raise_requoted(stale, context.locale, views.quote)
    return _payment(context, started)


@endpoint(
    routes, "GET", "/accounts/{account_id}/payments/{payment_id}", policy=Client(),
    returns=schemas.Payment, errors=PAYMENT_ERRORS,
)  # fmt: skip
def get_payment(context: Context[None], ref: AccountRef, payment_id: str) -> schemas.Payment:
    """A payment as the ledger has it."""
    return _payment(context, context.app.paying.look(ref, payment_id))


@endpoint(
    routes, "POST", "/accounts/{account_id}/payments/{payment_id}/check", policy=Client(),
    returns=schemas.Payment, query=(APPROVED,),
    errors=(*PAYMENT_ERRORS, "field_invalid", "processor_refused", "processor_unavailable"),
)  # fmt: skip
def check_payment(context: Context[None], ref: AccountRef, payment_id: str) -> schemas.Payment:
    """Ask the processor how an unfinished payment stands, and settle it. Safe to repeat. `approved` saves a
    look at a processor whose payers approve first, and takes nothing that was not approved."""
    said = context.query("approved")
    if said not in (None, "true", "false"):
        raise Invalid("field_invalid", "approved")
    return _payment(context, context.app.paying.check(ref, payment_id, approved=said == "true"))


@endpoint(
    routes, "POST", "/accounts/{account_id}/payments/{payment_id}/cancel", policy=Client(),
    returns=schemas.Payment,
    errors=(*PAYMENT_ERRORS, "processor_refused", "processor_unavailable"),
)  # fmt: skip
def cancel_payment(context: Context[None], ref: AccountRef, payment_id: str) -> schemas.Payment:
    """End an unpaid payment at the processor. If it was paid after all, the answer says so."""
    return _payment(context, context.app.paying.cancel(ref, payment_id))


def scope(context: Context[Any], ref: AccountRef, asked: schemas.Scope) -> Scope:
    """Errors, of an invoice: NotFound invoice_not_found; Refused invoice_void."""
    if isinstance(asked, schemas.InvoiceScope):
        invoices = context.app.invoice_showing
        return invoices.scope(ref, invoices.number(asked.document_id))
    if isinstance(asked, schemas.ServicesScope):
        return Scope("services", tuple(asked.charge_ids), asked.amount_minor)
    if isinstance(asked, schemas.ServiceScope):
        return Scope("service", (asked.charge_id,), asked.amount_minor)
    if isinstance(asked, schemas.AmountScope):
        return Scope("amount", amount_minor=asked.amount_minor)
    return Scope("balance")


def raise_requoted(stale: Stale, locale: str, told: Callable[[Quote, Words], schemas.Quote]) -> NoReturn:
    """The same refusal, with the quote that holds now as the API gives it. Error: Stale."""
    offered, practice = stale.details.get("quote"), stale.details.get("practice")
    if not isinstance(offered, Quote) or not isinstance(practice, Practice):
        raise stale
    raise Stale(stale.code, quote=told(offered, Words(practice, locale))) from stale


def _started(context: Context[schemas.PaymentRequest], ref: AccountRef) -> Progress:
    """Also what was started on an invoice that is void by now, when asked again."""
    key, digest = key_of(context), body_hash(context.body)
    try:
        asked = scope(context, ref, context.body.scope)
    except BillfoldError:
        if earlier := context.app.paying.repeated(ref, _wish(context, key, NOTHING, digest)):
            return earlier
        raise
    return context.app.paying.start(ref, _wish(context, key, asked, digest))


def _wish(context: Context[schemas.PaymentRequest], key: str, asked: Scope, digest: str) -> PaymentWish:
    """Error: field_invalid, where a saved method is chosen and a new one, too."""
    body = context.body
    if body.method and (body.way or body.save):
        raise Invalid("field_invalid", "way" if body.way else "save")
    return PaymentWish(
        id=key,
        scope=asked,
        quote_key=body.quote,
        amount_minor=body.amount_minor,
        notes=body.notes,
        person_id=context.principal.person_id,
        actor=context.principal.actor.text,
        locale=context.locale,
        way=body.way.value if body.way else "",
        body_hash=digest,
        method=body.method or "",
        security_code=body.cvc_token,
        consent=body.save or "",
        payer_id=context.principal.payer_id,
        card_notice=body.card_notice or "",
    )


def _payment(context: Context[object], progress: Progress) -> schemas.Payment:
    """Error: account_updating, as everywhere while an import holds the account: the answer would say what is
    owed. What the use case did stands; the next answer tells it."""
    practice, account, paid = progress.practice, progress.account, progress.payment
    if account.hold:
        raise Refused("account_updating")
    words, step = Words(practice, context.locale), next_step(context, practice, paid)
    return views.payment(paid, account, words, step, reader=context.principal)
