"""One practice's Stripe account. Checkout Sessions for both flows; settled from the PaymentIntent.

Stripe learns opaque ids, an amount and "Professional services"; `receipt_email` is never set. Imported only
where a function needs it: the SDK is most of a cold start.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from chalicelib.kernel.outside import ProcessorMissing, ProcessorRefused
from chalicelib.payments.domain.abilities import Flow, Way
from chalicelib.payments.domain.saved_methods import Held, Outcome
from chalicelib.payments.ports.movements import MovementsPage
from chalicelib.payments.ports.processors import (
    OF_SAVED,
    Announces,
    Attempt,
    Books,
    Changes,
    Charged,
    Charges,
    Embedded,
    Embeds,
    Facts,
    Fields,
    Listing,
    News,
    ObjectKind,
    Opened,
    Redirect,
    Reference,
    Refunded,
    SavedMethod,
    Stage,
)
from chalicelib.payments.ports.saving import Saves, SetUp
from chalicelib.payments.processors.stripe import events, saving
from chalicelib.payments.processors.stripe.abilities import STRIPE
from chalicelib.payments.processors.stripe.answers import heard, no_redirects
from chalicelib.payments.processors.stripe.balance import movements
from chalicelib.payments.processors.stripe.changes import changes
from chalicelib.payments.processors.stripe.facts import (
    BANK_ACCOUNT,
    CHARGED,
    dispute,
    has_more_refunds,
    intent_facts,
    is_charge,
    is_disputed,
    is_failed_debit,
    next_of,
    refunded,
    session_facts,
)
from chalicelib.settings import STRIPE_JS

API_VERSION = "2026-08-26.dahlia"
DEADLINE_SECONDS = (3, 16)  # connect, read: together below the 20 s a request may spend here
DESCRIPTION = "Professional services"
_INTENT = tuple(
    f"latest_charge.{part}" for part in ("balance_transaction", "failure_balance_transaction", "refunds")
)
_PAGE = 100
_TYPES = {Way.CARD: "card", Way.BANK: BANK_ACCOUNT}


def client(secret_key: str, api_base: str) -> Any:
    """Stripe's v1. Its parameters are TypedDicts for literals; ours are built, and tests hold them to it."""
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=DEADLINE_SECONDS, session=no_redirects()),
    ).v1


