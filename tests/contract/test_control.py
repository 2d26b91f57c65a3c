"""The control API: faults, the clock, the dashboard's and the bank's doings, and what was told."""

import http.client
import json
import urllib.error

import pytest
import stripe

from tests.contract.harness import Json, Practice, card, pay, send

BROKEN = (http.client.HTTPException, urllib.error.URLError, ConnectionError, TimeoutError)


def _fault(practice: Practice, **body: object) -> None:
    practice.control("POST", "faults", dict(body))


def _charges(practice: Practice) -> int:
    return len(practice.get("/v1/charges").json["data"])


def test_a_status_before_the_effect(practice: Practice) -> None:
    _fault(practice, status=503, count=2, method="POST")
    for _ in range(2):
        assert practice.post("/v1/payment_intents", pay(), Idempotency_Key="k").status == 503
    assert _charges(practice) == 0
    assert practice.post("/v1/payment_intents", pay(), Idempotency_Key="k").status == 200


def test_a_status_after_the_effect_hides_what_the_key_then_replays(practice: Practice) -> None:
    _fault(practice, status=500, when="after", method="POST")
    assert practice.post("/v1/payment_intents", pay(), Idempotency_Key="k").status == 500
    assert _charges(practice) == 1
    again = practice.post("/v1/payment_intents", pay(), Idempotency_Key="k")
    assert (again.status, again.headers["idempotent-replayed"]) == (200, "true")


def test_a_saved_500_is_replayed_as_stripe_replays_its_own(practice: Practice) -> None:
    _fault(practice, status=500, saved=True, method="POST")
    for _ in range(2):
        assert practice.post("/v1/payment_intents", pay(), Idempotency_Key="k").status == 500
    assert _charges(practice) == 0


@pytest.mark.parametrize(("when", "charges"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("kind", ["cut", "timeout"])
def test_a_broken_connection(practice: Practice, kind: str, when: str, charges: int) -> None:
    _fault(practice, kind=kind, when=when, seconds=0, method="POST", path="/v1/payment_intents")
    with pytest.raises(BROKEN):
        practice.post("/v1/payment_intents", pay(), Idempotency_Key="k")
    assert _charges(practice) == charges
    assert practice.post("/v1/payment_intents", pay(), Idempotency_Key="k").status == 200
    assert _charges(practice) == 1


def test_stripes_own_client_survives_a_cut_reply_with_its_retries(practice: Practice) -> None:
    client = stripe.StripeClient(
        practice.key,
        stripe_version="2026-08-26.dahlia",
        base_addresses={"api": practice.server.origin},
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=(3, 10)),
    )
    _fault(practice, kind="timeout", when="after", seconds=0, method="POST")
    assert client.v1.payment_intents.create({**pay()}).status == "succeeded"  # type: ignore[typeddict-item]
    assert _charges(practice) == 1


def test_faults_fit_method_and_path_and_can_be_cleared(practice: Practice) -> None:
    _fault(practice, count=5, method="POST", path="/v1/refunds")
    assert practice.post("/v1/customers").status == 200
    assert practice.post("/v1/refunds", {"amount": "x"}).status == 400
    assert practice.post("/v1/refunds", {"amount": 1}).status == 500
    practice.control("DELETE", "faults")
    assert practice.post("/v1/refunds", {"payment_intent": practice.paid()["id"]}).status == 200


def test_an_exact_fault_spares_what_is_below_its_path(practice: Practice) -> None:
    customer = practice.post("/v1/customers").json["id"]
    for method in ("GET", "POST"):
        _fault(practice, count=50, method=method, path="/v1/customers", exact=True)
    assert practice.get(f"/v1/customers/{customer}").status == 200
    assert practice.get("/v1/customers").status == 500
    assert practice.post("/v1/customers").status == 500
    practice.control("DELETE", "faults", {"method": "POST"})
    assert practice.post("/v1/customers").status == 200
    assert practice.get("/v1/customers").status == 500


def test_a_refund_made_in_the_dashboard(practice: Practice) -> None:
    intent = practice.paid()
    made = practice.control(
        "POST", "refunds", {"account": "demo", "payment_intent": intent["id"], "amount": 700}
    )
    assert practice.get(f"/v1/refunds/{made['id']}").json["amount"] == 700
    assert practice.get(f"/v1/charges/{intent['latest_charge']}").json["amount_refunded"] == 700


@pytest.mark.parametrize(("won", "status", "balance"), [(True, "won", -1500), (False, "lost", -3500)])
def test_the_bank_disputes_and_decides(practice: Practice, won: bool, status: str, balance: int) -> None:
    intent = practice.paid()
    opened = practice.control("POST", "disputes", {"account": "demo", "payment_intent": intent["id"]})
    assert practice.get(f"/v1/charges/{intent['latest_charge']}").json["disputed"] is True
    practice.control("POST", "disputes/close", {"account": "demo", "dispute": opened["id"], "won": won})
    dispute = practice.get(f"/v1/disputes/{opened['id']}").json
    assert dispute["status"] == status
    assert sum(each["net"] for each in dispute["balance_transactions"]) == balance


def test_tells_what_it_was_told_without_card_data(practice: Practice) -> None:
    session = practice.session(client_reference_id="pay_123")
    practice.browser(f"/c/pay/{session['id']}", card("4242424242424242", cvc="987"))
    told: list[Json] = practice.control("GET", "requests")["data"]
    text = str(told)
    assert "client_reference_id=pay_123" in text
    assert "****4242" in text
    assert "4242424242424242" not in text
    assert "987" not in next(each["body"] for each in told if each["path"].startswith("/c/pay/"))
    assert practice.key not in text
    practice.control("DELETE", "requests")
    assert practice.control("GET", "requests")["data"] == []


def test_an_unknown_control_says_which_there_are(practice: Practice) -> None:
    reply = send("POST", f"{practice.server.origin}/_control/nothing", b"{}")
    assert reply.status == 404
    assert "POST webhooks/flush" in reply.json["controls"]
    assert send("POST", f"{practice.server.origin}/_control/faults", b'{"nonsense": 1}').status == 400
    assert send("POST", f"{practice.server.origin}/_control/webhooks", b'{"nonsense": 1}').status == 400


@pytest.mark.parametrize("status", ["nonsense", "needs_response", "Won"])
def test_a_dispute_is_decided_in_words_that_stripe_has_for_it(practice: Practice, status: str) -> None:
    """Any other was kept, and every later answer about the dispute was a 500 (issue 11)."""
    paid = practice.paid()
    asked = {"account": "demo", "payment_intent": paid["id"]}
    dispute = practice.control("POST", "disputes", asked)
    body = json.dumps({"account": "demo", "dispute": dispute["id"], "status": status}).encode()
    reply = send("POST", f"{practice.server.origin}/_control/disputes/close", body)
    assert (reply.status, "won, lost, prevented" in reply.json["error"]) == (400, True)
    assert practice.get(f"/v1/disputes/{dispute['id']}").json["status"] == "needs_response"
