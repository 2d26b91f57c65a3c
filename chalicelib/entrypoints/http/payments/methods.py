"""Routes of Payment Methods: what the person who signed in has saved at the practice, and adding to it."""

import datetime as dt

from chalice.app import Blueprint

from chalicelib.documents.domain.receipts import method_text
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.idempotency import body_hash, key_of
from chalicelib.entrypoints.http.ledger.views import date
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.practice.views import card_notice
from chalicelib.entrypoints.http.runtime import endpoint
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant, local_date
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.domain.saved_methods import AdditionState, EndedMethod, PayerMethod
from chalicelib.payments.services.methods.adding import Adding, AdditionWish
from chalicelib.payments.services.methods.choosing import MethodList
from chalicelib.payments.services.next_steps import Redirect

routes = Blueprint(__name__)
_ASKED = ("processor_refused", "processor_unavailable")


@endpoint(
    routes, "GET", "/methods", policy=Client(), returns=schemas.Methods,
    errors=("practice_not_found", "saving_disabled", "payments_disabled"),
)  # fmt: skip
def methods(context: Context[None]) -> schemas.Methods:
    """Payment Methods: all that the person may pay with again."""
    who = context.principal
    return _methods(context, context.app.choosing.listed(who.practice, who.payer_id))


@endpoint(
    routes, "POST", "/methods/{method_id}/default", policy=Client(), returns=schemas.Methods,
    errors=("method_not_found", "method_not_ready", "payments_disabled"),
)  # fmt: skip
def choose_default(context: Context[None], method_id: str) -> schemas.Methods:
    """Charged from now on unless the payer chooses another. Exactly one is the default."""
    who = context.principal
    return _methods(context, context.app.choosing.choose(who.practice, who.payer_id, method_id))


@endpoint(
    routes, "POST", "/methods/{method_id}/label", policy=Client(),
    body=schemas.LabelRequest, returns=schemas.Methods,
    errors=("method_not_found", "label_card_number", "payments_disabled"),
)  # fmt: skip
def label_method(context: Context[schemas.LabelRequest], method_id: str) -> schemas.Methods:
    """The payer's own name for it, in their list alone."""
    who, label = context.principal, context.body.label.strip()
    return _methods(context, context.app.choosing.label(who.practice, who.payer_id, method_id, label))


@endpoint(
    routes, "POST", "/methods/{method_id}/remove", policy=Client(), returns=schemas.Methods,
    errors=("method_not_found", "payments_disabled"),
)  # fmt: skip
def remove_method(context: Context[None], method_id: str) -> schemas.Methods:
    """Nobody pays with it any more; a payment that is under way goes on."""
    who = context.principal
    return _methods(context, context.app.choosing.remove(who.practice, who.payer_id, method_id))


@endpoint(
    routes, "POST", "/methods/{method_id}/verify", policy=Client(),
    body=schemas.VerifyRequest, returns=schemas.Methods,
    errors=("method_not_found", "deposit_code_wrong", "deposit_over", "payments_disabled", *_ASKED),
)  # fmt: skip
def verify_method(context: Context[schemas.VerifyRequest], method_id: str) -> schemas.Methods:
    """Tell the code of a bank account's deposit; then it can pay."""
    who, code = context.principal, context.body.code.strip().upper()
    return _methods(context, context.app.choosing.verify(who.practice, who.payer_id, method_id, code))


@endpoint(
    routes, "POST", "/set-ups", policy=Client(), body=schemas.SetUpRequest, returns=schemas.SetUp, status=201,
    headers=("Idempotency-Key",),
    errors=(
        "idempotency_key_missing", "idempotency_key_reused", "consent_stale", "way_unavailable",
        "notice_unacknowledged", "label_card_number",
        "saving_disabled", "payments_disabled", "too_many_methods", "too_many_set_ups", *_ASKED,
    ),
)  # fmt: skip
def begin_set_up(context: Context[schemas.SetUpRequest]) -> schemas.SetUp:
    """Add a card or a bank account without paying. `next` says where its payer goes on; the same key and body
    give the same set-up."""
    key, body, who = key_of(context), context.body, context.principal
    if not who.grants:  # who claimed a guest's payment may be anybody, and each set-up tries a card
        raise Refused("saving_disabled")
    wish = AdditionWish(
        key, who.payer_id, Way(body.way.value), body.make_default, body.label.strip(), body.consent,
        context.locale, body_hash(body), body.card_notice or "", context.ip,
    )  # fmt: skip
    return _set_up(context.app.additions.begin(who.practice, wish))


