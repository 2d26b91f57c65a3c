"""Refunds whose answer was not heard: never made a second time under another id."""

import pytest

from chalicelib.kernel.outside import ProcessorDenied, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.payments import AskedRefund, Payment
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.payments.ports.processors import Refunded
from chalicelib.payments.services.refunding import Refunding
from tests.support.money import Money, meanwhile
from tests.support.processor import OneProcessor
from tests.support.refusals import Refusal, refusal

KEY = "key-1"
UNKNOWN: Refusal = ("refund_unknown", "refund_id", {"id": "r1"})


@pytest.fixture
def money() -> Money:
    """100.00 charged, paid by card and settled."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.start(KEY)
    made.processor.take(KEY)
    made.settle(KEY)
    made.processor.calls.clear()
    return made


@pytest.fixture
def refunding(money: Money) -> Refunding:
    return Refunding(money.ledgers, OneProcessor(money.processor), money.settling, money.clock)


def refund(refunding: Refunding, amount: int = 4000, *, id_: str = "r1") -> Payment:
    return refunding.refund("fern", "maya", KEY, refund_id=id_, amount_minor=amount).payment


def unheard(money: Money, refunding: Refunding, when: str) -> None:
    """Asked for r1, 40.00, and heard nothing."""
    money.processor.silent = ["", when]
    with pytest.raises(ProcessorTimeout):
        refund(refunding)


def given_back(money: Money) -> list[int]:
    return [made.amount_minor for made in money.processor.attempts[f"cs_{KEY}"].refunds]


def hide(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor does not show its refunds yet."""
    monkeypatch.setattr(money.processor, "look", lambda _: None)


def test_one_that_was_made_is_not_made_again_under_another_id(money: Money, refunding: Refunding) -> None:
    """It is posted, and said however often that id asks; whoever still wants another one takes a third id."""
    unheard(money, refunding, "after")
    told: Refusal = ("refund_happened", "refund_id", {"id": "r1", "remainder_minor": 6000})
    for _ in range(3):
        assert refusal(refund, refunding, 4000, id_="r2") == told
    assert (given_back(money), money.payment(KEY).refunded_minor) == ([4000], 4000)
    assert refund(refunding, 4000, id_="r3").refunded_minor == 8000


