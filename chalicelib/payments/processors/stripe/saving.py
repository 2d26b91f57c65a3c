"""What payers save at Stripe: customers that are told nothing, set-up sessions, methods, mandates.

Only what its payer let us show (`allow_redisplay`) is listed; that comes with the session, in one call.
https://docs.stripe.com/payments/save-and-reuse
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.kernel.outside import ProcessorMissing, ProcessorRefused
from chalicelib.payments.domain.abilities import Flow, Way
from chalicelib.payments.domain.saved_methods import AdditionState, Deposit, Held, Look, Outcome
from chalicelib.payments.ports.processors import Embedded, ObjectKind, Opened, Redirect, Reference
from chalicelib.payments.ports.saving import CodeWrong, SetUp
from chalicelib.payments.processors.stripe.abilities import STRIPE
from chalicelib.payments.processors.stripe.answers import heard
from chalicelib.payments.processors.stripe.facts import BANK_ACCOUNT, instant

Object = Mapping[str, Any]

SHOWN = "always"
# Our page says what saving allows before Stripe's does; Stripe's own words know nothing of "never by itself".
# https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-consent_collection
OUR_CONSENT = {"payment_method_reuse_agreement": {"position": "hidden"}}
_PAGE = 100
_CODE_LIVES = timedelta(days=10)  # https://docs.stripe.com/payments/ach-direct-debit
_TYPES = {Way.CARD: "card", Way.BANK: BANK_ACCOUNT}
_EXPAND = [
    "setup_intent", "setup_intent.payment_method", "payment_intent", "payment_intent.payment_method",
    "payment_intent.latest_charge",
]  # fmt: skip
_WRONG = "payment_method_microdeposit_verification_descriptor_code_mismatch"
_MISTYPED = frozenset({_WRONG, "parameter_invalid_string", "parameter_invalid_empty", "parameter_missing"})


def enrol(api: Any, key: str) -> str:
    made = api.customers.create({"metadata": {"payer": key}}, {"idempotency_key": f"payer-{key}"})
    return str(made.id)


def begin(api: Any, set_up: SetUp) -> Opened:
    options = {"idempotency_key": f"set-up-{set_up.customer_id}-{set_up.id}"}
    session = api.checkout.sessions.create(set_up_params(set_up), options).to_dict()
    url, secret = session.get("url"), session.get("client_secret")
    return Opened(session["id"], Redirect(url) if url else Embedded(secret or ""))


def set_up_params(set_up: SetUp) -> Any:
    """What Stripe is told when a payer adds a method: opaque ids, and which kind it is to be."""
    ours = {"set_up": set_up.id}
    hosted = set_up.flow == Flow.REDIRECT
    pages = (
        {"ui_mode": "hosted_page", "success_url": set_up.return_url, "cancel_url": set_up.cancel_url}
        if hosted
        else {"ui_mode": "elements", "return_url": set_up.return_url}
    )
    how = {BANK_ACCOUNT: {"verification_method": "automatic" if set_up.deposits else "instant"}}
    return {
        "mode": "setup",
        **pages,
        "customer": set_up.customer_id,
        "payment_method_types": [_TYPES[Way(set_up.way)]],
        "payment_method_data": {"allow_redisplay": SHOWN},
        "metadata": ours,
        "setup_intent_data": {"metadata": ours},
        "wallet_options": {"link": {"display": "never"}},
        **({"payment_method_options": how} if set_up.way == Way.BANK else {}),
        "expires_at": _epoch(datetime.fromisoformat(set_up.begun_at) + STRIPE.attempt_lifetime),
        **({"locale": set_up.locale, "consent_collection": OUR_CONSENT} if hosted else {}),
    }


def outcome(api: Any, session_id: str) -> Outcome:
    return outcome_of(api.checkout.sessions.retrieve(session_id, {"expand": _EXPAND}).to_dict())


def end(api: Any, session_id: str) -> Outcome:
    with suppress(ProcessorRefused):  # it is not open any more: what it is now says the session itself
        heard(api.checkout.sessions.expire)(session_id)
    found = outcome(api, session_id)
    if found.deposit is None:
        return found
    with suppress(ProcessorRefused):  # nobody waits for the deposit any more
        heard(api.setup_intents.cancel)(found.deposit.set_up)
    return outcome(api, session_id)


def held(api: Any, customer_id: str) -> Sequence[Held]:
    found = api.customers.payment_methods.list(customer_id, {"limit": _PAGE}).auto_paging_iter()
    return [held_of(each.to_dict()) for each in found]


def debits(api: Any, mandate: str) -> bool:
    return str(api.mandates.retrieve(mandate).status) != "inactive"


def verify(api: Any, setup_id: str, code: str) -> Outcome:
    """Error: CodeWrong."""
    try:
        told = heard(api.setup_intents.verify_microdeposits)(
            setup_id, {"descriptor_code": code, "expand": ["payment_method"]}
        )
    except ProcessorRefused as refusal:
        if refusal.code in _MISTYPED:
            raise CodeWrong(refusal.code) from refusal
        raise
    return _of_intent(told.to_dict(), complete=True)


def detach(api: Any, processor_id: str) -> None:
    with suppress(ProcessorMissing):
        if not _is_kept(api, processor_id):
            return
        try:
            heard(api.payment_methods.detach)(processor_id)
        except ProcessorRefused:
            if _is_kept(api, processor_id):  # else another worker has detached it since
                raise


def _is_kept(api: Any, processor_id: str) -> bool:
    return heard(api.payment_methods.retrieve)(processor_id).customer is not None


def names_of(api: Any, about: Reference) -> Sequence[str]:
    if about.kind is ObjectKind.PAYER:
        return [about.id]
    if about.kind is ObjectKind.METHOD:
        return [about.id, *_names(api.payment_methods.retrieve(about.id).customer)]
    if about.kind is ObjectKind.SET_UP:
        found = api.setup_intents.retrieve(about.id)
        return [*_names(found.customer), *_names(found.payment_method)]
    return _names(api.mandates.retrieve(about.id).payment_method)


def outcome_of(session: Object) -> Outcome:
    """Of a session with its intent and that one's method expanded."""
    intent, complete = _intent(session), session.get("status") == "complete"
    if session.get("mode") == "setup":
        if session.get("status") == "expired":
            return Outcome(AdditionState.ENDED)
        return _of_intent(intent, complete=complete)
    method = intent.get("payment_method")
    if isinstance(method, Mapping) and method.get("customer") and complete:
        charge = intent.get("latest_charge") or {}
        bank = (charge.get("payment_method_details") or {}).get(BANK_ACCOUNT) or {}
        return Outcome(AdditionState.SAVED, held_of(method, mandate=_id(bank.get("mandate"))))
    over = session.get("status") == "expired" or intent.get("status") in (
        "canceled",
        "requires_payment_method",
        "succeeded",  # and what was paid with is nobody's: it was detached since, or its customer deleted
    )
    ended = over and session.get("status") != "open"
    return Outcome(AdditionState.ENDED if ended else AdditionState.OPEN)


