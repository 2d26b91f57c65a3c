"""Saving a card or a bank account without paying: by API, on the hosted page and through Stripe.js."""

import pytest

from tests.contract.harness import Json, Practice, Reply, bank, card, debit, send
from tests.contract.test_methods import events, told

SESSIONS = "/v1/checkout/sessions"
SETUPS = "/v1/setup_intents"
INTENTS = "/v1/payment_intents"
BANK = "us_bank_account"
ONLINE = {"ip_address": "127.0.0.1", "user_agent": "a browser"}
LEAVE = {"customer_acceptance": {"type": "online", "online": ONLINE}}
DAY = 86400


def set_up(**params: object) -> Json:
    common = {"payment_method": "pm_card_visa", "payment_method_types": ["card"], "confirm": True}
    return {**common, **params}


def set_up_bank(**params: object) -> Json:
    common = {"payment_method": "pm_usBankAccount_success", "payment_method_types": [BANK]}
    return set_up(**{**common, "mandate_data": LEAVE, **params})


def by_deposit(**params: object) -> Json:
    """A set-up by API that waits for its deposit."""
    return set_up_bank(payment_method_options={BANK: {"verification_method": "microdeposits"}}, **params)


def session(practice: Practice, ui_mode: str = "hosted_page", **params: object) -> Json:
    wanted = {"mode": "setup", "line_items": None, "ui_mode": ui_mode, "customer": practice.customer()}
    return practice.session(**{**wanted, "payment_method_types": ["card", BANK], **params})


def submit(practice: Practice, opened: Json, fields: Json) -> Reply:
    """The payer fills in the hosted page, or the Payment Element of ours."""
    if opened["url"]:
        return practice.browser(f"/c/pay/{opened['id']}", fields)
    method = practice.client_call("payment_methods", **fields).json["id"]
    return practice.client_call("confirm", client_secret=opened["client_secret"], payment_method=method)


def after(practice: Practice, opened: Json) -> tuple[Json, Json]:
    """The session and its set-up now."""
    found = practice.get(f"{SESSIONS}/{opened['id']}", {"expand": ["setup_intent"]}).json
    return found, found["setup_intent"]


def verify(practice: Practice, intent: str, code: str) -> Reply:
    return practice.post(f"{SETUPS}/{intent}/verify_microdeposits", {"descriptor_code": code})


@pytest.fixture(params=["hosted_page", "elements"])
def ui_mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("fields", [card("4242424242424242"), bank("000123456789")], ids=["card", "bank"])
def test_a_session_saves_it_for_its_customer(practice: Practice, ui_mode: str, fields: Json) -> None:
    opened = session(practice, ui_mode)
    assert submit(practice, opened, fields).status in (200, 303)
    found, intent = after(practice, opened)
    assert (found["status"], found["payment_status"], intent["status"]) == (
        "complete",
        "no_payment_required",
        "succeeded",
    )
    method = practice.get(f"/v1/payment_methods/{intent['payment_method']}").json
    assert (method["customer"], method["allow_redisplay"]) == (opened["customer"], "limited")
    kinds = ("payment_method.attached", "setup_intent.succeeded", "checkout.session.completed")
    assert [len(events(practice, kind)) for kind in kinds] == [1, 1, 1]
    assert practice.get("/v1/charges").json["data"] == []


def test_a_saved_bank_account_has_a_mandate_and_pays_by_it(practice: Practice) -> None:
    opened = session(practice)
    submit(practice, opened, bank("000123456789"))
    _, intent = after(practice, opened)
    mandate = practice.get(f"/v1/mandates/{intent['mandate']}").json
    assert (mandate["status"], mandate["type"]) == ("active", "multi_use")
    assert mandate["payment_method"] == intent["payment_method"]
    wanted = debit(customer=opened["customer"], payment_method=intent["payment_method"], off_session=True)
    paid = practice.made(INTENTS, {k: v for k, v in wanted.items() if k != "mandate_data"})
    charge = practice.get(f"/v1/charges/{paid['latest_charge']}").json
    assert charge["payment_method_details"][BANK]["mandate"] == mandate["id"]


def test_a_mandate_that_is_inactive_debits_nothing(practice: Practice) -> None:
    customer = practice.customer()
    intent = practice.made(SETUPS, set_up_bank(customer=customer))
    told(practice, "mandates", payment_method=intent["payment_method"], status="inactive")
    news = events(practice, "mandate.updated")[0]
    assert (news["object"]["status"], news["previous_attributes"]) == ("inactive", {"status": "active"})
    wanted = debit(customer=customer, payment_method=intent["payment_method"], mandate_data={})
    assert practice.post(INTENTS, wanted).error["code"] == "payment_intent_mandate_invalid"
    assert practice.post(INTENTS, wanted | {"mandate_data": LEAVE}).status == 200


