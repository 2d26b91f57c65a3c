"""One request for each refusal about saved payment methods."""

from tests.contract.harness import Practice, Reply, debit

INTENTS = "/v1/payment_intents"
METHODS = "/v1/payment_methods"
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
