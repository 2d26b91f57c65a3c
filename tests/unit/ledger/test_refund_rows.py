"""A refund is a row before it is a call: what may have been made is found, and never made a second time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.kernel.outside import Busy, ProcessorDenied, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.refunds import Left, Refund, State
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.payments.ports.processors import Refunded, RefundStatus
from chalicelib.payments.services.refunding import GivenBack
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
from tests.support.money import Money, meanwhile
from tests.support.practice import MAYA
from tests.support.processor import AT
from tests.support.refunds import wish
from tests.support.refusals import Refusal, refusal

KEY = "key-1"
WHOLE = Left(10000, 0)


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


def refund(money: Money, amount: int = 4000, *, id_: str = "r1", believed: Left | None = None) -> GivenBack:
    return money.refunding.refund(wish(money.ledgers, KEY, amount, id_=id_, believed=believed))


def unheard(money: Money, when: str, *, id_: str = "r1") -> None:
    """Asked for 40.00, and heard nothing."""
    money.processor.silent = ["", when]
    with pytest.raises(ProcessorTimeout):
        refund(money, id_=id_)
    money.processor.silent = []


def given_back(money: Money) -> list[tuple[str, int]]:
    return [(m.refund_id, m.amount_minor) for m in money.processor.attempts[f"cs_{KEY}"].refunds]


def row(money: Money, id_: str = "r1") -> Refund:
    return money.ledgers.refunds(MAYA, KEY)[id_]


def stands(money: Money, id_: str = "r1") -> tuple[State, Left]:
    """The refund's state, and what is left of the payment; the books are sound."""
    assert list(audit(stored(money.ledgers, MAYA))) == []
    return row(money, id_).state, Left.of(money.payment(KEY))


def stale(remainder_minor: int, refunds: int, under_way: str = "–") -> Refusal:
    told = {"remainder_minor": remainder_minor, "refunds": refunds, "under_way": under_way, "currency": "USD"}
    return "refund_stale", "remainder_minor", told


def test_its_row_is_there_before_the_processor_is_asked(money: Money) -> None:
    ask, seen = money.processor.refund, list[Refund]()

    def look(**asked: object) -> Refunded:
        seen.append(row(money))
        assert stands(money) == (State.ASKED, Left(6000, 1))
        return ask(**asked)  # type: ignore[arg-type]

    money.processor.refund = look  # type: ignore[method-assign]
    refund(money)
    at = money.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert seen == [Refund("r1", "maya", KEY, 4000, "cli", at, at)]
    assert (row(money).processor_id, row(money).entry_seq) == ("re_r1", 4)
    assert stands(money) == (State.SUCCEEDED, Left(6000, 1))


def test_two_staff_who_saw_the_same_money_cannot_both_refund_it(money: Money) -> None:
    """Issue 11, number 6."""
    refund(money, id_="one", believed=WHOLE)
    assert refusal(refund, money, id_="two", believed=WHOLE) == stale(6000, 1)
    assert refusal(refund, money, 6000, id_="two", believed=Left(10000, 1)) == stale(6000, 1)
    assert refund(money, 6000, id_="two", believed=Left(6000, 1)).payment.refunded_minor == 10000
    assert given_back(money) == [("one", 4000), ("two", 6000)]


def test_who_did_not_look_is_told_and_nothing_is_refunded(money: Money) -> None:
    blind = replace(wish(money.ledgers, KEY, 4000), believed=None)
    assert refusal(money.refunding.refund, blind) == stale(10000, 0)
    assert (given_back(money), money.ledgers.held_refunds) == ([], {})


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_heard_nothing_and_tries_another_id_is_told_what_is_under_way(money: Money, when: str) -> None:
    unheard(money, when)
    assert refusal(refund, money, id_="r2", believed=WHOLE)[0] == "refund_stale"
    if when == "before":
        assert refusal(refund, money, id_="r2", believed=WHOLE) == stale(6000, 1, "r1 40.00")
    assert given_back(money) == ([("r1", 4000)] if when == "after" else [])


def test_a_refund_tried_under_another_id_while_a_colleague_refunds_is_made_once(money: Money) -> None:
    """Schedule 20261130.1754. Ada asks for r1, hears nothing, and asks again as r1-again; before she hears
    anything of that either, Ben refunds something else. She insists. The colleague's answer had cleared the
    note of r1, and hers was lost before it was kept: so r1-again was made, too."""
    unheard(money, "after")
    commit = money.ledgers.commit

    def dies(practice: str, change: Change) -> None:
        commit(practice, change)
        raise KeyboardInterrupt

    money.ledgers.commit = dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        refund(money, id_="r1-again", believed=WHOLE)
    money.ledgers.commit = commit  # type: ignore[method-assign]
    refund(money, 1000, id_="ben", believed=Left(6000, 1))
    for _ in range(3):
        assert refusal(refund, money, id_="r1-again", believed=WHOLE) == stale(5000, 2)
    assert given_back(money) == [("r1", 4000), ("ben", 1000)]


