"""Idempotency keys as Stripe keeps them."""

import threading

import pytest

from sandbox.stripe import routes
from sandbox.stripe.errors import Json
from sandbox.stripe.objects import customers
from sandbox.stripe.scope import Scope
from tests.contract.harness import Practice, Reply, pay
from tests.support.waiting import wait_until


def _replayed(reply: Reply) -> bool:
    return reply.headers.get("idempotent-replayed") == "true"


def test_the_same_request_is_done_once_and_answered_alike(practice: Practice) -> None:
    first = practice.post("/v1/payment_intents", pay(), Idempotency_Key="attempt-1")
    second = practice.post("/v1/payment_intents", pay(), Idempotency_Key="attempt-1")
    assert (_replayed(first), _replayed(second)) == (False, True)
    assert second.body == first.body
    assert second.headers["request-id"] != first.headers["request-id"]
    assert len(practice.get("/v1/charges").json["data"]) == 1


def test_the_order_of_parameters_does_not_matter(practice: Practice) -> None:
    practice.post("/v1/payment_intents", pay(), Idempotency_Key="k")
    backwards = dict(reversed(list(pay().items())))
    assert _replayed(practice.post("/v1/payment_intents", backwards, Idempotency_Key="k"))


def test_a_decline_is_replayed_and_not_tried_again(practice: Practice) -> None:
    wanted = pay(payment_method="pm_card_visa_chargeDeclined")
    first = practice.post("/v1/payment_intents", wanted, Idempotency_Key="k")
    second = practice.post("/v1/payment_intents", wanted, Idempotency_Key="k")
    assert (second.status, second.body, _replayed(second)) == (402, first.body, True)
    assert len(practice.get("/v1/charges").json["data"]) == 1


def test_invalid_parameters_do_not_use_up_the_key(practice: Practice) -> None:
    assert practice.post("/v1/payment_intents", pay(amount="x"), Idempotency_Key="k").status == 400
    assert practice.post("/v1/payment_intents", pay(), Idempotency_Key="k").status == 200


def test_the_same_key_at_another_endpoint_is_an_error(practice: Practice) -> None:
    practice.post("/v1/customers", Idempotency_Key="k")
    assert practice.post("/v1/setup_intents", Idempotency_Key="k").refusal == "idempotency_other_request"


def test_keys_of_two_practices_are_apart(practice: Practice) -> None:
    other = Practice(practice.server, "other")
    practice.post("/v1/customers", {"name": "a"}, Idempotency_Key="k")
    assert other.post("/v1/customers", {"name": "b"}, Idempotency_Key="k").status == 200


def test_a_key_is_forgotten_after_a_day(practice: Practice) -> None:
    practice.post("/v1/customers", {"name": "a"}, Idempotency_Key="k")
    practice.control("POST", "clock", {"advance_seconds": 23 * 3600})
    assert _replayed(practice.post("/v1/customers", {"name": "a"}, Idempotency_Key="k"))
    practice.control("POST", "clock", {"advance_seconds": 2 * 3600})
    assert not _replayed(practice.post("/v1/customers", {"name": "a"}, Idempotency_Key="k"))


def test_a_second_request_under_a_running_key_gets_409(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, may_end = threading.Event(), threading.Event()

    def slow(scope: Scope, params: Json) -> Json:
        running.set()
        may_end.wait(10)
        return customers.create(scope, params)

    monkeypatch.setitem(routes.ROUTES, ("POST", "/v1/customers"), slow)
    replies: list[Reply] = []
    thread = threading.Thread(
        target=lambda: replies.append(practice.post("/v1/customers", Idempotency_Key="k"))
    )
    thread.start()
    wait_until(running.is_set, what="the first request")
    second = practice.post("/v1/customers", Idempotency_Key="k", Connection="close")
    may_end.set()
    thread.join()
    assert (second.status, second.refusal) == (409, "idempotency_in_use")
    assert replies[0].status == 200
