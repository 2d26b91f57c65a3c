"""11.5: what the port promises, asked of every processor, as far as its abilities say that it can."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.kernel.outside import ProcessorMissing, ProcessorRefused, ProcessorTimeout
from chalicelib.payments.domain.abilities import Flow
from chalicelib.payments.ports.processors import (
    Books,
    Completes,
    Embeds,
    Facts,
    Listing,
    ObjectKind,
    Opened,
    Redirect,
    Reference,
    Stage,
    WebhookInvalid,
)
from tests.contract.harness import Practice, running
from tests.contract.houses import ACCOUNT, PAYMENT, House, OrdersHouse, StripeHouse
from tests.support.processor import secret_of


@pytest.fixture(params=["stripe", "orders"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    if request.param == "orders":
        yield OrdersHouse()
        return
    with running() as server:
        yield StripeHouse(Practice(server, "demo"))


def opened(house: House, **attempt: object) -> Opened:
    return house.processor.open(house.attempt(**attempt))  # type: ignore[arg-type]


def paid(house: House, **attempt: object) -> tuple[Opened, Facts]:
    """An attempt whose money was taken."""
    begun = opened(house, **attempt)
    house.pay(begun)
    if isinstance(house.processor, Completes):
        house.processor.complete(begun.session_id)
    return begun, house.session(begun)


def test_abilities_name_what_the_adapter_is(house: House) -> None:
    able = house.processor.abilities
    assert able.lists is isinstance(house.processor, Listing)
    assert (Flow.INLINE in able.flows) is isinstance(house.processor, Embeds)
    assert min(able.minimum_minor.values()) > 0
    assert able.step_minor.keys() <= able.minimum_minor.keys()


def test_its_payer_is_led_on_by_each_flow_that_it_can(house: House) -> None:
    for number, flow in enumerate(house.processor.abilities.flows):
        begun = opened(house, payment_id=f"{PAYMENT}-{number}", flow=flow)
        if flow is Flow.REDIRECT:
            assert isinstance(begun.next, Redirect)
            assert begun.next.url.startswith("http")
            continue
        secret = secret_of(begun)
        assert isinstance(house.processor, Embeds)
        fields = house.processor.fields(secret)
        assert fields.client_secret == secret
        assert fields.script_url.startswith("https://")


def test_an_attempt_is_opened_once_as_long_as_its_key_lives(house: House) -> None:
    wanted = house.attempt()
    first = house.processor.open(wanted)
    house.later(house.processor.abilities.key_lifetime - timedelta(minutes=1))
    assert house.processor.open(wanted) == first


def test_an_answer_that_was_not_heard_is_heard_by_asking_again(house: House) -> None:
    wanted = house.attempt()
    house.silence()
    with pytest.raises(ProcessorTimeout):
        house.processor.open(wanted)
    begun = house.processor.open(wanted)
    assert house.session(begun).payment_id == PAYMENT


def test_the_least_amount_of_each_currency_is_taken(house: House) -> None:
    able = house.processor.abilities
    for currency, least_minor in able.minimum_minor.items():
        step_minor = able.step_minor.get(currency, 1)
        assert least_minor % step_minor == 0
        name = f"{PAYMENT}-{currency}"
        assert opened(house, payment_id=name, amount_minor=least_minor, currency=currency).session_id


def test_an_attempt_that_nobody_paid_is_open_and_carries_our_ids(house: House) -> None:
    facts = house.session(opened(house))
    assert (facts.payment_id, facts.account_id, facts.stage) == (PAYMENT, ACCOUNT, Stage.OPEN)


def test_money_moves_when_its_payer_says_so_or_when_it_is_asked_for(house: House) -> None:
    begun = opened(house)
    house.pay(begun)
    completes = isinstance(house.processor, Completes)
    assert house.session(begun).stage is (Stage.APPROVED if completes else Stage.SUCCEEDED)


def test_what_was_paid_reads_the_same_by_its_session_and_by_its_money(house: House) -> None:
    _, facts = paid(house)
    assert (facts.stage, facts.amount_minor, facts.currency) == (Stage.SUCCEEDED, 12000, "USD")
    assert facts.fee_minor
    assert facts.fee_reference
    by_money = house.processor.look(facts.money)
    assert by_money is not None
    assert (by_money.payment_id, by_money.account_id, by_money.stage) == (PAYMENT, ACCOUNT, Stage.SUCCEEDED)
    assert (by_money.intent_id, by_money.fee_reference) == (facts.intent_id, facts.fee_reference)


def test_what_was_approved_is_taken_once_and_what_was_not_never(house: House) -> None:
    if not isinstance(house.processor, Completes):
        return
    begun = opened(house)
    with pytest.raises(ProcessorRefused):
        house.processor.complete(begun.session_id)
    house.pay(begun)
    first = house.processor.complete(begun.session_id)
    assert (first.stage, house.processor.complete(begun.session_id)) == (Stage.SUCCEEDED, first)


def test_an_attempt_is_ended_or_stays_open_where_it_is_never_taken_unasked(house: House) -> None:
    ended = house.processor.expire(opened(house).session_id)
    completes = isinstance(house.processor, Completes)
    assert ended.stage is (Stage.OPEN if completes else Stage.EXPIRED)
    begun, _ = paid(house, payment_id=f"{PAYMENT}-2")
    assert house.processor.expire(begun.session_id).stage is Stage.SUCCEEDED


def test_a_refund_is_made_once_as_long_as_its_key_lives(house: House) -> None:
    begun, facts = paid(house)

    def refund(name: str, amount_minor: int) -> str:
        return house.processor.refund(intent_id=facts.intent_id, refund_id=name, amount_minor=amount_minor).id

    first = refund("r1", 5000)
    house.later(house.processor.abilities.refund_key_lifetime - timedelta(minutes=1))
    assert refund("r1", 5000) == first
    [seen] = house.session(begun).refunds
    assert (seen.id, seen.refund_id, seen.amount_minor) == (first, "r1", 5000)
    with pytest.raises(ProcessorRefused):
        refund("r2", 7001)


def test_it_lists_or_says_that_it_cannot(house: House) -> None:
    begun, facts = paid(house)
    if not isinstance(house.processor, Listing):
        return
    since = house.now() - timedelta(hours=1)
    found = house.processor.find(PAYMENT, account_id=ACCOUNT, since=since)
    assert found is not None
    assert found.session_id == begun.session_id
    assert house.processor.find(PAYMENT, account_id="other", since=since) is None
    assert [each.intent_id for each in house.processor.recent(since=since)] == [facts.intent_id]


def test_its_books_tell_what_was_paid_where_they_can_be_read(house: House) -> None:
    _, facts = paid(house)
    if not isinstance(house.processor, Books):
        return
    [row] = house.processor.movements(since=house.now() - timedelta(hours=1), cursor="").rows
    assert (row.intent_id, row.amount_minor, row.fee_minor) == (facts.intent_id, 12000, facts.fee_minor)


def test_signed_news_names_what_it_is_about_and_no_other_is_taken(house: House) -> None:
    begun = opened(house)
    headers, raw = house.news(begun)
    news = house.processor.news(headers, raw, now=house.now())
    assert news.about == Reference(ObjectKind.SESSION, begun.session_id)
    for wrong in ({}, dict.fromkeys(headers, "forged")):
        with pytest.raises(WebhookInvalid):
            house.processor.news(wrong, raw, now=house.now())


def test_an_object_that_does_not_exist_is_named_as_none(house: House) -> None:
    for kind in (ObjectKind.SESSION, ObjectKind.PAYMENT):
        with pytest.raises(ProcessorMissing):
            house.processor.look(Reference(kind, "none_of_ours"))
