"""Routes by which anybody pays a bill without an account: quote, start, look, check, cancel, claim."""

import datetime as dt
import re

import msgspec
from chalice.app import Blueprint

from chalicelib.documents.domain.receipts import method_text
from chalicelib.documents.services import guest_receipts
from chalicelib.documents.services.guest_receipts import A_YEAR
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.documents.receipts import AS, redirect, wants_inline
from chalicelib.entrypoints.http.idempotency import body_hash, key_of
from chalicelib.entrypoints.http.ledger.views import date
from chalicelib.entrypoints.http.payments.next_steps import next_step
from chalicelib.entrypoints.http.payments.paying import APPROVED
from chalicelib.entrypoints.http.payments.views import state_of
from chalicelib.entrypoints.http.policies import Anyone, Client
from chalicelib.entrypoints.http.runtime import Reply, endpoint
from chalicelib.payments.domain.guests import GuestForm, GuestQuote
from chalicelib.payments.services.guest_limits import ASKS_OF_NETWORK, STARTS_OF_NETWORK, Work
from chalicelib.payments.services.guest_paying import GuestProgress, GuestWish
from chalicelib.payments.services.puzzles import Puzzle

routes = Blueprint(__name__)
_KEY = re.compile(r"[A-Za-z0-9_-]{32,64}")
_QUOTE_ERRORS = (
    "practice_not_found", "payments_disabled", "clinician_not_found", "clinician_payments_disabled",
    "way_unavailable", "field_missing", "field_invalid", "email_invalid", "guest_card_number",
    "amount_invalid", "amount_below_minimum", "amount_above_limit", "amount_step",
)  # fmt: skip
_ASKED = (
    "practice_not_found", "payment_not_found", "payments_disabled", "processor_refused",
    "processor_unavailable", "too_many_requests",
)  # fmt: skip


@endpoint(
    routes, "POST", "/practices/{practice_id}/guest-quotes", policy=Anyone(),
    body=schemas.GuestRequest, returns=schemas.GuestQuote, errors=_QUOTE_ERRORS,
)  # fmt: skip
def quote_guest(context: Context[schemas.GuestRequest], practice_id: str) -> schemas.GuestQuote:
    """Exactly what somebody without an account would be charged. Writes nothing, and looks nobody up."""
    body = context.body
    quote, puzzle = context.app.guest_paying.quote(
        practice_id, _form(body), way=body.way.value, amount_minor=body.amount_minor
    )
    return _quote(quote, puzzle)


@endpoint(
    routes, "POST", "/practices/{practice_id}/guest-payments", policy=Anyone(limits=STARTS_OF_NETWORK),
    body=schemas.GuestPaymentRequest, returns=schemas.GuestPayment, status=201,
    headers=("Idempotency-Key",),
    errors=(
        *_QUOTE_ERRORS, "idempotency_key_missing", "idempotency_key_reused", "guest_quote_stale",
        "guest_work_required", "guest_cards_paused", "too_many_payments", "notice_unacknowledged",
        "processor_refused", "processor_unavailable",
    ),
)  # fmt: skip
def start_guest_payment(
    context: Context[schemas.GuestPaymentRequest], practice_id: str
) -> schemas.GuestPayment:
    """Start a payment without an account. The key is made by the page at random, and is the proof of whose
    payment it is; the same key and body give the same payment."""
    key, body = key_of(context, form=_KEY), context.body
    wish = GuestWish(
        key=key,
        form=_form(body),
        way=body.way.value,
        amount_minor=body.amount_minor,
        quote_key=body.quote,
        locale=context.locale,
        body_hash=body_hash(_of_payment(body)),
        ip=context.ip,
        card_notice=body.card_notice or "",
        work=Work(body.work.puzzle, body.work.answer) if body.work else Work(),
    )
    return _payment(context, context.app.guest_paying.start(practice_id, wish))


@endpoint(
    routes, "POST", "/practices/{practice_id}/guest-payments/look", policy=Anyone(),
    body=schemas.GuestKeyRequest, returns=schemas.GuestPayment,
    errors=("practice_not_found", "payment_not_found"),
)  # fmt: skip
def look_guest_payment(context: Context[schemas.GuestKeyRequest], practice_id: str) -> schemas.GuestPayment:
    """The payment of that key as the ledger has it."""
    return _payment(context, context.app.guest_paying.look(practice_id, context.body.key))


@endpoint(
    routes, "POST", "/practices/{practice_id}/guest-payments/check",
    policy=Anyone(limits=ASKS_OF_NETWORK),
    body=schemas.GuestKeyRequest, returns=schemas.GuestPayment, errors=_ASKED, query=(APPROVED,),
)  # fmt: skip
def check_guest_payment(context: Context[schemas.GuestKeyRequest], practice_id: str) -> schemas.GuestPayment:
    """Ask the processor how it stands, and settle it. Safe to repeat. `approved` saves a look at a processor
    whose payers approve first, and takes nothing that was not approved."""
    context.app.guest_limits.asked(practice_id, context.ip)
    approved = context.query("approved") == "true"
    checked = context.app.guest_paying.check(practice_id, context.body.key, approved=approved)
    return _payment(context, checked)


