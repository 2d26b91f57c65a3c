"""Customers and what they saved, with all that happens to it: by Stripe, a bank, time and the dashboard."""

from typing import Any

from tests.contract.harness import Json, Practice, Reply, card, debit, pay

CUSTOMERS = "/v1/customers"
METHODS = "/v1/payment_methods"
INTENTS = "/v1/payment_intents"
A_YEAR = 366 * 86400


def events(practice: Practice, event_type: str) -> list[Json]:
    """What was told of that type, the oldest first."""
    found = practice.get("/v1/events", {"type": event_type, "limit": 100}).json["data"]
    return [event["data"] for event in reversed(found)]


def told(practice: Practice, path: str, **body: Any) -> Json:
    """The control API about this practice."""
    return practice.control("POST", path, {"account": practice.name} | body)


def read(practice: Practice, method: str) -> Json:
    return practice.get(f"{METHODS}/{method}").json


def charged(practice: Practice, customer: str, method: str, **more: object) -> Reply:
    return practice.post(INTENTS, pay(customer=customer, payment_method=method, off_session=True, **more))


def typed(practice: Practice, **fields: str) -> Json:
    """What the Payment Element's frame makes of what was typed."""
    return read(practice, practice.client_call("payment_methods", **fields).json["id"])


def test_a_customer_is_made_once_under_a_key(practice: Practice) -> None:
    one, again = (
        practice.post(CUSTOMERS, {"metadata": {"person": "p_1"}}, Idempotency_Key="p_1") for _ in range(2)
    )
    assert (one.json, again.headers["idempotent-replayed"]) == (again.json, "true")
    assert len(practice.get(CUSTOMERS).json["data"]) == 1
    changed = practice.made(f"{CUSTOMERS}/{one.json['id']}", {"description": "x"})
    assert practice.get(f"{CUSTOMERS}/{one.json['id']}").json == changed


def test_deleting_a_customer_ends_every_method_and_says_so(practice: Practice) -> None:
    customer = practice.customer()
    saved = [practice.saved_card(customer) for _ in range(3)]
    practice.api("DELETE", f"{CUSTOMERS}/{customer}")
    detached = events(practice, "payment_method.detached")
    assert {each["object"]["id"] for each in detached} == set(saved)
    assert {each["previous_attributes"]["customer"] for each in detached} == {customer}
    assert events(practice, "customer.deleted")[0]["object"]["id"] == customer
    for method in saved:
        again = practice.post(f"{METHODS}/{method}/attach", {"customer": practice.customer()})
        assert again.refusal == "payment_method_spent"
    for path in (f"{CUSTOMERS}/{customer}/payment_methods", f"{METHODS}?customer={customer}"):
        assert practice.get(path).refusal == "resource_missing"
    assert practice.post(f"{CUSTOMERS}/{customer}", {"name": "x"}).refusal == "resource_missing"
    assert charged(practice, customer, saved[0]).refusal == "resource_missing"


def test_a_fingerprint_is_of_the_number_alone_per_account_and_per_kind(practice: Practice) -> None:
    other = Practice(practice.server, "other")
    for each in (practice, other):
        told(each, "wallets", wallets=["apple_pay", "google_pay"])
    number = "5555555555554444"
    here, later = typed(practice, **card(number)), typed(practice, **card(number, expiry="01/41"))
    assert here["card"]["fingerprint"] == later["card"]["fingerprint"]
    apple, google = (typed(practice, type=name) for name in ("apple_pay", "google_pay"))
    elsewhere = typed(other, **card(number))
    assert [each["card"]["last4"] for each in (apple, google, elsewhere)] == ["4444"] * 3
    prints = {each["card"]["fingerprint"] for each in (here, apple, google, elsewhere)}
    assert len(prints) == 4
    assert apple["card"]["wallet"]["type"] == "apple_pay"
    assert google["card"]["wallet"]["dynamic_last4"] != google["card"]["last4"]
    assert here["card"]["wallet"] is None


def test_methods_are_listed_by_who_saved_them_and_what_may_be_shown(practice: Practice) -> None:
    customer = practice.customer()
    shown, kept = practice.saved_card(customer), practice.saved_card(customer, "pm_usBankAccount_success")
    practice.saved_card(practice.customer())
    practice.made(f"{METHODS}/{shown}", {"allow_redisplay": "always"})
    for path, more in ((f"{CUSTOMERS}/{customer}/payment_methods", {}), (METHODS, {"customer": customer})):
        listed = practice.get(path, more).json["data"]
        assert [each["id"] for each in listed] == [kept, shown]
        always = practice.get(path, more | {"allow_redisplay": "always"}).json["data"]
        assert [each["id"] for each in always] == [shown]
        banks = practice.get(path, more | {"type": "us_bank_account"}).json["data"]
        assert [each["id"] for each in banks] == [kept]