def test_as_much_may_be_left_as_before_a_refund_that_was_made(money: Money) -> None:
    """An earlier refund fails meanwhile: 60.00 are left again, and what is believed of them is old."""
    refund(money, id_="r0", believed=WHOLE)
    seen = Left(6000, 1)
    unheard(money, "after")
    facts = money.processor.attempts[f"cs_{KEY}"]
    first = replace(facts.refunds[0], status=RefundStatus.FAILED)
    money.processor.attempts[f"cs_{KEY}"] = replace(facts, refunds=(first, *facts.refunds[1:]))
    assert refusal(refund, money, id_="r2", believed=seen) == stale(6000, 2)
    assert len(given_back(money)) == 2


def test_the_same_id_is_the_same_refund_whatever_is_believed(money: Money) -> None:
    unheard(money, "before")
    began = row(money)
    unheard(money, "after")
    assert row(money) == began
    assert refund(money, believed=Left(1, 99)).payment.refunded_minor == 4000
    assert refund(money, believed=Left(1, 99)).before
    assert (given_back(money), stands(money)) == ([("r1", 4000)], (State.SUCCEEDED, Left(6000, 1)))


def test_an_id_stands_for_its_amount_before_anything_is_heard(money: Money) -> None:
    unheard(money, "before")
    assert refusal(refund, money, 4001) == ("external_id_taken", "external_id", {})
    assert refund(money).payment.refunded_minor == 4000


def test_a_reply_of_the_store_that_was_lost_writes_one_row(money: Money) -> None:
    money.ledgers.trouble = ["lost"]
    assert refund(money).payment.refunded_minor == 4000
    assert (given_back(money), stands(money)) == ([("r1", 4000)], (State.SUCCEEDED, Left(6000, 1)))


def test_the_same_refund_asked_for_twice_at_once_is_one(money: Money) -> None:
    meanwhile(money.ledgers, "account", lambda: refund(money, believed=WHOLE))
    assert refund(money, believed=WHOLE).payment.refunded_minor == 4000
    assert given_back(money) == [("r1", 4000)]


def test_of_two_that_looked_at_once_one_writes_first(money: Money) -> None:
    meanwhile(money.ledgers, "account", lambda: refund(money, id_="other", believed=WHOLE))
    assert refusal(refund, money, believed=WHOLE) == stale(6000, 1)
    assert given_back(money) == [("other", 4000)]


@pytest.mark.parametrize("by", ["sweep", "reconcile", "webhook"])
def test_one_that_was_made_unheard_is_found_and_posted(money: Money, by: str) -> None:
    unheard(money, "after")
    assert stands(money) == (State.ASKED, Left(6000, 1))
    find: dict[str, Callable[[], object]] = {
        "sweep": money.sweep, "reconcile": money.reconciling.reconcile, "webhook": lambda: money.settle(KEY),
    }  # fmt: skip
    find[by]()
    assert stands(money) == (State.SUCCEEDED, Left(6000, 1))
    assert money.payment(KEY).refunded_minor == 4000
    assert money.sweep()["refund"] == 0


def test_a_crash_in_the_call_leaves_a_row_for_the_sweep(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = money.processor.refund

    def dies(**asked: object) -> Refunded:
        ask(**asked)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(money.processor, "refund", dies)
        with pytest.raises(KeyboardInterrupt):
            refund(money)
    assert stands(money) == (State.ASKED, Left(6000, 1))
    assert money.sweep()["refund"] == 1
    assert stands(money) == (State.SUCCEEDED, Left(6000, 1))


def test_not_to_be_found_proves_nothing_while_its_key_lives(money: Money) -> None:
    """Then it is asked for no more, and an hour later its amount is free: whoever was asking has ended."""
    unheard(money, "before")
    money.clock.advance(hours=22, minutes=50)
    money.sweep()
    assert stands(money) == (State.ASKED, Left(6000, 1))
    money.clock.advance(minutes=20)
    assert refusal(refund, money) == ("refund_unknown", "refund_id", {"id": "r1"})
    assert [call for call, _ in money.processor.calls].count("refund") == 1
    money.clock.advance(hours=7)
    money.sweep()
    assert stands(money) == (State.NOT_MADE, Left(10000, 1))
    assert refusal(refund, money) == ("refund_failed", "refund_id", {"status": "not_made"})
    assert refund(money, id_="r2").payment.refunded_minor == 4000
    assert given_back(money) == [("r2", 4000)]


def test_the_last_call_under_its_key_is_made_in_time(money: Money) -> None:
    unheard(money, "before")
    money.clock.advance(hours=22, minutes=59, seconds=59)
    assert refund(money).payment.refunded_minor == 4000


def test_a_processor_that_does_not_tell_has_not_said_that_there_is_none(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheard(money, "before")
    money.clock.advance(hours=30)
    monkeypatch.setattr(money.processor, "look", lambda _: None)
    money.sweep()
    assert stands(money) == (State.ASKED, Left(6000, 1))


def test_one_that_shows_up_after_all_is_posted(money: Money) -> None:
    unheard(money, "before")
    money.clock.advance(hours=25)
    money.sweep()
    assert stands(money)[0] is State.NOT_MADE
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=4000)
    for status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED):
        money.processor.refund_becomes(KEY, status)
        money.settle(KEY)
        assert stands(money) == (State(status.value), Left(6000, 1))