def test_an_answer_that_it_was_made_may_be_lost_too(
    money: Money, refunding: Refunding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks again under that id after a crash behind the write is told the same."""
    unheard(money, refunding, "after")
    commit = money.ledgers.commit

    def dies(practice: str, change: Change) -> None:
        commit(practice, change)
        if change.movement and change.movement.key.startswith("told#"):
            raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(money.ledgers, "commit", dies)
        with pytest.raises(KeyboardInterrupt):
            refund(refunding, 4000, id_="r2")
    refused = refusal(refund, refunding, 4000, id_="r2")
    assert refused is not None
    assert refused[0] == "refund_happened"
    assert given_back(money) == [4000]


def test_there_is_no_other_while_it_may_still_arrive(
    money: Money, refunding: Refunding, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheard(money, refunding, "after")
    with monkeypatch.context() as lagging:
        hide(money, lagging)
        money.clock.advance(hours=22)
        assert refusal(refund, refunding, 4000, id_="r2") == UNKNOWN
    assert refund(refunding).refunded_minor == 4000
    assert given_back(money) == [4000]


@pytest.mark.parametrize("saved", ["before", "after"])
def test_an_error_saved_under_its_key_makes_no_second_one(
    money: Money, refunding: Refunding, saved: str
) -> None:
    money.processor.saved = {"r1": saved}
    with pytest.raises(ProcessorTimeout):
        refund(refunding)
    expected = "refund_happened" if saved == "after" else "refund_unknown"
    refused = refusal(refund, refunding, 4000, id_="r2")
    assert refused is not None
    assert refused[0] == expected
    assert len(given_back(money)) == (1 if saved == "after" else 0)


def test_one_that_never_arrived_is_over_with_its_key(money: Money, refunding: Refunding) -> None:
    unheard(money, refunding, "before")
    money.clock.advance(hours=22, minutes=59)
    assert refusal(refund, refunding, 4000, id_="r2") == UNKNOWN
    money.clock.advance(minutes=1)
    assert refund(refunding, 4000, id_="r2").refunded_minor == 4000
    assert (given_back(money), money.payment(KEY).unheard) == ([4000], None)


def test_asked_again_under_its_own_id_it_is_made_once_and_known(money: Money, refunding: Refunding) -> None:
    unheard(money, refunding, "before")
    began = money.payment(KEY).unheard
    unheard(money, refunding, "after")
    assert money.payment(KEY).unheard == began
    assert refund(refunding).refunded_minor == 4000
    assert (given_back(money), money.payment(KEY).unheard) == ([4000], None)


def test_its_id_stands_for_its_amount(money: Money, refunding: Refunding) -> None:
    unheard(money, refunding, "before")
    for _ in range(2):
        assert refusal(refund, refunding, 4001) == ("external_id_taken", "external_id", {})
        money.clock.advance(hours=23)
    assert refund(refunding).refunded_minor == 4000


def test_one_that_was_made_and_came_to_nothing_keeps_no_other_back(
    money: Money, refunding: Refunding
) -> None:
    unheard(money, refunding, "after")
    money.processor.refund_becomes(KEY, "failed")
    assert refund(refunding, 4000, id_="r2").refunded_minor == 4000


def test_a_crash_during_the_call_leaves_it_unheard(
    money: Money, refunding: Refunding, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = money.processor.refund

    def dies(**asked: object) -> Refunded:
        ask(**asked)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(money.processor, "refund", dies)
        with pytest.raises(KeyboardInterrupt):
            refund(refunding)
    assert money.payment(KEY).unheard == AskedRefund("r1", 4000, money.payment(KEY).unheard.at)  # type: ignore[union-attr]
    refused = refusal(refund, refunding, 4000, id_="r2")
    assert refused is not None
    assert refused[0] == "refund_happened"


def test_of_two_at_once_the_second_waits_for_the_first(money: Money, refunding: Refunding) -> None:
    ask = money.processor.refund
    heard = []

    def second(**asked: object) -> Refunded:
        money.processor.refund = ask  # type: ignore[method-assign]
        heard.append(refusal(refund, refunding, 4000, id_="r2"))
        return ask(**asked)  # type: ignore[arg-type]

    money.processor.refund = second  # type: ignore[method-assign]
    assert refund(refunding).refunded_minor == 4000
    assert (heard, given_back(money)) == ([UNKNOWN], [4000])


def test_of_two_that_looked_at_once_one_writes_first(money: Money, refunding: Refunding) -> None:
    def other() -> None:
        unheard(money, refunding, "before")

    meanwhile(money.ledgers, "account", other)  # r2 has looked, and found nothing that keeps it back
    assert refusal(refund, refunding, 4000, id_="r2") == UNKNOWN
    assert given_back(money) == []


def test_a_refusal_is_an_answer(money: Money, refunding: Refunding, monkeypatch: pytest.MonkeyPatch) -> None:
    for refused in (ProcessorRefused("charge_already_refunded"), ProcessorDenied("api_key_expired")):

        def says_no(refused: Exception = refused, **_: object) -> Refunded:
            raise refused

        with monkeypatch.context() as refusing:
            refusing.setattr(money.processor, "refund", says_no)
            with pytest.raises(ProcessorRefused):
                refund(refunding)
        assert money.payment(KEY).unheard is None


def test_keys_that_are_not_taken_any_more_say_nothing_of_an_earlier_call(
    money: Money, refunding: Refunding, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheard(money, refunding, "before")

    def denied(**_: object) -> Refunded:
        raise ProcessorDenied("api_key_expired")

    with monkeypatch.context() as revoked:
        revoked.setattr(money.processor, "refund", denied)
        with pytest.raises(ProcessorDenied):
            refund(refunding)
    assert refusal(refund, refunding, 4000, id_="r2") == UNKNOWN


def test_what_was_refunded_in_the_dashboard_meanwhile_is_posted_before_what_is_left_is_looked_at(
    money: Money, refunding: Refunding
) -> None:
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="", amount_minor=7000)
    told: Refusal = ("refund_above_remainder", "amount_minor", {"remainder_minor": 3000})
    assert refusal(refund, refunding, 4000) == told
    assert money.payment(KEY).refunded_minor == 7000


def test_the_note_of_it_is_the_instant_it_was_asked_for(money: Money, refunding: Refunding) -> None:
    unheard(money, refunding, "before")
    noted = money.payment(KEY).unheard
    assert noted is not None
    assert (noted.id, noted.amount_minor) == ("r1", 4000)
    assert noted.at == money.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
