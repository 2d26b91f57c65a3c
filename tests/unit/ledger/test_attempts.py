"""What is written down when a payment starts, and what its processor is told: every field; and the waits."""

from dataclasses import replace

import pytest

from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.entries import Service
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.ports.processors import Attempt
from chalicelib.payments.services.paying import PaymentWish
from tests.support.money import Money, meanwhile
from tests.support.practice import PRACTICE

NOW = "2026-03-10T15:00:00.000Z"
KEY = "0b8f1c1e-2d3e-4000-8000-000000000001"


@pytest.fixture
def money() -> Money:
    made = Money()
    made.practices.save_practice(replace(PRACTICE, flow="inline", bank_debits=True))
    made.open()
    made.charge("c1", 10000)
    return made


def asked(money: Money) -> PaymentWish:
    offered = money.quote(kind="amount", amount_minor=4000)
    scope = Scope("amount", amount_minor=4000)
    return PaymentWish(
        KEY, scope, offered.key, 4000, "by the door", "person-1", "es", "hash-1", "portal:person-1"
    )


def test_a_payment_is_written_down_whole_before_the_processor_hears_of_it(money: Money) -> None:
    [charge_id] = money.account().ledger.open
    wish = asked(money)
    meanwhile(money.ledgers, "commit", _killed)
    with pytest.raises(KeyboardInterrupt):
        money.paying.start(money.ref(), wish)
    assert money.processor.calls == []
    assert money.payment(KEY) == Payment(
        id=KEY, account_id="maya", amount_minor=4000, currency="USD",
        allocation=Allocation((Share(charge_id, 4000),)), state=State.CREATED, processor="stripe",
        flow="inline", body_hash="hash-1", date="2026-03-10", created_at=NOW, updated_at=NOW,
        person_id="person-1", actor="portal:person-1", locale="es", notes="by the door",
        reference="SQ092-5ANM0", version=1, ways=("card", "bank"),
        services={charge_id: Service("Individual session", "2026-03-01")},
    )  # fmt: skip
    assert list(money.account().reserved) == [KEY]


def _killed() -> None:
    raise KeyboardInterrupt  # the process is gone


def test_the_processor_is_told_what_was_written_down_and_where_to_return_to(money: Money) -> None:
    started = money.paying.start(money.ref(), asked(money)).payment
    page = f"http://localhost:8000/fern/return?account=maya&payment={KEY}"
    assert money.processor.opened == [
        Attempt(
            payment_id=KEY, account_id="maya", amount_minor=4000, currency="USD", flow="inline",
            ways=("card", "bank"), locale="es", return_url=page, cancel_url=f"{page}&canceled=1",
            created_at=NOW,
        )
    ]  # fmt: skip
    told = (started.state, started.session_id, started.client_secret, started.next_url, started.version)
    assert told == (State.AWAITING, f"cs_{KEY}", f"cs_{KEY}_secret", "", 2)


@pytest.mark.parametrize(("seconds", "state"), [(29.999, State.CREATED), (30, State.AWAITING)])
def test_another_request_has_half_a_minute_to_open_an_attempt(
    money: Money, seconds: float, state: State
) -> None:
    meanwhile(money.ledgers, "commit", _killed)
    with pytest.raises(KeyboardInterrupt):
        money.paying.start(money.ref(), asked(money))
    money.clock.advance(seconds=seconds)
    assert money.check(KEY).state is state


@pytest.mark.parametrize(
    ("hours", "call", "state"), [(22.999, "open", State.AWAITING), (23, "find", State.FAILED)]
)
def test_a_key_is_used_again_for_less_than_a_day(money: Money, hours: float, call: str, state: State) -> None:
    money.processor.silent = ["before"]
    assert money.paying.start(money.ref(), asked(money)).payment.state is State.UNKNOWN
    money.clock.advance(hours=hours)
    assert money.check(KEY).state is state
    assert money.processor.calls == [("open", KEY), (call, KEY)]
