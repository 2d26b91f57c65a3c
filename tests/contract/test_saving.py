"""Saving while paying, and what a session asks beside the payment: names, address, consent."""

import pytest

from tests.contract.harness import Json, Practice, Reply, bank, card, checkout, send
from tests.contract.test_methods import events, read

SESSIONS = "/v1/checkout/sessions"
ADDRESS = {"line1": "1 Main St", "city": "Troy", "state": "NY", "postal_code": "12180"}
HOLDER = {"billing_name": "Alex Example", **ADDRESS}
KEPT = {"setup_future_usage": "on_session"}
SHOWN = {"allow_redisplay": "always"}


def submit(practice: Practice, session: Json, **fields: str) -> Reply:
    """The payer fills in the hosted page."""
    return practice.browser(f"/c/pay/{session['id']}", card("4242424242424242", **fields))


def page(practice: Practice, session: Json) -> str:
    return send("GET", f"{practice.server.origin}/c/pay/{session['id']}").body.decode()


def after(practice: Practice, session: Json, **params: object) -> Json:
    return practice.get(f"{SESSIONS}/{session['id']}", dict(params)).json


def paid_with(practice: Practice, session: Json) -> Json:
    """The payment method of a session that is paid."""
    intent = after(practice, session, expand=["payment_intent"])["payment_intent"]
    return read(practice, intent["payment_method"])


@pytest.mark.parametrize("fields", [{}, bank("000123456789")], ids=["card", "bank"])
def test_a_ticked_box_keeps_and_shows_what_paid(practice: Practice, fields: dict[str, str]) -> None:
    customer = practice.customer(email="payer@example.org")
    wanted = {"payment_method_types": ["card", "us_bank_account"], "customer": customer}
    kept = practice.session(**wanted, payment_intent_data=KEPT, payment_method_data=SHOWN)
    left = practice.session(**wanted)
    for session in (kept, left):
        submit(practice, session, **fields)
    method = paid_with(practice, kept)
    assert (method["customer"], method["allow_redisplay"]) == (customer, "always")
    assert (paid_with(practice, left)["customer"], paid_with(practice, left)["allow_redisplay"]) == (
        None,
        "unspecified",
    )
    listed = practice.get(f"/v1/customers/{customer}/payment_methods").json["data"]
    assert [each["id"] for each in listed] == [method["id"]]
    assert len(events(practice, "payment_method.attached")) == 1


def test_a_set_up_may_be_shown_from_the_start(practice: Practice) -> None:
    session = practice.session(
        mode="setup",
        line_items=None,
        currency="usd",
        customer=practice.customer(),
        payment_method_data=SHOWN,
    )
    submit(practice, session)
    setup = after(practice, session, expand=["setup_intent"])["setup_intent"]
    assert read(practice, setup["payment_method"])["allow_redisplay"] == "always"


def test_the_page_prefills_the_card_that_was_saved_last(practice: Practice) -> None:
    """Whatever our default is: only the order of saving counts."""
    customer = practice.customer(email="payer@example.org")
    for number in ("pm_card_visa", "pm_card_mastercard"):
        method = practice.saved_card(customer, number)
        practice.made(f"/v1/payment_methods/{method}", SHOWN)
    text = page(practice, practice.session(customer=customer))
    checked = text.split(" checked> ")[1].partition("<")[0]
    assert checked.startswith("Mastercard ending in 4444")


def test_the_typed_email_is_written_onto_a_customer_that_has_none(practice: Practice) -> None:
    bare, known = practice.customer(), practice.customer(email="known@example.org")
    for customer in (bare, known):
        submit(practice, practice.session(customer=customer), email="typed@example.org")
    emails = [practice.get(f"/v1/customers/{each}").json["email"] for each in (bare, known)]
    assert emails == ["typed@example.org", "known@example.org"]
    assert len(events(practice, "customer.updated")) == 1


def test_a_declined_payer_writes_nothing_onto_the_customer(practice: Practice) -> None:
    customer = practice.customer()
    session = practice.session(customer=customer)
    practice.browser(f"/c/pay/{session['id']}", card("4000000000000002", email="typed@example.org"))
    assert practice.get(f"/v1/customers/{customer}").json["email"] is None


