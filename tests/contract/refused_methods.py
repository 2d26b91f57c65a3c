"""One request for each refusal about saved payment methods."""

from tests.contract.harness import BANK as HOLDER
from tests.contract.harness import Practice, Reply, checkout, debit, pay

INTENTS = "/v1/payment_intents"
METHODS = "/v1/payment_methods"
SETUPS = "/v1/setup_intents"
BANK = "pm_usBankAccount_success"


def details_of_another_type(practice: Practice) -> Reply:
    card, bank = (practice.saved_card(practice.customer(), name) for name in ("pm_card_visa", BANK))
    other = practice.post(f"{METHODS}/{card}", {"us_bank_account": {"account_type": "savings"}})
    assert other.refusal == "details_of_another_type"
    assert practice.post(f"{METHODS}/{bank}", {"us_bank_account": {"account_type": "savings"}}).status == 200
    return practice.post(f"{METHODS}/{bank}", {"card": {"exp_month": 1}})


def expiry_impossible(practice: Practice) -> Reply:
    method = practice.saved_card(practice.customer())
    for bad in ({"exp_month": 0}, {"exp_year": 40}):
        assert practice.post(f"{METHODS}/{method}", {"card": bad}).refusal == "expiry_impossible", bad
    assert practice.post(f"{METHODS}/{method}", {"card": {"exp_month": 12, "exp_year": 2041}}).status == 200
    return practice.post(f"{METHODS}/{method}", {"card": {"exp_month": 13}})


def bank_account_blocked(practice: Practice) -> Reply:
    customer = practice.customer()
    method = practice.saved_card(customer, BANK)
    wanted = {"account": practice.name, "payment_method": method}
    why = {"reason": "bank_account_closed", "network_code": "R02"}
    practice.control("POST", "payment_methods/block", wanted | why)
    return practice.post(INTENTS, debit(customer=customer, payment_method=method))


def wallet_not_offered(practice: Practice) -> Reply:
    practice.control("POST", "wallets", {"account": practice.name, "wallets": ["google_pay"]})
    assert practice.client_call("payment_methods", type="google_pay").status == 200
    return practice.client_call("payment_methods", type="apple_pay")


def mandate_online_missing(practice: Practice) -> Reply:
    return practice.post(INTENTS, debit(mandate_data={"customer_acceptance": {"type": "online"}}))


def mandate_inactive(practice: Practice) -> Reply:
    customer = practice.customer()
    method = practice.made(SETUPS, _saved_bank(customer=customer))["payment_method"]
    _told(practice, "mandates", payment_method=method, status="inactive")
    return practice.post(INTENTS, debit(customer=customer, payment_method=method, mandate_data={}))


def _told(practice: Practice, path: str, **body: str) -> None:
    practice.control("POST", path, {"account": practice.name} | body)


def _saved_bank(**params: object) -> dict[str, object]:
    """A SetupIntent of the bank account that works, with its mandate, confirmed."""
    mandate = {"customer_acceptance": {"type": "offline"}}
    common = {"payment_method": BANK, "mandate_data": mandate, "confirm": True}
    return {**common, "payment_method_types": ["us_bank_account"], **params}


def _waiting(practice: Practice) -> str:
    options = {"us_bank_account": {"verification_method": "microdeposits"}}
    intent = practice.made(SETUPS, _saved_bank(payment_method_options=options))
    return f"{SETUPS}/{intent['id']}/verify_microdeposits"


def deposits_not_awaited(practice: Practice) -> Reply:
    saved = practice.made(SETUPS, _saved_bank())["id"]
    return practice.post(f"{SETUPS}/{saved}/verify_microdeposits", {"descriptor_code": "SM11AA"})


def deposit_code_missing(practice: Practice) -> Reply:
    waiting = _waiting(practice)
    assert practice.post(waiting).refusal == "deposit_code_missing"
    return practice.post(waiting, {"amounts": [32, 45]})


def deposit_code_wrong(practice: Practice) -> Reply:
    return practice.post(_waiting(practice), {"descriptor_code": "SM22BB"})


def deposit_tries_exceeded(practice: Practice) -> Reply:
    return practice.post(_waiting(practice), {"descriptor_code": "SM33CC"})


def _by_deposit(practice: Practice) -> str:
    return str(practice.client_call("payment_methods", **HOLDER | {"verify": "deposit"}).json["id"])


def bank_account_unverified(practice: Practice) -> Reply:
    return practice.post(f"{METHODS}/{_by_deposit(practice)}/attach", {"customer": practice.customer()})


def deposits_not_offered(practice: Practice) -> Reply:
    options = {"us_bank_account": {"verification_method": "instant"}}
    wanted = _saved_bank(payment_method=_by_deposit(practice), payment_method_options=options)
    return practice.post(SETUPS, wanted)


def setup_type_unsupported(practice: Practice) -> Reply:
    assert practice.post(SETUPS, {"payment_method_types": ["card", "us_bank_account"]}).status == 200
    return practice.post(SETUPS, {"payment_method_types": ["sepa_debit"]})


def setup_intent_of_checkout(practice: Practice) -> Reply:
    session = practice.session(mode="setup", line_items=None, payment_method_types=["card"])
    intent = f"{SETUPS}/{session['setup_intent']}"
    canceled = practice.post(f"{intent}/cancel")
    assert canceled.refusal == "setup_intent_of_checkout"
    return practice.post(f"{intent}/confirm", {"payment_method": "pm_card_visa"})


def setup_currency_missing(practice: Practice) -> Reply:
    wanted = checkout(mode="setup", line_items=None)
    assert practice.post("/v1/checkout/sessions", wanted | {"currency": "usd"}).status == 200
    return practice.post("/v1/checkout/sessions", wanted)


def _cvc(practice: Practice, token: str | None) -> Reply:
    customer = practice.customer()
    card = {"require_cvc_recollection": True} | ({"cvc_token": token} if token else {})
    whose = {"customer": customer, "payment_method": practice.saved_card(customer)}
    return practice.post(INTENTS, pay(**whose, payment_method_options={"card": card}))


def _token(practice: Practice) -> str:
    return str(practice.client_call("tokens", cvc="1234").json["id"])


def cvc_token_needed(practice: Practice) -> Reply:
    return _cvc(practice, None)


def cvc_token_spent(practice: Practice) -> Reply:
    used, old = _token(practice), _token(practice)
    assert _cvc(practice, used).status == 200
    assert _cvc(practice, used).refusal == "cvc_token_spent"
    practice.control("POST", "clock", {"advance_seconds": 15 * 60 + 1})
    assert _cvc(practice, "cvctok_nobody").refusal == "resource_missing"
    return _cvc(practice, old)


def cvc_invalid(practice: Practice) -> Reply:
    return practice.client_call("tokens", cvc="12")


def domain_invalid(practice: Practice) -> Reply:
    for bad in ("localhost", "127.0.0.1", "https://pay.example.org", "pay.example.org/x"):
        reply = practice.post("/v1/payment_method_domains", {"domain_name": bad})
        assert reply.refusal == "domain_invalid", bad
    return practice.post("/v1/payment_method_domains", {"domain_name": "-a.example.org"})