def test_a_person_is_called_when_it_stays_unheard_for_an_hour(money: Money) -> None:
    unheard(money, "before")
    cause = Cause(AlertName.REFUND_UNHEARD, "r1")
    for _ in range(6):
        money.sweep(after_minutes=9)
    assert ("fern", cause.id) not in money.alerts.held
    money.sweep(after_minutes=60)
    alert = money.alerts.held["fern", cause.id]
    assert alert.cause.facts == {"account": "maya", "payment": KEY, "refund": "r1", "amount_minor": 4000}


def test_a_person_is_called_when_the_processor_cannot_be_asked(money: Money) -> None:
    unheard(money, "after")
    money.processor.hidden = {f"pi_{KEY}": ProcessorDenied("api_key_expired")}
    for _ in range(5):
        money.sweep(after_minutes=60)
    assert money.alerts.subjects == {"r1": "refund_unheard"}


def test_a_refund_that_waits_calls_nobody_and_is_looked_at_now_and_then(money: Money) -> None:
    money.processor.refunds_begin = RefundStatus.PENDING
    refund(money)
    assert money.sweep(after_minutes=300)["refund"] == 0
    assert money.sweep(after_minutes=70)["refund"] == 1
    for _ in range(6):
        money.sweep(after_minutes=400)
    assert (stands(money), money.alerts.held) == ((State.PENDING, Left(6000, 1)), {})
    money.processor.refund_becomes(KEY, RefundStatus.FAILED)
    money.sweep(after_minutes=400)
    assert stands(money) == (State.FAILED, Left(10000, 1))


@pytest.mark.parametrize("saved", ["before", "after"])
def test_an_error_saved_under_its_key_makes_no_second_one(money: Money, saved: str) -> None:
    money.processor.saved = {"r1": saved}
    with pytest.raises(ProcessorTimeout):
        refund(money)
    assert refusal(refund, money, id_="r2", believed=WHOLE)[0] == "refund_stale"
    money.clock.advance(hours=25)
    money.sweep()
    made = saved == "after"
    assert stands(money)[0] is (State.SUCCEEDED if made else State.NOT_MADE)
    assert len(given_back(money)) == made


def test_one_that_was_made_and_came_to_nothing_keeps_nothing_back(money: Money) -> None:
    unheard(money, "after")
    money.processor.refund_becomes(KEY, RefundStatus.FAILED)
    assert refund(money, 10000, id_="r2", believed=Left(10000, 1)).payment.refunded_minor == 10000


@pytest.mark.parametrize("refused", [ProcessorRefused("charge_disputed"), ProcessorDenied("api_key_expired")])
def test_a_refusal_is_an_answer(
    money: Money, refused: ProcessorRefused, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says_no(**_: object) -> Refunded:
        raise refused

    with monkeypatch.context() as refusing:
        refusing.setattr(money.processor, "refund", says_no)
        with pytest.raises(type(refused)):
            refund(money)
    assert stands(money) == (State.NOT_MADE, Left(10000, 1))


def test_keys_that_are_not_taken_any_more_say_nothing_of_an_earlier_call(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheard(money, "before")

    def denied(**_: object) -> Refunded:
        raise ProcessorDenied("api_key_expired")

    with monkeypatch.context() as revoked:
        revoked.setattr(money.processor, "refund", denied)
        with pytest.raises(ProcessorDenied):
            refund(money)
    assert stands(money) == (State.ASKED, Left(6000, 1))


def test_what_was_refunded_in_the_dashboard_meanwhile_is_not_left_any_more(money: Money) -> None:
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="", amount_minor=7000)
    assert refusal(refund, money, believed=WHOLE) == stale(3000, 1)
    assert stands(money, "re_") == (State.SUCCEEDED, Left(3000, 1))
    assert row(money, "re_").actor == "processor:stripe"


def test_a_refund_of_the_dashboard_that_waits_keeps_its_amount_as_at_the_processor(money: Money) -> None:
    money.processor.refunds_begin = RefundStatus.PENDING
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="", amount_minor=7000)
    money.settle(KEY)
    assert stands(money, "re_") == (State.PENDING, Left(3000, 1))


