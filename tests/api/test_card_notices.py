"""What stands beside card forms is acknowledged before a card pays or is added, and kept (issue 15)."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.payments.ports.payers import Acknowledgement
from chalicelib.words.consents import SAVING_VERSION
from chalicelib.words.notices import CARD_NOTICE_VERSION, NOTICE_TEXTS
from tests.api.test_methods import KEY, added, begin
from tests.support.api import Answer, World
from tests.support.payers import ACCOUNT, SavingProcessor
from tests.support.practice import PRACTICE
from tests.support.processor import OneProcessor

NOTICE = "card_risks_ny"
READ = {"card_notice": CARD_NOTICE_VERSION}
NEW_YORK = replace(PRACTICE, bank_debits=True, notices={NOTICE: True})


@pytest.fixture
def stripe(world: World) -> SavingProcessor:
    processor = SavingProcessor()
    world.app.processors = OneProcessor(processor)
    world.practice(NEW_YORK)
    return processor


@pytest.fixture
def cookie(world: World, stripe: SavingProcessor) -> str:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "C1", 8_000)
    return cookie


def pay(world: World, cookie: str, key: str = KEY, **said: Any) -> Answer:
    scope = {"type": "balance"}
    offered = world.quote("maya", cookie, **scope).body
    body = {"scope": scope, "quote": offered["quote"], "amount_minor": offered["amount_minor"], **said}
    return world.start("maya", cookie, key, body)


def kept(world: World) -> list[Acknowledgement]:
    who = _person(world)
    return list(world.app.payers.acknowledgements(PRACTICE.id, who, NOTICE, CARD_NOTICE_VERSION))


def asked(world: World, cookie: str) -> list[bool]:
    """Whether the Billing page and Payment Methods hear that it was given."""
    found = [world.billing("maya", cookie), world.call("GET", "/methods", cookie=cookie).body]
    for answer in found:
        assert answer["card_notice"]["id"] == NOTICE
        assert answer["card_notice"]["version"] == CARD_NOTICE_VERSION
        assert answer["card_notice"]["text"] == dict(zip(("en", "es"), NOTICE_TEXTS[NOTICE], strict=True))
    return [answer["card_notice"]["given"] for answer in found]


def refused(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.code, answer.body["field"]


REFUSED = (422, "notice_unacknowledged", "card_notice")


@pytest.mark.parametrize(
    "said", [{}, {"way": "card"}, {"card_notice": "2001-01-01"}, {"save": SAVING_VERSION}]
)
def test_15_no_new_card_pays_before_it_is_given_and_nothing_is_written(
    world: World, stripe: SavingProcessor, cookie: str, said: dict[str, str]
) -> None:
    assert refused(pay(world, cookie, **said)) == REFUSED
    assert (stripe.opened, kept(world)) == ([], [])
    assert world.call("GET", f"/accounts/maya/payments/{KEY}", cookie=cookie).code == "payment_not_found"


def test_15_what_was_given_is_kept_once_and_never_changed(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    assert asked(world, cookie) == [False, False]
    assert pay(world, cookie, **READ).status == 201
    (given,) = kept(world)
    assert (given.about, given.locale, given.version) == (KEY, "en", CARD_NOTICE_VERSION)
    world.clock.advance(minutes=5)
    assert pay(world, cookie, **READ).status == 201
    world.app.payers.acknowledge(PRACTICE.id, replace(given, locale="es"))
    assert kept(world) == [given]


def test_15_once_given_it_is_asked_no_more(world: World, stripe: SavingProcessor, cookie: str) -> None:
    assert pay(world, cookie, **READ).status == 201
    assert asked(world, cookie) == [True, True]
    assert pay(world, cookie, "another-payment-key").status == 201
    assert begin(world, cookie, "another-set-up-key").status == 201
    assert len(kept(world)) == 1


def test_15_each_time_it_is_asked_again_of_a_saved_card_too(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    world.practice(replace(NEW_YORK, card_notice_each_time=True))
    assert refused(begin(world, cookie)) == REFUSED
    assert (stripe.set_ups, kept(world)) == ({}, [])
    card = added(world, stripe, cookie, **READ)
    assert asked(world, cookie) == [False, False]
    assert refused(pay(world, cookie, method=card)) == REFUSED
    assert stripe.charged == []
    paid = "payment-by-saved-card"
    assert pay(world, cookie, paid, method=card, **READ).status == 201
    assert {given.about for given in kept(world)} == {KEY, paid}


def test_15_bank_accounts_ask_for_none(world: World, stripe: SavingProcessor, cookie: str) -> None:
    bank = added(world, stripe, cookie, way="bank", look=ACCOUNT)
    assert pay(world, cookie, "payment-by-saved-bank", method=bank).status == 201
    assert kept(world) == []


def test_15_a_practice_without_it_asks_nobody(world: World, stripe: SavingProcessor, cookie: str) -> None:
    world.practice(replace(NEW_YORK, notices={}))
    assert world.billing("maya", cookie)["card_notice"] is None
    assert pay(world, cookie).status == 201


def _person(world: World) -> str:
    (person,) = world.app.people.people(PRACTICE.id)
    return person.id
