"""Checkout Sessions: hosted page and Stripe.js calls, end to end without a browser."""

import re

import pytest

from tests.contract.harness import Json, Practice, Reply, card, line, send

SESSIONS = "/v1/checkout/sessions"


def _read(practice: Practice, session: Json, **params: object) -> Json:
    return practice.get(f"{SESSIONS}/{session['id']}", dict(params)).json


def _submit(practice: Practice, session: Json, number: str, **fields: str) -> Reply:
    return practice.browser(f"/c/pay/{session['id']}", card(number, **fields))


def _page(practice: Practice, session: Json) -> Reply:
    return send("GET", f"{practice.server.origin}/c/pay/{session['id']}")


def test_a_session_has_no_payment_intent_until_it_is_confirmed(practice: Practice) -> None:
    session = practice.session()
    assert (session["payment_intent"], session["payment_status"]) == (None, "unpaid")
    assert practice.get("/v1/payment_intents").json["data"] == []
    assert session["url"] == f"{practice.server.origin}/c/pay/{session['id']}"
    assert session["client_secret"] is None
    assert practice.session(ui_mode="elements")["url"] is None


def test_paying_on_the_hosted_page(practice: Practice) -> None:
    data = {
        "metadata": {"payment": "pay_1"},
        "description": "Professional services",
        "statement_descriptor_suffix": "PRACTICE",
    }
    session = practice.session(
        client_reference_id="pay_1",
        payment_intent_data=data,
        success_url="http://localhost:1/ok?s={CHECKOUT_SESSION_ID}&x=1",
    )
    reply = _submit(practice, session, "4242 4242 4242 4242")
    assert (reply.status, reply.headers["location"]) == (303, f"http://localhost:1/ok?s={session['id']}&x=1")
    after = _read(practice, session, expand=["payment_intent.latest_charge"])
    assert (after["status"], after["payment_status"], after["url"]) == ("complete", "paid", None)
    assert after["customer_details"]["email"] == "payer@example.org"
    intent = after["payment_intent"]
    assert (intent["status"], intent["amount"], intent["metadata"]) == (
        "succeeded",
        5000,
        {"payment": "pay_1"},
    )
    assert intent["latest_charge"]["statement_descriptor_suffix"] == "PRACTICE"
    assert intent["receipt_email"] is None
    assert _page(practice, session).headers["location"] == reply.headers["location"]


def test_a_decline_is_said_and_the_next_card_pays_the_same_intent(practice: Practice) -> None:
    session = practice.session()
    reply = _submit(practice, session, "4000000000009995")
    text = reply.body.decode()
    assert reply.status == 402
    assert "insufficient funds" in text
    assert "4000000000009995" not in text
    assert 'value="payer@example.org"' in text
    first = _read(practice, session)["payment_intent"]
    assert _submit(practice, session, "4242424242424242").status == 303
    assert _read(practice, session)["payment_intent"] == first
    types = [each["type"] for each in practice.get("/v1/events", {"limit": 100}).json["data"]]
    assert types.count("checkout.session.completed") == 1


@pytest.mark.parametrize(("outcome", "status"), [("complete", "complete"), ("fail", "open")])
def test_a_challenge_on_the_hosted_page(practice: Practice, outcome: str, status: str) -> None:
    session = practice.session()
    challenge = _submit(practice, session, "4000000000003220").headers["location"]
    page = send("GET", challenge)
    assert "$50.00" in page.body.decode()
    back = practice.browser(challenge.removeprefix(practice.server.origin), {"outcome": outcome})
    assert back.headers["location"].startswith(session["url"])
    assert _read(practice, session)["status"] == status
    shown = _page(practice, session)
    if outcome == "complete":
        assert shown.headers["location"] == "http://localhost:1/ok"
    else:
        assert "could not be authenticated" in shown.body.decode()