def test_a_refund_of_ours_whose_row_is_lost_is_not_made_again(money: Money) -> None:
    """A table restored to the moment before: the processor tells of the refund by its id here."""
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=4000)
    money.clock.advance(days=2)
    assert refund(money, believed=Left(6000, 1)).before
    assert (given_back(money), row(money).actor) == ([("r1", 4000)], "processor:stripe")


def test_a_refund_with_the_id_of_another_amount_is_another_refund(money: Money) -> None:
    unheard(money, "before")
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=500)
    money.settle(KEY)
    assert stands(money) == (State.ASKED, Left(5500, 2))
    assert stands(money, "re_r1")[0] is State.SUCCEEDED


def test_what_is_left_is_never_below_nothing(money: Money) -> None:
    money.processor.refunds_begin = RefundStatus.PENDING
    refund(money)
    money.processor.dispute(KEY)
    money.settle(KEY)
    assert stands(money) == (State.PENDING, Left(0, 1))


def test_a_store_that_is_away_leaves_a_row_or_none(money: Money) -> None:
    money.ledgers.trouble = ["busy"] * 20
    with pytest.raises(Busy):
        refund(money)
    assert (given_back(money), money.ledgers.held_refunds) == ([], {})


def becomes(money: Money, *made: Refunded) -> None:
    paid = money.processor.attempts[f"cs_{KEY}"]
    money.processor.attempts[f"cs_{KEY}"] = replace(paid, refunds=made)


def test_one_that_another_with_its_id_is_taken_for_is_not_kept_for_ever(money: Money) -> None:
    """Issue 11, number 6: the other's metadata name it, and its amount is another."""
    unheard(money, "before")
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=500)
    money.sweep(after_minutes=25 * 60)
    assert stands(money) == (State.NOT_MADE, Left(9500, 2))


def test_one_whose_metadata_are_written_later_stays_its_own(money: Money) -> None:
    """Issue 11, number 6: it was taken for another then, and its own amount was kept for ever."""
    money.processor.refunds_begin = RefundStatus.PENDING
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="", amount_minor=4000)
    money.settle(KEY)
    unheard(money, "before")
    (made,) = money.processor.attempts[f"cs_{KEY}"].refunds
    becomes(money, replace(made, refund_id="r1", status=RefundStatus.SUCCEEDED))
    money.sweep(after_minutes=25 * 60)
    assert stands(money, "re_") == (State.SUCCEEDED, Left(6000, 2))
    assert row(money).state is State.NOT_MADE


@pytest.mark.parametrize("text", ["re_1", "á" * 500, "it's\nnothing of ours", "x" * 65, "#", " r1"])
def test_any_text_in_the_metadata_of_a_refund_of_the_dashboard_is_harmless(money: Money, text: str) -> None:
    """Issue 11, number 6: one that named another refund kept its payment from being settled ever again, and
    so did one too long for a key."""
    first, second = (
        Refunded(id_, 100, RefundStatus.SUCCEEDED, AT, t) for id_, t in (("re_2", text), ("re_1", ""))
    )
    becomes(money, first, second)
    money.settle(KEY)
    rows = money.ledgers.refunds(MAYA, KEY)
    assert sorted(row.processor_id for row in rows.values()) == ["re_1", "re_2"]
    assert rows.keys() == ({"re_1", "re_1~"} if text == "re_1" else {"re_1", "re_2"})
    assert Left.of(money.payment(KEY)) == Left(9800, 2)
    assert list(audit(stored(money.ledgers, MAYA))) == []


def test_a_rehearsal_says_of_one_that_failed_what_the_command_would(money: Money) -> None:
    refund(money)
    money.processor.refund_becomes(KEY, RefundStatus.FAILED)
    money.settle(KEY)
    told: Refusal = ("refund_failed", "refund_id", {"status": "failed"})
    assert refusal(money.refunding.foresee, wish(money.ledgers, KEY, 4000)) == told
    assert refusal(refund, money) == told
