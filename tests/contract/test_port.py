"""11.5: what the port promises, asked of every processor, as far as its abilities say that it can."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.outside import PayerNeeded, ProcessorMissing, ProcessorRefused, ProcessorTimeout
from chalicelib.payments.domain.abilities import Flow
from chalicelib.payments.ports.processors import (
    Announces,
    Books,
    Charges,
    Completes,
    Embeds,
    Facts,
    Listing,
    ObjectKind,
    Opened,
    Redirect,
    Reference,
    SavedMethod,
    Stage,
    WebhookInvalid,
)
from tests.contract.harness import Practice, running
from tests.contract.houses import ACCOUNT, PAYMENT, House, OrdersHouse, PayPalHouse, StripeHouse
from tests.contract.paypal import harness as paypal
from tests.support.announced import told
from tests.support.processor import secret_of


@pytest.fixture(params=["stripe", "orders", "paypal"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    if request.param == "orders":
        yield OrdersHouse()
        return
    if request.param == "paypal":
        with paypal.running() as paypal_server:
            yield PayPalHouse(paypal_server)
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
    assert facts.captured is not None
    assert facts.captured.fee_minor
    assert facts.captured.id
    by_money = house.processor.look(facts.money)
    assert by_money is not None
    assert (by_money.payment_id, by_money.account_id, by_money.stage) == (PAYMENT, ACCOUNT, Stage.SUCCEEDED)
    assert (by_money.intent_id, by_money.captured) == (facts.intent_id, facts.captured)


def test_money_is_traced_to_the_attempt_that_was_opened_for_it(house: House) -> None:
    """Issue 12, number 3."""
    if not isinstance(house.processor, Listing):
        return
    begun, facts = paid(house)
    assert house.processor.attempt_of(facts.intent_id) == replace(facts, session_id=begun.session_id)


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
    begun, _ = paid(house)
    if not isinstance(house.processor, Listing):
        return
    since = house.now() - timedelta(hours=1)
    found = house.processor.find(PAYMENT, account_id=ACCOUNT, since=since)
    assert found is not None
    assert found.session_id == begun.session_id
    assert house.processor.find(PAYMENT, account_id="other", since=since) is None


def test_its_list_of_news_leads_to_what_was_paid_where_it_keeps_one(house: House) -> None:
    """Issue 13, number 1."""
    _, facts = paid(house)
    if not isinstance(house.processor, Announces):
        return
    since = house.now() - timedelta(hours=1)
    assert [each.money for each in told(house.processor, since)] == [facts.money]
    assert told(house.processor, house.now() + timedelta(hours=1)) == []


def test_its_books_tell_what_was_paid_where_they_can_be_read(house: House) -> None:
    _, facts = paid(house)
    if not isinstance(house.processor, Books):
        return
    [row] = house.processor.movements(since=house.now() - timedelta(hours=1), cursor="").rows
    assert (row, row.intent_id, row.amount_minor) == (facts.captured, facts.intent_id, 12000)


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


# --- saved methods, where they can be charged ---------------------------------------------------


def charging(house: House, kind: str) -> tuple[Charges, SavedMethod]:
    """The processor, and a method that a payer has saved there."""
    if not isinstance(house.processor, Charges):
        pytest.skip("it charges no saved method")
    method = house.saved(kind)
    assert isinstance(house.processor, Charges)
    return house.processor, method


def found(house: House) -> Facts | None:
    """The attempt, where its processor can be asked without its id."""
    if not isinstance(house.processor, Listing):
        return None
    return house.processor.find(PAYMENT, account_id=ACCOUNT, since=house.now() - timedelta(hours=25))


@pytest.mark.parametrize("present", [False, True])
def test_a_saved_method_is_charged_once_as_long_as_its_key_lives(house: House, present: bool) -> None:
    processor, method = charging(house, "good")
    wanted = house.attempt()
    charged = processor.charge(wanted, method, present=present)
    facts = charged.facts
    assert (facts.payment_id, facts.account_id, facts.stage) == (PAYMENT, ACCOUNT, Stage.SUCCEEDED)
    assert (facts.amount_minor, facts.currency, charged.next) == (12000, "USD", None)
    house.later(processor.abilities.key_lifetime - timedelta(minutes=1))
    again = processor.charge(wanted, method, present=present)
    assert (again.facts.money, again.facts.stage) == (facts.money, Stage.SUCCEEDED)
    seen = processor.look(facts.money)
    assert seen is not None
    assert (seen.payment_id, seen.stage, seen.amount_minor) == (PAYMENT, Stage.SUCCEEDED, 12000)
    if isinstance(house.processor, Listing):
        assert house.processor.attempt_of(facts.intent_id) == seen


def test_a_charge_that_was_not_heard_of_is_heard_of_by_asking_again_and_took_the_money_once(
    house: House,
) -> None:
    processor, method = charging(house, "good")
    wanted = house.attempt()
    house.silence()
    with pytest.raises(ProcessorTimeout):
        processor.charge(wanted, method, present=False)
    facts = processor.charge(wanted, method, present=False).facts
    assert facts.stage is Stage.SUCCEEDED
    if isinstance(house.processor, Announces):
        since = house.now() - timedelta(hours=1)
        assert [each.money for each in told(house.processor, since)] == [facts.money]


@pytest.mark.parametrize(("kind", "error"), [("declined", ProcessorRefused), ("payer_needed", PayerNeeded)])
def test_a_no_to_a_charge_without_its_payer_is_the_same_no_again_and_ends_the_attempt(
    house: House, kind: str, error: type[ProcessorRefused]
) -> None:
    processor, method = charging(house, kind)
    wanted = house.attempt()
    codes = []
    for _ in range(2):
        with pytest.raises(ProcessorRefused) as refused:
            processor.charge(wanted, method, present=False)
        assert type(refused.value) is error
        codes.append(refused.value.code)
    assert codes[0] == codes[1]
    left = found(house)
    assert left is None or left.stage is Stage.EXPIRED


def test_a_payer_who_is_there_goes_on_where_they_have_to(house: House) -> None:
    processor, method = charging(house, "payer_needed")
    waiting = processor.charge(house.attempt(), method, present=True)
    assert (waiting.facts.stage, type(waiting.next)) == (Stage.OPEN, Redirect)
    house.go_on(waiting)
    facts = waiting.facts
    about = Reference(ObjectKind.SESSION, facts.session_id) if facts.session_id else facts.money
    seen = processor.look(about)
    assert seen is not None
    assert (seen.stage, seen.amount_minor) == (Stage.SUCCEEDED, 12000)


def test_a_payer_who_is_there_and_whose_bank_says_no_hears_no(house: House) -> None:
    processor, method = charging(house, "declined")
    with pytest.raises(ProcessorRefused) as refused:
        processor.charge(house.attempt(), method, present=True)
    assert type(refused.value) is ProcessorRefused


def test_nobody_pays_with_what_another_payer_saved(house: House) -> None:
    processor, method = charging(house, "good")
    of_another = replace(method, customer_id=house.saved("declined").customer_id)
    with pytest.raises(ProcessorRefused):
        processor.charge(house.attempt(), of_another, present=False)