class StripeProcessor(Embeds, Listing, Announces, Books, Charges, Saves):
    """`api_base` is Stripe's own address, or the sandbox's; `script_url` likewise that of Stripe.js."""

    name = "stripe"
    abilities = STRIPE

    def __init__(
        self,
        *,
        secret_key: str,
        publishable_key: str,
        webhook_secrets: Sequence[str],
        api_base: str,
        script_url: str = STRIPE_JS,
    ) -> None:
        self._publishable_key, self._script_url = publishable_key, script_url
        self._live = secret_key.partition("_")[2].startswith("live_")  # sk_live_…, or a restricted rk_live_…
        self._webhook_secrets = tuple(webhook_secrets)
        self._api = client(secret_key, api_base)

    def fields(self, client_secret: str) -> Fields:
        return Fields(client_secret, self._publishable_key, self._script_url)

    @heard
    def open(self, attempt: Attempt) -> Opened:
        params = session_params(attempt)
        # The payment's id is the payer's to choose; another account's may be the same.
        options = {"idempotency_key": f"session-{attempt.account_id}-{attempt.payment_id}"}
        session = self._api.checkout.sessions.create(params, options).to_dict()
        url, secret = session.get("url"), session.get("client_secret")
        return Opened(session["id"], Redirect(url) if url else Embedded(secret or ""))

    @heard
    def charge(self, attempt: Attempt, method: SavedMethod, *, present: bool) -> Charged:
        options = {"idempotency_key": f"charge-{attempt.account_id}-{attempt.payment_id}"}
        made = self._api.payment_intents.create(charge_params(attempt, method, present=present), options)
        intent = made.to_dict()
        facts = self._whole(intent_facts(intent), intent)
        if facts is None:
            raise ProcessorRefused("not_ours")
        return Charged(facts, next_of(intent))

    @heard
    def look(self, about: Reference) -> Facts | None:
        if about.kind is ObjectKind.SESSION:
            expand = [f"payment_intent.{path}" for path in _INTENT]
            found = self._api.checkout.sessions.retrieve(about.id, {"expand": ["payment_intent", *expand]})
            session = self._with_intent(found.to_dict())
            intent = session.get("payment_intent")
            return self._whole(session_facts(session), intent if isinstance(intent, dict) else {})
        if about.kind in OF_SAVED:
            return None
        intent_id = self._intent_id(about)
        disputed = about.kind is ObjectKind.DISPUTE
        return self._look_at(intent_id, disputed=disputed) if intent_id else None

    @heard
    def expire(self, session_id: str) -> Facts:
        with suppress(ProcessorRefused):
            # It is not open any more: paid or expired. What it is now says the session itself.
            heard(self._api.checkout.sessions.expire)(session_id)
        facts = self.look(Reference(ObjectKind.SESSION, session_id))
        if facts is None:
            raise ProcessorRefused("not_ours")
        return facts

    @heard
    def find(self, payment_id: str, *, account_id: str, since: datetime) -> Facts | None:
        window = {"gte": _epoch(since - timedelta(minutes=5))}
        sessions = self._api.checkout.sessions.list({"created": window, "limit": _PAGE})
        for found in sessions.auto_paging_iter():
            session = found.to_dict()
            account = (session.get("metadata") or {}).get("account")
            named = (session.get("client_reference_id"), account, session.get("mode"))
            if named == (payment_id, account_id, "payment"):
                return self.look(Reference(ObjectKind.SESSION, session["id"]))
        ours = {"payment": payment_id, "account": account_id}
        intents = self._api.payment_intents.list({"created": window, "limit": _PAGE})
        for found in intents.auto_paging_iter():  # of a payment that had no session
            intent = found.to_dict()
            if ours.items() <= (intent.get("metadata") or {}).items():
                return self._look_at(intent["id"], disputed=False)
        return None

    @heard
    def call_off(self, intent_id: str) -> Facts:
        with suppress(ProcessorRefused):
            # Nobody can go on with it any more: paid, or over. What it is now says the intent itself.
            heard(self._api.payment_intents.cancel)(intent_id, {"cancellation_reason": "abandoned"})
        facts = self._look_at(intent_id, disputed=False)
        if facts is None:
            raise ProcessorRefused("not_ours")
        return facts

    @heard
    def enrol(self, key: str) -> str:
        return saving.enrol(self._api, key)

    @heard
    def begin(self, set_up: SetUp) -> Opened:
        return saving.begin(self._api, set_up)

    @heard
    def outcome(self, session_id: str) -> Outcome:
        return saving.outcome(self._api, session_id)

    @heard
    def end(self, session_id: str) -> Outcome:
        return saving.end(self._api, session_id)

    @heard
    def held(self, customer_id: str) -> Sequence[Held]:
        return saving.held(self._api, customer_id)

    @heard
    def debits(self, mandate: str) -> bool:
        return saving.debits(self._api, mandate)

    @heard
    def verify(self, deposit_of: str, code: str) -> Outcome:
        return saving.verify(self._api, deposit_of, code)

    @heard
    def detach(self, processor_id: str) -> None:
        saving.detach(self._api, processor_id)

    @heard
    def names_of(self, about: Reference) -> Sequence[str]:
        return saving.names_of(self._api, about)

    @heard
    def changes(self, *, since: datetime, cursor: str) -> Changes:
        return changes(self._api, since=_epoch(since), cursor=cursor)

    @heard
    def attempt_of(self, intent_id: str) -> Facts | None:
        for session in self._sessions_of(intent_id):
            # Unlike metadata it cannot be written later; but a Payment Link's payer writes it in the URL.
            named = session.get("client_reference_id") == (session.get("metadata") or {}).get("payment")
            if named and not session.get("payment_link"):
                return self.look(Reference(ObjectKind.SESSION, session["id"]))
            return None
        with suppress(ProcessorMissing):
            return self._charge_of(heard(self._intent)(intent_id))
        return None

    @heard
    def movements(self, *, since: datetime, cursor: str) -> MovementsPage:
        return movements(self._api, since=_epoch(since), cursor=cursor)

    @heard
    def refund(self, *, intent_id: str, refund_id: str, amount_minor: int) -> Refunded:
        params = {"payment_intent": intent_id, "amount": amount_minor, "metadata": {"refund": refund_id}}
        options = {"idempotency_key": f"refund-{refund_id}"}
        return refunded(self._api.refunds.create(params, options).to_dict())

    def news(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> News:
        signature = headers.get("stripe-signature", "")
        return events.read(raw, signature, self._webhook_secrets, now=now, live=self._live)

    def _intent_id(self, about: Reference) -> str:
        """The PaymentIntent that the object belongs to; "" where it has none."""
        if about.kind in (ObjectKind.PAYMENT, ObjectKind.DECLINED):
            return about.id
        kinds = {
            ObjectKind.CHARGE: self._api.charges,
            ObjectKind.REFUND: self._api.refunds,
            ObjectKind.DISPUTE: self._api.disputes,
        }
        return str(kinds[about.kind].retrieve(about.id).payment_intent or "")

    def _look_at(self, intent_id: str, *, disputed: bool) -> Facts | None:
        intent = self._intent(intent_id)
        return self._whole(intent_facts(intent), intent, disputed=disputed)

    def _intent(self, intent_id: str) -> dict[str, Any]:
        intent: dict[str, Any] = self._api.payment_intents.retrieve(
            intent_id, {"expand": list(_INTENT)}
        ).to_dict()
        return intent

    def _with_intent(self, session: dict[str, Any]) -> dict[str, Any]:
        """Asked for by itself where Stripe gave no more than its id."""
        intent = session.get("payment_intent")
        return {**session, "payment_intent": self._intent(intent)} if isinstance(intent, str) else session

    def _whole(
        self, facts: Facts | None, intent: Mapping[str, Any], *, disputed: bool = False
    ) -> Facts | None:
        """With the disputes, and with more refunds than come with a charge."""
        if facts is None or not facts.intent_id:
            return facts
        if is_failed_debit(intent):
            return facts if facts.session_id else self._of_its_session(facts, intent)
        of_intent = {"payment_intent": facts.intent_id, "limit": _PAGE}
        if has_more_refunds(intent):
            refunds = [r.to_dict() for r in self._api.refunds.list(of_intent).auto_paging_iter()]
            facts = replace(facts, refunds=tuple(map(refunded, refunds)))
        if disputed or is_disputed(intent):
            found = self._api.disputes.list(of_intent).auto_paging_iter()
            facts = replace(facts, disputes=tuple(dispute(each.to_dict()) for each in found))
        return facts

    def _of_its_session(self, facts: Facts, intent: Mapping[str, Any]) -> Facts:
        """A debit came back. While its session is open the payer may try again, and only that tells. Where
        there is no session nobody can, and it is over."""
        for session in self._sessions_of(facts.intent_id):
            return session_facts({**session, "payment_intent": intent}) or facts
        return replace(facts, stage=Stage.FAILED)

    def _charge_of(self, intent: Mapping[str, Any]) -> Facts | None:
        """Of a saved method, which has no session. Marks can be copied: nothing else of that payer's has
        these."""
        facts, customer = intent_facts(intent), intent.get("customer")
        if facts is None or not customer or not is_charge(intent):
            return None
        paid = self._api.payment_intents.list({"customer": customer, "limit": _PAGE}).auto_paging_iter()
        ours = (facts.payment_id, facts.account_id)
        others = (intent_facts(found.to_dict()) for found in paid if found.id != facts.intent_id)
        copied = any(other and (other.payment_id, other.account_id) == ours for other in others)
        return None if copied else self._whole(facts, intent)

    def _sessions_of(self, intent_id: str) -> list[dict[str, Any]]:
        """One at most."""
        wanted = {"payment_intent": intent_id, "limit": 1}
        found: list[dict[str, Any]] = self._api.checkout.sessions.list(wanted).to_dict()["data"]
        return found


def session_params(attempt: Attempt) -> Any:
    """What Stripe is told when an attempt starts. Opaque ids and an amount; nothing of the client."""
    ours = {"payment": attempt.payment_id, "account": attempt.account_id}
    hosted = attempt.flow == Flow.REDIRECT
    types = _types(attempt)
    kept = {"setup_future_usage": "on_session"} if attempt.saves_for else {}
    # No test deposits: a payer who could not finish now would have to come back days later.
    options = {BANK_ACCOUNT: {"verification_method": "instant"}} if BANK_ACCOUNT in types else {}
    pages = (
        {"ui_mode": "hosted_page", "success_url": attempt.return_url, "cancel_url": attempt.cancel_url}
        if hosted
        else {"ui_mode": "elements", "return_url": attempt.return_url}
    )
    return {
        "mode": "payment",
        **pages,
        "client_reference_id": attempt.payment_id,
        "metadata": ours,
        "payment_intent_data": {"metadata": ours, "description": DESCRIPTION, **kept},
        **(_saving(attempt.saves_for, hosted=hosted) if attempt.saves_for else {}),
        "payment_method_types": types,
        # What is owed is charged in its own currency, and nobody is asked to join Stripe's own wallet.
        "adaptive_pricing": {"enabled": False},
        "wallet_options": {"link": {"display": "never"}},
        **({"payment_method_options": options} if options else {}),
        "expires_at": _epoch(datetime.fromisoformat(attempt.created_at) + STRIPE.attempt_lifetime),
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": attempt.currency.lower(),
                    "unit_amount": attempt.amount_minor,
                    "product_data": {"name": DESCRIPTION},
                },
            }
        ],
        **({"locale": attempt.locale} if hosted else {}),
    }