def test_the_page_shows_what_it_was_given_and_nothing_else(practice: Practice) -> None:
    customer = practice.customer(name="Secret Name", description="secret note", metadata={"secret": "word"})
    session = practice.session(
        customer=customer,
        client_reference_id="ref_secret",
        metadata={"note": "secret"},
        payment_intent_data={"description": "secret"},
        cancel_url="http://localhost:1/back",
    )
    text = _page(practice, session).body.decode()
    for part in ("Professional services", "$50.00", 'href="http://localhost:1/back"', "demo", "Sandbox"):
        assert part in text, part
    assert "secret" not in text.lower().replace("security", "")


def test_the_page_is_labelled_escaped_and_locked_down(practice: Practice) -> None:
    session = practice.session(
        line_items=[{**line(), "price_data": {**line()["price_data"], "product_data": {"name": "<script>x"}}}]
    )
    reply = _page(practice, session)
    text = reply.body.decode()
    assert "<script" not in text
    ids = set(re.findall(r'<input id="(\w+)"', text))
    assert (
        ids
        == set(re.findall(r'<label for="(\w+)"', text))
        == {"email", "number", "expiry", "cvc", "name", "zip"}
    )
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_yen_and_dinar_keep_their_decimals(practice: Practice) -> None:
    for currency, amount, shown in (("jpy", 500, "500 JPY"), ("kwd", 12340, "12.340 KWD")):
        session = practice.session(line_items=[line(amount, currency)])
        assert shown in _page(practice, session).body.decode()
        assert _submit(practice, session, "4242424242424242").status == 303
        assert _read(practice, session, expand=["payment_intent"])["payment_intent"]["amount"] == amount


def test_expires_by_call_and_by_clock(practice: Practice) -> None:
    called, timed = practice.session(), practice.session()
    assert practice.made(f"{SESSIONS}/{called['id']}/expire")["status"] == "expired"
    assert _page(practice, called).status == 410
    assert _submit(practice, called, "4242424242424242").status == 410
    practice.control("POST", "clock", {"advance_seconds": 24 * 3600 + 1})
    assert _read(practice, timed)["status"] == "expired"
    assert len(practice.get("/v1/events", {"type": "checkout.session.expired"}).json["data"]) == 2
    assert practice.get("/v1/charges").json["data"] == []


def test_expiring_cancels_the_intent_a_decline_left_behind(practice: Practice) -> None:
    session = practice.session()
    _submit(practice, session, "4000000000000002")
    intent = _read(practice, session)["payment_intent"]
    practice.made(f"{SESSIONS}/{session['id']}/expire")
    assert practice.get(f"/v1/payment_intents/{intent}").json["status"] == "canceled"


def test_a_session_can_hold_money_for_capture(practice: Practice) -> None:
    session = practice.session(payment_intent_data={"capture_method": "manual"})
    _submit(practice, session, "4242424242424242")
    after = _read(practice, session, expand=["payment_intent"])
    assert (after["status"], after["payment_status"]) == ("complete", "unpaid")
    assert after["payment_intent"]["status"] == "requires_capture"


def test_line_items_are_listed(practice: Practice) -> None:
    session = practice.session(line_items=[line(5000, quantity=2), line(100)])
    assert session["amount_total"] == 10100
    found = practice.get(f"{SESSIONS}/{session['id']}/line_items", {"limit": 1}).json
    assert (found["data"][0]["amount_total"], found["has_more"]) == (10000, True)


# --- Stripe.js


def _elements(practice: Practice, **params: object) -> tuple[Json, str]:
    session = practice.session(ui_mode="elements", **params)
    return session, str(session["client_secret"])


def _confirm(practice: Practice, secret: str, number: str, **fields: str) -> Reply:
    method = practice.client_call("payment_methods", **card(number)).json["id"]
    common = {"client_secret": secret, "payment_method": method, "email": "payer@example.org"}
    return practice.client_call("confirm", **common | fields)


def test_paying_with_elements(practice: Practice) -> None:
    session, secret = _elements(practice)
    assert practice.client_call("session", client_secret=secret).json["status"] == "open"
    assert _confirm(practice, secret, "4242424242424242").json["payment_status"] == "paid"
    assert _read(practice, session)["status"] == "complete"
    assert practice.client_call("session", client_secret=secret).json["status"] == "complete"


