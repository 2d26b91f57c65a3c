"""Which handler answers which operation of the published document."""

from collections.abc import Callable

from sandbox.stripe import schema
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.objects import (
    account,
    balance,
    charges,
    checkout_sessions,
    customers,
    deposit_outcomes,
    disputes,
    domains,
    events,
    mandates,
    payment_intents,
    payment_methods,
    refunds,
    setup_attempts,
    setup_intents,
    webhook_endpoints,
)

Handler = Callable[..., Json]

ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "/v1/account"): account.retrieve,
    ("GET", "/v1/balance_transactions"): balance.find_all,
    ("GET", "/v1/balance_transactions/{id}"): balance.retrieve,
    ("GET", "/v1/charges"): charges.find_all,
    ("POST", "/v1/charges"): charges.create,
    ("GET", "/v1/charges/{charge}"): charges.retrieve,
    ("POST", "/v1/charges/{charge}"): charges.update,
    ("GET", "/v1/checkout/sessions"): checkout_sessions.find_all,
    ("POST", "/v1/checkout/sessions"): checkout_sessions.create,
    ("GET", "/v1/checkout/sessions/{session}"): checkout_sessions.retrieve,
    ("POST", "/v1/checkout/sessions/{session}"): checkout_sessions.update,
    ("POST", "/v1/checkout/sessions/{session}/expire"): checkout_sessions.expire,
    ("GET", "/v1/checkout/sessions/{session}/line_items"): checkout_sessions.items,
    ("GET", "/v1/customers"): customers.find_all,
    ("POST", "/v1/customers"): customers.create,
    ("DELETE", "/v1/customers/{customer}"): customers.delete,
    ("GET", "/v1/customers/{customer}"): customers.retrieve,
    ("POST", "/v1/customers/{customer}"): customers.update,
    ("GET", "/v1/customers/{customer}/payment_methods"): payment_methods.of_customer,
    ("GET", "/v1/customers/{customer}/payment_methods/{payment_method}"): payment_methods.one_of_customer,
    ("GET", "/v1/disputes"): disputes.find_all,
    ("GET", "/v1/disputes/{dispute}"): disputes.retrieve,
    ("POST", "/v1/disputes/{dispute}"): disputes.update,
    ("POST", "/v1/disputes/{dispute}/close"): disputes.close,
    ("GET", "/v1/events"): events.find_all,
    ("GET", "/v1/events/{id}"): events.retrieve,
    ("GET", "/v1/mandates/{mandate}"): mandates.retrieve,
    ("GET", "/v1/payment_intents"): payment_intents.find_all,
    ("POST", "/v1/payment_intents"): payment_intents.create,
    ("GET", "/v1/payment_intents/{intent}"): payment_intents.retrieve,
    ("POST", "/v1/payment_intents/{intent}"): payment_intents.update,
    ("POST", "/v1/payment_intents/{intent}/cancel"): payment_intents.cancel,
    ("POST", "/v1/payment_intents/{intent}/capture"): payment_intents.capture,
    ("POST", "/v1/payment_intents/{intent}/confirm"): payment_intents.confirm,
    ("POST", "/v1/payment_intents/{intent}/verify_microdeposits"): deposit_outcomes.verify_payment,
    ("GET", "/v1/payment_method_domains"): domains.find_all,
    ("POST", "/v1/payment_method_domains"): domains.create,
    ("GET", "/v1/payment_method_domains/{payment_method_domain}"): domains.retrieve,
    ("POST", "/v1/payment_method_domains/{payment_method_domain}"): domains.update,
    ("POST", "/v1/payment_method_domains/{payment_method_domain}/validate"): domains.validate,
    ("GET", "/v1/payment_methods"): payment_methods.find_all,
    ("POST", "/v1/payment_methods"): payment_methods.create,
    ("GET", "/v1/payment_methods/{payment_method}"): payment_methods.retrieve,
    ("POST", "/v1/payment_methods/{payment_method}"): payment_methods.update,
    ("POST", "/v1/payment_methods/{payment_method}/attach"): payment_methods.attach,
    ("POST", "/v1/payment_methods/{payment_method}/detach"): payment_methods.detach,
    ("GET", "/v1/refunds"): refunds.find_all,
    ("POST", "/v1/refunds"): refunds.create,
    ("GET", "/v1/refunds/{refund}"): refunds.retrieve,
    ("POST", "/v1/refunds/{refund}"): refunds.update,
    ("POST", "/v1/refunds/{refund}/cancel"): refunds.cancel,
    ("GET", "/v1/setup_attempts"): setup_attempts.find_all,
    ("GET", "/v1/setup_intents"): setup_intents.find_all,
    ("POST", "/v1/setup_intents"): setup_intents.create,
    ("GET", "/v1/setup_intents/{intent}"): setup_intents.retrieve,
    ("POST", "/v1/setup_intents/{intent}"): setup_intents.update,
    ("POST", "/v1/setup_intents/{intent}/cancel"): setup_intents.cancel,
    ("POST", "/v1/setup_intents/{intent}/confirm"): setup_intents.confirm,
    ("POST", "/v1/setup_intents/{intent}/verify_microdeposits"): deposit_outcomes.verify_setup,
    ("GET", "/v1/webhook_endpoints"): webhook_endpoints.find_all,
    ("POST", "/v1/webhook_endpoints"): webhook_endpoints.create,
    ("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}"): webhook_endpoints.delete,
    ("GET", "/v1/webhook_endpoints/{webhook_endpoint}"): webhook_endpoints.retrieve,
    ("POST", "/v1/webhook_endpoints/{webhook_endpoint}"): webhook_endpoints.update,
}

_PATTERNS = schema.templates()


def match(method: str, path: str) -> tuple[str, Handler, tuple[str, ...]]:
    """(path template, handler, ids in the path). Raises url_unknown."""
    for template, pattern in _PATTERNS.items():
        found = pattern.match(path)
        if found and (method, template) in ROUTES:
            return template, ROUTES[method, template], found.groups()
    raise refuse("url_unknown", method=method, path=path)