def _of_intent(intent: Object, *, complete: bool) -> Outcome:
    """Of a SetupIntent with its method expanded; `complete`: nobody fills in anything any more."""
    method, status = intent.get("payment_method"), intent.get("status")
    known = held_of(method, mandate=_id(intent.get("mandate"))) if isinstance(method, Mapping) else None
    if status == "succeeded" and known:
        return Outcome(AdditionState.SAVED, known)
    waits = (intent.get("next_action") or {}).get("verify_with_microdeposits")
    if waits and known:
        until = datetime.fromtimestamp(intent["created"], UTC) + _CODE_LIVES
        url = waits.get("hosted_verification_url") or ""
        return Outcome(AdditionState.WAITING, known, Deposit(intent["id"], url, instant(_epoch(until))))
    if status == "canceled" or complete:
        return Outcome(AdditionState.ENDED)
    return Outcome(AdditionState.OPEN)


def held_of(method: Object, *, mandate: str = "") -> Held:
    """A PaymentMethod."""
    card, bank = method.get("card") or {}, method.get(BANK_ACCOUNT) or {}
    facts = card or bank
    return Held(
        processor_id=method["id"],
        look=_card(card) if card else _bank(bank) if bank else Look(str(method.get("type") or "")),
        fingerprint=str(facts.get("fingerprint") or ""),
        shown=method.get("allow_redisplay") == SHOWN,
        blocked=bool((bank.get("status_details") or {}).get("blocked")),
        mandate=mandate,
    )


def _card(card: Object) -> Look:
    year, month = card.get("exp_year"), card.get("exp_month")
    return Look(
        Way.CARD.value,
        brand=str(card.get("brand") or "card").title(),
        last4=card.get("last4") or "",
        expiry=f"{year}-{month:02}" if year and month else "",
        wallet=(card.get("wallet") or {}).get("type") or "",
    )


def _bank(bank: Object) -> Look:
    return Look(Way.BANK.value, brand=bank.get("bank_name") or "", last4=bank.get("last4") or "")


def _intent(session: Object) -> Object:
    intent = session.get("setup_intent") or session.get("payment_intent")
    return intent if isinstance(intent, Mapping) else {}


def _id(found: Any) -> str:
    return str((found.get("id") if isinstance(found, Mapping) else found) or "")


def _names(found: Any) -> list[str]:
    name = found if isinstance(found, str) else getattr(found, "id", "")
    return [str(name)] if name else []


def _epoch(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