def _saving(customer: str, *, hosted: bool) -> dict[str, Any]:
    """The method is kept for that payer, and may be shown to them. None that they have saved before is: our
    page is where they choose one of those, and Stripe's would have the one chosen that was saved last."""
    return {
        "customer": customer,
        "payment_method_data": {"allow_redisplay": saving.SHOWN},
        "saved_payment_method_options": {"allow_redisplay_filters": ["unspecified"]},
        **({"consent_collection": saving.OUR_CONSENT} if hosted else {}),
    }


def charge_params(attempt: Attempt, method: SavedMethod, *, present: bool) -> Any:
    """What Stripe is told when a saved method is charged. Without its payer it answers at once, with a no
    where their bank wants them; with them it may name a page to go on at.
    https://docs.stripe.com/payments/save-and-reuse"""
    ours = {"payment": attempt.payment_id, "account": attempt.account_id, CHARGED: "saved"}
    return {
        "amount": attempt.amount_minor,
        "currency": attempt.currency.lower(),
        "customer": method.customer_id,
        "payment_method": method.id,
        "payment_method_types": _types(attempt),
        "confirm": True,
        **({"return_url": attempt.return_url} if present else {"off_session": True}),
        **(_recollected(attempt.security_code) if attempt.security_code else {}),
        "description": DESCRIPTION,
        "metadata": ours,
        "expand": list(_INTENT),
    }


def _recollected(token: str) -> dict[str, Any]:
    return {"payment_method_options": {"card": {"require_cvc_recollection": True, "cvc_token": token}}}


def _types(attempt: Attempt) -> list[str]:
    return [_TYPES[Way(way)] for way in attempt.ways]


def _epoch(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