@pytest.mark.parametrize(
    ("creation", "data", "made"),
    [("always", {}, True), ("if_required", {}, False), ("if_required", KEPT, True)],
)
def test_a_session_makes_a_customer_when_it_is_told_to(
    practice: Practice, creation: str, data: Json, made: bool
) -> None:
    session = practice.session(customer_creation=creation, payment_intent_data=data)
    submit(practice, session)
    assert (after(practice, session)["customer"] is not None) is made
    assert len(practice.get("/v1/customers").json["data"]) == made


def test_a_set_up_makes_a_customer_when_it_is_told_to(practice: Practice) -> None:
    session = practice.session(mode="setup", line_items=None, currency="usd", customer_creation="always")
    submit(practice, session)
    found = after(practice, session, expand=["setup_intent"])
    assert read(practice, found["setup_intent"]["payment_method"])["customer"] == found["customer"]


def test_the_page_asks_name_and_whole_address(practice: Practice) -> None:
    customer = practice.customer()
    session = practice.session(
        customer=customer,
        billing_address_collection="required",
        customer_update={"name": "auto", "address": "auto"},
    )
    text = page(practice, session)
    assert 'id="billing_name"' in text
    assert 'id="zip"' not in text
    assert submit(practice, session, zip="").refusal == "billing_address_missing"
    assert submit(practice, session, **HOLDER).status == 303
    method = paid_with(practice, session)
    charge = practice.get("/v1/charges").json["data"][0]
    for details in (method["billing_details"], charge["billing_details"]):
        assert (details["name"], details["address"]["postal_code"]) == ("Alex Example", "12180")
    said = after(practice, session)["customer_details"]
    assert (said["name"], said["address"]["country"]) == ("Alex Example", "US")
    found = practice.get(f"/v1/customers/{customer}").json
    assert (found["name"], found["address"]["line1"]) == ("Alex Example", "1 Main St")


def test_the_page_asks_the_names_it_is_told_to(practice: Practice) -> None:
    wanted = {"individual": {"enabled": True}, "business": {"enabled": True, "optional": True}}
    session = practice.session(name_collection=wanted)
    assert 'id="business_name"' in page(practice, session)
    assert submit(practice, session, business_name="Acme").refusal == "name_missing"
    submit(practice, session, individual_name="Alex Example")
    found = after(practice, session)
    assert found["collected_information"]["individual_name"] == "Alex Example"
    assert (found["customer_details"]["individual_name"], found["customer_details"]["business_name"]) == (
        "Alex Example",
        None,
    )


def test_the_agreement_to_later_charges_is_stripes_unless_it_is_hidden(practice: Practice) -> None:
    def shown(**params: object) -> bool:
        return 'id="reuse"' in page(practice, practice.session(**params))

    hidden = {"payment_method_reuse_agreement": {"position": "hidden"}}
    assert shown(payment_intent_data=KEPT)
    assert not shown(payment_intent_data=KEPT, consent_collection=hidden)
    assert not shown()
    setup = {"mode": "setup", "line_items": None, "currency": "usd"}
    assert (shown(**setup), shown(**setup, consent_collection=hidden)) == (True, False)


def test_terms_that_were_taken_are_told(practice: Practice) -> None:
    session = practice.session(consent_collection={"terms_of_service": "required", "promotions": "none"})
    assert submit(practice, session, terms="yes").status == 303
    assert after(practice, session)["consent"] == {"terms_of_service": "accepted", "promotions": None}


def test_a_set_up_shows_nothing_that_was_saved(practice: Practice) -> None:
    customer = practice.customer()
    practice.made(f"/v1/payment_methods/{practice.saved_card(customer)}", SHOWN)
    wanted = {"mode": "setup", "line_items": None, "currency": "usd", "customer": customer}
    session = practice.session(**wanted)
    assert session["saved_payment_method_options"] is None
    assert "ending in" not in page(practice, session)


def test_removing_a_card_is_left_to_our_page(practice: Practice) -> None:
    options = {"payment_method_remove": "enabled"}
    asked = checkout(customer=practice.customer(), saved_payment_method_options=options)
    assert practice.post(SESSIONS, asked).refusal == "parameter_unsupported"


def test_what_the_page_cannot_ask_is_refused(practice: Practice) -> None:
    for ui_mode, consent in (
        ("hosted_page", {"promotions": "auto"}),
        ("elements", {"terms_of_service": "required"}),
    ):
        asked = checkout(ui_mode=ui_mode, consent_collection=consent)
        assert practice.post(SESSIONS, asked).refusal == "parameter_unsupported"