def test_an_update_says_what_it_was_before(practice: Practice) -> None:
    method = practice.saved_card(practice.customer())
    details = {"name": "A Payer", "email": "", "address": {"postal_code": "02139"}}
    wanted = {"allow_redisplay": "limited", "card": {"exp_month": 3}, "billing_details": details}
    after = practice.made(f"{METHODS}/{method}", wanted)
    assert (after["allow_redisplay"], after["card"]["exp_month"]) == ("limited", 3)
    assert (after["billing_details"]["name"], after["billing_details"]["email"]) == ("A Payer", None)
    assert after["billing_details"]["address"]["postal_code"] == "02139"
    before = events(practice, "payment_method.updated")[0]["previous_attributes"]
    assert set(before) == {"allow_redisplay", "billing_details", "card"}


def test_the_network_renews_a_card_that_had_expired(practice: Practice) -> None:
    customer = practice.customer()
    method = practice.saved_card(customer)
    practice.control("POST", "clock", {"advance_seconds": 2 * A_YEAR})
    assert charged(practice, customer, method).error["decline_code"] == "expired_card"
    old = read(practice, method)["card"]
    told(practice, "payment_methods/renew", payment_method=method, exp_year=old["exp_year"] + 4)
    assert charged(practice, customer, method).status == 200
    told(practice, "payment_methods/renew", payment_method=method, number="5555555555554444")
    news = events(practice, "payment_method.automatically_updated")
    assert news[0]["previous_attributes"]["card"]["exp_year"] == old["exp_year"]
    assert (news[1]["object"]["card"]["last4"], news[1]["object"]["id"]) == ("4444", method)
    assert read(practice, method)["card"]["fingerprint"] != old["fingerprint"]
    assert charged(practice, customer, method).status == 200


def test_an_expired_card_is_not_saved(practice: Practice) -> None:
    method = practice.made(METHODS, {"type": "card", "card": {"token": "tok_visa"}})["id"]
    practice.control("POST", "clock", {"advance_seconds": 2 * A_YEAR})
    attached = practice.post(f"{METHODS}/{method}/attach", {"customer": practice.customer()})
    assert (attached.refusal, attached.error["code"]) == ("card_refused", "expired_card")
    wanted = {"payment_method": method, "payment_method_types": ["card"], "confirm": True}
    saved = practice.post("/v1/setup_intents", wanted)
    assert saved.error["code"] == "expired_card"


def test_a_card_is_declined_later_and_pays_again(practice: Practice) -> None:
    customer = practice.customer()
    method = practice.saved_card(customer)
    told(practice, "payment_methods/decline", payment_method=method, decline="lost_card")
    refused = charged(practice, customer, method)
    assert (refused.status, refused.error["decline_code"]) == (402, "lost_card")
    assert refused.error["advice_code"] == "do_not_try_again"
    intent = refused.error["payment_intent"]
    assert intent["last_payment_error"]["advice_code"] == "do_not_try_again"
    charge = practice.get(f"/v1/charges/{intent['latest_charge']}").json
    assert charge["outcome"]["advice_code"] == "do_not_try_again"
    told(practice, "payment_methods/decline", payment_method=method, decline="")
    assert charged(practice, customer, method).json["status"] == "succeeded"


def test_a_card_needs_its_payer_each_time(practice: Practice) -> None:
    customer = practice.customer()
    method = practice.saved_card(customer, "pm_card_threeDSecure2Required")
    for _ in range(2):
        assert charged(practice, customer, method).error["code"] == "authentication_required"
    present = practice.made(INTENTS, pay(customer=customer, payment_method=method))
    assert present["status"] == "requires_action"


def test_the_dashboard_detaches_and_deletes(practice: Practice) -> None:
    customer = practice.customer()
    one, two = practice.saved_card(customer), practice.saved_card(customer)
    told(practice, "payment_methods/detach", payment_method=one)
    assert charged(practice, customer, one).refusal == "payment_method_spent"
    told(practice, "customers/delete", customer=customer)
    assert read(practice, two)["customer"] is None
    assert len(events(practice, "payment_method.detached")) == 2


def test_a_bank_account_that_comes_back_is_blocked_for_good(practice: Practice) -> None:
    customer = practice.customer()
    closed = practice.saved_card(customer, "pm_usBankAccount_accountClosed")
    poor = practice.saved_card(customer, "pm_usBankAccount_insufficientFunds")
    for method in (closed, poor):
        practice.made(INTENTS, debit(customer=customer, payment_method=method))
    practice.control("POST", "clock", {"advance_seconds": 90})
    blocked = read(practice, closed)["us_bank_account"]["status_details"]["blocked"]
    assert blocked == {"reason": "bank_account_closed", "network_code": "R02"}
    assert len(events(practice, "payment_method.updated")) == 1
    again = practice.post(INTENTS, debit(customer=customer, payment_method=closed))
    assert again.error["code"] == "payment_method_bank_account_blocked"
    intent = practice.get(f"{INTENTS}/{again.error['payment_intent']['id']}").json
    assert (intent["status"], intent["latest_charge"]) == ("requires_payment_method", None)
    assert practice.post(INTENTS, debit(customer=customer, payment_method=poor)).status == 200