@endpoint(
    routes, "POST", "/set-ups/{set_up_id}/check", policy=Client(), returns=schemas.SetUp,
    errors=("set_up_not_found", "payments_disabled", *_ASKED),
)  # fmt: skip
def check_set_up(context: Context[None], set_up_id: str) -> schemas.SetUp:
    """Ask the processor what became of it. Safe to repeat."""
    who = context.principal
    return _set_up(context.app.additions.check(who.practice, who.payer_id, set_up_id))


@endpoint(
    routes, "POST", "/set-ups/{set_up_id}/cancel", policy=Client(), returns=schemas.SetUp,
    errors=("set_up_not_found", "payments_disabled", *_ASKED),
)  # fmt: skip
def cancel_set_up(context: Context[None], set_up_id: str) -> schemas.SetUp:
    """End it at the processor. If it was saved after all, the answer says so."""
    who = context.principal
    return _set_up(context.app.additions.cancel(who.practice, who.payer_id, set_up_id))


def _methods(context: Context[object], found: MethodList) -> schemas.Methods:
    payer, fields = found.payer, found.fields
    today = date(local_date(instant(context.app.clock.now()), found.practice.timezone))
    opened = context.app.additions.open_of(found.practice.id, payer)
    return schemas.Methods(
        [_method(context, found, method, today) for method in payer.listed],
        [_set_up(adding) for adding in opened],
        [_ended(context, method) for method in payer.ended],
        schemas.SecurityCode(fields.publishable_key, fields.script_url) if fields else None,
        card_notice(context.app.paying.paying_with.card_notices.asked(found.practice, payer.id)),
    )


def _method(
    context: Context[object], found: MethodList, method: PayerMethod, today: dt.date
) -> schemas.Method:
    look, payer = method.look, found.payer
    card = look.kind == Way.CARD
    deposit = method.deposit
    return schemas.Method(
        id=method.id,
        kind=schemas.SavingWay(look.kind),
        name=method_text(look.method, context.locale),
        brand=look.brand if card else "",
        last4=look.last4,
        expiry=look.expiry or None,
        wallet=look.wallet,
        bank="" if card else look.brand,
        label=payer.labels.get(method.id, ""),
        state=schemas.MethodState(method.state.value),
        default=method.id == payer.default,
        expires=_expires(method, today),
        added_on=date(local_date(method.added_at, found.practice.timezone)),
        deposit=schemas.Deposit(deposit.url, dt.datetime.fromisoformat(deposit.until)) if deposit else None,
    )


def _expires(method: PayerMethod, today: dt.date) -> schemas.Expires | None:
    if method.expired(today):
        return schemas.Expires.EXPIRED
    return schemas.Expires.SOON if method.expires_soon(today) else None


def _ended(context: Context[object], ended: EndedMethod) -> schemas.EndedMethod:
    name = method_text(ended.look.method, context.locale)
    why, at = schemas.WhyEnded(ended.why.value), dt.datetime.fromisoformat(ended.at)
    return schemas.EndedMethod(name, why, at, ended.was_default)


def _set_up(adding: Adding) -> schemas.SetUp:
    addition, step = adding.addition, adding.next
    led = (
        None
        if step is None
        else schemas.Redirect(step.url)
        if isinstance(step, Redirect)
        else schemas.Inline(step.client_secret, step.publishable_key, step.script_url)
    )
    state = schemas.SetUpState("started" if addition.state is AdditionState.OPEN else addition.state.value)
    way, method_id = schemas.SavingWay(addition.way), addition.method_id or None
    return schemas.SetUp(addition.id, way, state, method_id, led, addition.replaced)