@endpoint(
    routes, "POST", "/practices/{practice_id}/guest-payments/cancel",
    policy=Anyone(limits=ASKS_OF_NETWORK),
    body=schemas.GuestKeyRequest, returns=schemas.GuestPayment, errors=_ASKED,
)  # fmt: skip
def cancel_guest_payment(context: Context[schemas.GuestKeyRequest], practice_id: str) -> schemas.GuestPayment:
    """End an unpaid payment at the processor. If it was paid after all, the answer says so."""
    context.app.guest_limits.asked(practice_id, context.ip)
    return _payment(context, context.app.guest_paying.cancel(practice_id, context.body.key))


@endpoint(
    routes, "POST", "/practices/{practice_id}/guest-payments/claim",
    policy=Anyone(limits=ASKS_OF_NETWORK),
    body=schemas.GuestKeyRequest, returns=schemas.GuestClaimed,
    errors=("practice_not_found", "payment_not_found", "payment_state", "too_many_requests"),
)  # fmt: skip
def claim_guest_payment(context: Context[schemas.GuestKeyRequest], practice_id: str) -> schemas.GuestClaimed:
    """Whoever reads the address that was typed may sign in by it, and then see this payment: no balance, and
    nothing of any client's, also once the practice has found whose account it is for. Mails nothing."""
    context.app.guest_limits.asked(practice_id, context.ip)
    return schemas.GuestClaimed(masked(context.app.guest_claiming.claim(practice_id, context.body.key)))


@endpoint(
    routes, "POST", "/practices/{practice_id}/guest-receipts",
    policy=Anyone(limits=guest_receipts.ASKS_OF_NETWORK),
    body=schemas.GuestReceiptsRequest, returns=schemas.GuestReceiptsAsked, status=202,
    errors=("practice_not_found", "email_invalid", "too_many_requests"),
)  # fmt: skip
def send_guest_receipts(
    context: Context[schemas.GuestReceiptsRequest], practice_id: str
) -> schemas.GuestReceiptsAsked:
    """Have a year's receipts of what was paid from that address without an account mailed to it again. The
    answer is the same where nothing was."""
    body = context.body
    context.app.guest_receipts.ask(practice_id, body.email, context.ip, locale=body.locale)
    return schemas.GuestReceiptsAsked(A_YEAR.days)


@endpoint(routes, "GET", "/guest-payments", policy=Client(), returns=schemas.ClaimedPayments,
          errors=("practice_not_found",))  # fmt: skip
def claimed_payments(context: Context[None]) -> schemas.ClaimedPayments:
    """What the person who is signed in has paid without an account, and claimed."""
    who = context.principal
    found = context.app.guest_claiming.claimed(who.practice, who.claimed)
    rows = [
        schemas.ClaimedPayment(each.payment.id, _payment(context, each), bool(each.payment.receipt_key))
        for each in found
    ]
    return schemas.ClaimedPayments(rows)


@endpoint(
    routes, "GET", "/guest-payments/{payment_id}/receipt", policy=Client(), status=303,
    errors=("payment_not_found", "receipt_not_ready", "document_missing", "field_invalid"), query=(AS,),
)  # fmt: skip
def claimed_receipt(context: Context[None], payment_id: str) -> Reply:
    """The receipt's PDF, by way of an address that serves it for 60 seconds."""
    who, inline = context.principal, wants_inline(context)
    ref = context.app.guest_claiming.claimed_account(who.practice, who.claimed, payment_id)
    return redirect(
        context, ref, "payments", lambda: context.app.receipts.url(ref, payment_id, inline=inline)
    )


def _form(body: schemas.GuestRequest) -> GuestForm:
    return GuestForm(
        clinician_id=body.clinician, client=body.client, email=body.email, name=body.name, phone=body.phone,
        number=body.number,
    )  # fmt: skip


def _of_payment(body: schemas.GuestPaymentRequest) -> schemas.GuestPaymentRequest:
    """What makes it the same payment: work that is asked for afterwards does not make it another."""
    return msgspec.structs.replace(body, work=None)


def _quote(quote: GuestQuote, puzzle: Puzzle | None) -> schemas.GuestQuote:
    form = quote.form
    return schemas.GuestQuote(
        quote=quote.key,
        amount_minor=quote.amount_minor,
        fee_minor=0,
        currency=quote.currency,
        way=schemas.WayName(quote.offer.way.value),
        processor=quote.offer.processor,
        flow=schemas.Flow(quote.offer.flow.value),
        clinician=quote.clinician.id,
        clinician_name=quote.clinician.name,
        client=form.client,
        name=form.name,
        email=form.email,
        phone=form.phone,
        number=form.number,
        work=_work(puzzle) if puzzle else None,
    )


def _work(puzzle: Puzzle) -> schemas.GuestWork:
    return schemas.GuestWork(puzzle.text, puzzle.bits, dt.datetime.fromtimestamp(puzzle.expires_at, dt.UTC))


def _payment(context: Context[object], found: GuestProgress) -> schemas.GuestPayment:
    paid = found.payment
    return schemas.GuestPayment(
        state=state_of(paid),
        finished=not paid.live,
        amount_minor=paid.amount_minor,
        refunded_minor=paid.refunded_minor,
        fee_minor=0,
        currency=paid.currency,
        date=date(paid.date),
        way=schemas.WayName(paid.ways[0]),
        method=method_text(paid.method, context.locale) if paid.method else "",
        reference=paid.reference,
        receipt_pending=paid.receipt_pending,
        receipt_sent_to=masked(paid.receipt_mailed_to) if paid.receipt_mailed_to else None,
        next=next_step(context, found.practice, paid),
    )


def masked(address: str) -> str:
    """Enough to know one's own by: "p…@example.com". The return address may be read over a shoulder."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