def test_a_mandate_ends_with_what_it_is_for(practice: Practice) -> None:
    intent = practice.made(SETUPS, set_up_bank(customer=practice.customer()))
    practice.made(f"/v1/payment_methods/{intent['payment_method']}/detach")
    assert practice.get(f"/v1/mandates/{intent['mandate']}").json["status"] == "inactive"
    assert len(events(practice, "mandate.updated")) == 1


def test_a_deposit_waits_for_its_code(practice: Practice, ui_mode: str) -> None:
    opened = session(practice, ui_mode)
    submit(practice, opened, bank("000123456789", verify="deposit"))
    found, intent = after(practice, opened)
    assert (found["status"], intent["status"]) == ("complete", "requires_action")
    waiting = intent["next_action"]["verify_with_microdeposits"]
    assert waiting["microdeposit_type"] == "descriptor_code"
    method = intent["payment_method"]
    assert practice.get(f"/v1/payment_methods/{method}").json["customer"] is None
    assert practice.get(f"/v1/mandates/{intent['mandate']}").json["status"] == "pending"
    page = waiting["hosted_verification_url"].removeprefix(practice.server.origin)
    assert "$0.01" in send("GET", waiting["hosted_verification_url"]).body.decode()
    assert "does not match" in practice.browser(page, {"code": "SM99ZZ"}).body.decode()
    assert "is verified" in practice.browser(page, {"code": "sm11aa"}).body.decode()
    assert after(practice, opened)[1]["status"] == "succeeded"
    assert practice.get(f"/v1/payment_methods/{method}").json["customer"] == opened["customer"]
    assert practice.get(f"/v1/mandates/{intent['mandate']}").json["status"] == "active"
    assert len(events(practice, "setup_intent.succeeded")) == 1


def test_three_wrong_codes_are_too_many(practice: Practice) -> None:
    intent = practice.made(SETUPS, by_deposit(customer=practice.customer()))["id"]
    for _ in range(2):
        assert verify(practice, intent, "SM99ZZ").refusal == "deposit_code_wrong"
    assert verify(practice, intent, "SM99ZZ").refusal == "deposit_tries_exceeded"
    assert verify(practice, intent, "SM11AA").refusal == "deposits_not_awaited"
    found = practice.get(f"{SETUPS}/{intent}").json
    assert found["status"] == "requires_payment_method"
    code = "payment_method_microdeposit_verification_attempts_exceeded"
    assert found["last_setup_error"]["code"] == code
    assert len(events(practice, "setup_intent.setup_failed")) == 1


def test_a_code_has_ten_days(practice: Practice) -> None:
    one, two = (practice.made(SETUPS, by_deposit())["id"] for _ in range(2))
    practice.control("POST", "clock", {"advance_seconds": 10 * DAY - 60})
    assert verify(practice, one, "SM11AA").json["status"] == "succeeded"
    practice.control("POST", "clock", {"advance_seconds": 120})
    found = practice.get(f"{SETUPS}/{two}").json
    assert found["last_setup_error"]["code"] == "payment_method_microdeposit_verification_timeout"
    assert practice.get(f"/v1/mandates/{found['mandate']}").json["status"] == "inactive"
    assert len(events(practice, "setup_intent.setup_failed")) == 1


def test_a_bank_may_take_no_deposit(practice: Practice) -> None:
    opened = session(practice)
    submit(practice, opened, bank("000666666661", verify="deposit"))
    practice.control("POST", "clock", {"advance_seconds": 2 * DAY})
    error = after(practice, opened)[1]["last_setup_error"]
    assert error["code"] == "payment_method_microdeposit_failed"


def test_a_payment_waits_for_its_deposit_too(practice: Practice) -> None:
    saving = {"payment_method_save": "enabled"}
    opened = practice.session(
        ui_mode="elements",
        customer=practice.customer(),
        payment_method_types=[BANK],
        saved_payment_method_options=saving,
    )
    method = practice.client_call("payment_methods", **bank("000123456789", verify="deposit")).json["id"]
    fields = {"client_secret": opened["client_secret"], "payment_method": method, "email": "a@b.example"}
    practice.client_call("confirm", save_payment_method="true", **fields)
    found = practice.get(f"{SESSIONS}/{opened['id']}", {"expand": ["payment_intent"]}).json
    intent = found["payment_intent"]
    assert (found["status"], found["payment_status"], intent["status"]) == (
        "complete",
        "unpaid",
        "requires_action",
    )
    path = f"{INTENTS}/{intent['id']}/verify_microdeposits"
    assert practice.made(path, {"descriptor_code": "SM11AA"})["status"] == "processing"
    kept = practice.get(f"/v1/payment_methods/{method}").json
    assert (kept["customer"], kept["allow_redisplay"]) == (opened["customer"], "always")
    practice.control("POST", "clock", {"advance_seconds": 90})
    assert len(events(practice, "checkout.session.async_payment_succeeded")) == 1


