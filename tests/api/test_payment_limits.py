"""Issue 9, number 7, over HTTP: the 21st payment within an hour is 429, and nothing came of it."""

import pytest

from chalicelib.payments.services.payment_limits import STARTS_OF_PERSON
from tests.security.town import watching
from tests.support.api import Answer, World
from tests.support.practice import MAYA


@pytest.fixture
def maya(world: World) -> str:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 12000)
    return cookie


def start(world: World, cookie: str, number: int, language: str = "en") -> Answer:
    offered = world.quote("maya", cookie, type="balance").body
    body = {"scope": {"type": "balance"}, "quote": offered["quote"], "amount_minor": offered["amount_minor"]}
    headers = {"Idempotency-Key": f"a-key-of-this-test-{number}", "Accept-Language": language}
    return world.call("POST", "/accounts/maya/payments", body, cookie=cookie, headers=headers)


def test_the_21st_payment_is_429_with_the_time_to_wait_and_writes_nothing(
    world: World, maya: str, caplog: pytest.LogCaptureFixture
) -> None:
    [pace] = STARTS_OF_PERSON
    assert (pace.uses, pace.seconds) == (20, 3600)
    for number in range(20):
        assert start(world, maya, number).status == 201
    world.clock.advance(minutes=12)
    world.billing("maya", maya)  # notes that the session was used
    account, asked = world.app.ledgers.account(MAYA), list(world.processor.calls)
    caplog.set_level("INFO", "billfold.access")
    with watching() as eye:
        refused = start(world, maya, 20)
    assert (refused.status, refused.code) == (429, "too_many_payments")
    [line] = [record for record in caplog.records if getattr(record, "limit", "") == "payments-of-person"]
    assert line.getMessage() == "limit reached", "of a payment: nobody signs in"
    assert refused.headers["Retry-After"] == str(48 * 60)
    assert refused.body["title"] == (
        "Many payments were begun within the last hour, so this one has to wait. Nothing was charged for it; "
        "you can go on in 48 min."
    )
    assert start(world, maya, 20, "es").body["title"] == (
        "En la última hora se iniciaron muchos pagos, así que este tiene que esperar. Por él no se cobró "
        "nada; podrá continuar en 48 min."
    )
    assert eye.writes == []
    assert world.processor.calls == asked
    assert world.app.ledgers.account(MAYA) == account
    assert world.app.ledgers.payment(MAYA, "a-key-of-this-test-20") is None

    again = start(world, maya, 19)
    assert (again.status, again.body["state"]) == (201, "started"), "the same one again is no other"
    world.clock.advance(minutes=48)
    assert start(world, world.person("maya@example.test", "maya"), 20).status == 201