def test_elements_tell_a_decline_and_a_challenge(practice: Practice) -> None:
    session, secret = _elements(practice)
    declined = _confirm(practice, secret, "4000000000009995")
    assert (declined.status, declined.error["decline_code"]) == (402, "insufficient_funds")
    url = _confirm(practice, secret, "4000000000003220").json["challenge_url"]
    assert _read(practice, session)["status"] == "open"
    page = practice.browser(url.removeprefix(practice.server.origin), {"outcome": "complete"})
    assert "challenge.js" in page.body.decode()
    assert _read(practice, session)["status"] == "complete"


def test_a_challenge_left_alone_can_be_followed_by_another_card(practice: Practice) -> None:
    _, secret = _elements(practice)
    _confirm(practice, secret, "4000000000003220")
    assert _confirm(practice, secret, "4242424242424242").json["status"] == "complete"
    assert len(practice.get("/v1/charges").json["data"]) == 1


def test_an_email_given_before_is_enough(practice: Practice) -> None:
    session, secret = _elements(practice)
    assert practice.client_call("email", client_secret=secret, email="nonsense").status == 400
    assert (
        practice.client_call("email", client_secret=secret, email="a@b.example").json["email"]
        == "a@b.example"
    )
    assert _confirm(practice, secret, "4242424242424242", email="").status == 200
    assert _read(practice, session)["customer_details"]["email"] == "a@b.example"


def _saving(practice: Practice, customer: str) -> tuple[Json, str]:
    options = {"payment_method_save": "enabled"}
    return _elements(practice, customer=customer, saved_payment_method_options=options)


def test_a_card_is_listed_next_time_only_when_the_box_was_ticked(practice: Practice) -> None:
    customer = practice.customer()
    _, unticked = _saving(practice, customer)
    _confirm(practice, unticked, "5555555555554444")
    _, ticked = _saving(practice, customer)
    _confirm(practice, ticked, "4242424242424242", save_payment_method="true")
    _, third = _saving(practice, customer)
    listed = practice.client_call("session", client_secret=third).json["saved_payment_methods"]
    assert [each["card"]["last4"] for each in listed] == ["4242"]
    saved = practice.get(f"/v1/payment_methods/{listed[0]['id']}").json
    assert (saved["allow_redisplay"], saved["customer"]) == ("always", customer)
    common = {"client_secret": third, "payment_method": listed[0]["id"], "email": "payer@example.org"}
    assert practice.client_call("confirm", **common).json["status"] == "complete"
    hosted = practice.session(customer=customer)
    assert "Visa ending in 4242" in _page(practice, hosted).body.decode()
    assert _submit(practice, hosted, "", saved=listed[0]["id"]).status == 303


def test_a_refused_confirmation_leaves_nothing_behind(practice: Practice) -> None:
    session, secret = _elements(practice)
    assert _confirm(practice, secret, "4242424242424242", email="").refusal == "email_missing"
    assert _read(practice, session)["customer_details"] is None
    assert practice.get("/v1/payment_intents").json["data"] == []


def test_saving_a_card_in_setup_mode(practice: Practice) -> None:
    customer = practice.customer()
    session = practice.session(mode="setup", customer=customer, line_items=None, currency="usd")
    assert session["payment_status"] == "no_payment_required"
    assert _submit(practice, session, "4242424242424242").status == 303
    after = _read(practice, session, expand=["setup_intent"])
    assert after["setup_intent"]["status"] == "succeeded"
    cards = practice.get(f"/v1/customers/{customer}/payment_methods").json["data"]
    assert [each["id"] for each in cards] == [after["setup_intent"]["payment_method"]]


def test_one_practices_page_key_opens_no_others_session(practice: Practice) -> None:
    _, secret = _elements(practice)
    other = Practice(practice.server, "other")
    assert other.client_call("session", client_secret=secret).refusal == "client_secret_invalid"