def test_a_payment_that_waits_for_its_deposit_can_be_called_off(practice: Practice) -> None:
    opened = practice.session(payment_method_types=[BANK])
    submit(practice, opened, bank("000123456789", verify="deposit"))
    intent = practice.get(f"{SESSIONS}/{opened['id']}").json["payment_intent"]
    assert practice.made(f"{INTENTS}/{intent}/cancel")["status"] == "canceled"
    practice.control("POST", "clock", {"advance_seconds": 11 * DAY})
    assert practice.get(f"{INTENTS}/{intent}").json["status"] == "canceled"
    late = practice.post(f"{INTENTS}/{intent}/verify_microdeposits", {"descriptor_code": "SM11AA"})
    assert late.refusal == "deposits_not_awaited"


def test_a_deposit_that_never_came_fails_its_payment(practice: Practice) -> None:
    opened = practice.session(payment_method_types=[BANK])
    submit(practice, opened, bank("000666666661", verify="deposit"))
    practice.control("POST", "clock", {"advance_seconds": 2 * DAY})
    assert len(events(practice, "checkout.session.async_payment_failed")) == 1
    assert practice.get("/v1/charges").json["data"] == []


@pytest.mark.parametrize(
    ("outcome", "status"), [("complete", "succeeded"), ("fail", "requires_payment_method")]
)
def test_a_bank_asks_the_payer_while_a_card_is_saved(
    practice: Practice, ui_mode: str, outcome: str, status: str
) -> None:
    opened = session(practice, ui_mode)
    reply = submit(practice, opened, card("4000002500003155"))
    url = reply.headers.get("location") or reply.json["challenge_url"]
    practice.browser(url.removeprefix(practice.server.origin), {"outcome": outcome})
    found, intent = after(practice, opened)
    assert (found["status"], intent["status"]) == (
        "complete" if outcome == "complete" else "open",
        status,
    )
    if outcome == "complete":
        wanted = {"customer": opened["customer"], "payment_method": intent["payment_method"]}
        assert practice.paid(off_session=True, **wanted)["status"] == "succeeded"
    else:
        assert events(practice, "setup_intent.setup_failed")


def test_a_saved_account_is_not_verified_again(practice: Practice) -> None:
    customer = practice.customer()
    method = practice.made(SETUPS, set_up_bank(customer=customer))["payment_method"]
    again = practice.made(SETUPS, by_deposit(customer=customer, payment_method=method))
    assert again["status"] == "succeeded"


def test_a_blocked_account_is_not_saved(practice: Practice) -> None:
    intent = practice.made(SETUPS, set_up_bank(customer=practice.customer()))
    why = {"reason": "bank_account_frozen", "network_code": "R16"}
    told(practice, "payment_methods/block", payment_method=intent["payment_method"], **why)
    wanted = set_up_bank(customer=intent["customer"], payment_method=intent["payment_method"])
    refused = practice.post(SETUPS, wanted)
    assert refused.refusal == "bank_account_blocked"
    (failed,) = events(practice, "setup_intent.setup_failed")
    assert failed["object"]["last_setup_error"]["code"] == "payment_method_bank_account_blocked"


def test_an_abandoned_set_up_expires(practice: Practice) -> None:
    opened = session(practice, "elements")
    submit(practice, opened, card("4000000000000002"))
    practice.control("POST", "clock", {"advance_seconds": DAY + 1})
    found, intent = after(practice, opened)
    assert (found["status"], intent["status"], intent["cancellation_reason"]) == (
        "expired",
        "canceled",
        "abandoned",
    )
    assert len(events(practice, "setup_intent.canceled")) == 1


def test_every_attempt_is_kept(practice: Practice) -> None:
    intent = practice.made(SETUPS, {"payment_method_types": ["card"], "customer": practice.customer()})["id"]
    for method in ("pm_card_chargeDeclined", "pm_card_authenticationRequired"):
        practice.post(f"{SETUPS}/{intent}/confirm", {"payment_method": method})
    found = practice.get(f"{SETUPS}/{intent}", {"expand": ["latest_attempt"]}).json
    assert found["latest_attempt"]["status"] == "requires_action"
    path = f"/challenge/{intent}?client_secret={found['client_secret']}"
    practice.browser(path, {"outcome": "complete"})
    attempts = practice.get("/v1/setup_attempts", {"setup_intent": intent}).json["data"]
    assert [each["status"] for each in attempts] == ["succeeded", "failed"]
    assert attempts[1]["setup_error"]["decline_code"] == "generic_decline"


def test_the_hosted_page_asks_for_what_the_session_takes(practice: Practice) -> None:
    """Where only bank accounts are taken, their fields are there without a choice, and a card's are not."""

    def shown(*types: str) -> tuple[bool, bool, bool, bool]:
        opened = session(practice, payment_method_types=list(types))
        page = send("GET", f"{practice.server.origin}/c/pay/{opened['id']}").body.decode()
        chosen_first = 'class="by-bank"' in page
        return 'name="number"' in page, 'name="account_number"' in page, chosen_first, 'type="radio"' in page

    assert shown("card") == (True, False, False, False)
    assert shown(BANK) == (False, True, False, False)
    assert shown("card", BANK) == (True, True, True, True)
