"""What refunds answer: by the codes that programs know, at the edges of their time, and in their rows."""

from dataclasses import replace

import pytest

from chalicelib.kernel.outside import ProcessorDenied, ProcessorTimeout
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.refunds import Left, Refund, State
from chalicelib.payments.ports.processors import Facts, ObjectKind, Reference, Refunded, RefundStatus
from chalicelib.payments.services.refunding import GivenBack, RefundWish
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
from tests.support.money import Money, meanwhile
from tests.support.practice import MAYA
from tests.support.processor import AT
from tests.support.refunds import wish
from tests.support.refusals import Refusal, refusal

KEY = "key-1"
HEARD_AT = "2026-03-10T15:30:00.000Z"


@pytest.fixture
def money() -> Money:
    """100.00 charged, paid by card and settled."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    paid(made, KEY)
    return made


def paid(money: Money, key: str) -> None:
    money.start(key)
    money.processor.take(key)
    money.settle(key)


def refund(money: Money, amount: int = 4000, *, id_: str = "r1", believed: Left | None = None) -> GivenBack:
    return money.refunding.refund(wish(money.ledgers, KEY, amount, id_=id_, believed=believed))


def unheard(money: Money, id_: str = "r1", amount: int = 4000) -> None:
    """Asked for, and neither made nor answered."""
    money.processor.silent = ["", "before"]
    with pytest.raises(ProcessorTimeout):
        refund(money, amount, id_=id_)
    money.processor.silent = []


def row(money: Money, id_: str = "r1") -> Refund:
    return money.ledgers.refunds(MAYA, KEY)[id_]


def taken_back(money: Money) -> None:
    """Its processor says that money of it was taken back, and shows nothing of that yet."""
    held = money.payment(KEY)
    money.ledgers.note("fern", replace(held, reversal_heard_at=HEARD_AT, version=held.version + 1))


def anyway(money: Money) -> RefundWish:
    return replace(wish(money.ledgers, KEY, 4000, believed=Left(10000, 0)), anyway=True)


def test_a_command_is_known_again_by_what_an_earlier_version_kept_of_it(money: Money) -> None:
    """Markers are for good: were the words that it is made of others, who asks again would be refused."""
    assert wish(money.ledgers, KEY, 4000).command == "f8e5d403599e88423046ccbdba4f6c5f"


def test_whoever_asks_writes_the_marker_with_the_row(money: Money) -> None:
    unheard(money)
    asked, at = wish(money.ledgers, KEY, 4000), row(money).asked_at
    held = money.ledgers.marker("fern", asked.marker)
    assert held == Marker(asked.marker, "maya", KEY, 0, at, command=asked.command)


def test_nothing_is_refunded_of_what_was_taken_back(money: Money) -> None:
    taken_back(money)
    told: Refusal = ("refund_reversed", "payment_id", {"on": "2026-03-10"})
    believed = Left(10000, 0)
    assert refusal(refund, money, believed=believed) == told
    assert refusal(money.refunding.foresee, wish(money.ledgers, KEY, 4000, believed=believed)) == told
    assert money.ledgers.held_refunds == {}


def test_who_knows_better_refunds_it_and_the_note_is_gone(money: Money) -> None:
    taken_back(money)
    assert money.refunding.foresee(anyway(money)) is None
    assert money.refunding.refund(anyway(money)).payment.refunded_minor == 4000
    assert money.payment(KEY).reversal_heard_at == ""


@pytest.mark.parametrize("heard", [False, True])
def test_the_processor_is_asked_what_it_took_back_where_it_spoke_of_that(
    money: Money, heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if heard:
        taken_back(money)
    look, asked = money.processor.look, list[tuple[ObjectKind, str, str]]()

    def seen(about: Reference) -> Facts | None:
        asked.append((about.kind, about.id, about.within))
        return look(about)

    monkeypatch.setattr(money.processor, "look", seen)
    money.refunding.refund(anyway(money))
    first = ObjectKind.REVERSED if heard else ObjectKind.PAYMENT
    assert asked == [(first, f"pi_{KEY}", f"cs_{KEY}"), (ObjectKind.PAYMENT, f"pi_{KEY}", f"cs_{KEY}")]


def test_an_amount_that_its_processor_cannot_give_back_is_refused(money: Money) -> None:
    money.processor.abilities = replace(money.processor.abilities, step_minor={"USD": 100})
    told: Refusal = ("amount_step", "amount_minor", {"step_minor": 100})
    assert refusal(refund, money, 4050) == told
    assert refusal(money.refunding.foresee, wish(money.ledgers, KEY, 4050)) == told
    assert refund(money, 4000).payment.refunded_minor == 4000


def test_a_refund_that_bears_the_id_at_the_processor_has_that_amount_only(money: Money) -> None:
    """Its row came with the news of it, and no marker stands beside that."""
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=4000)
    money.settle(KEY)
    assert refusal(refund, money, 4001) == ("external_id_taken", "external_id", {})
    assert refund(money).before


def test_all_that_are_under_way_are_named(money: Money) -> None:
    unheard(money, "r1", 4000)
    unheard(money, "r2", 1000)
    _, _, details = refusal(refund, money, id_="r3", believed=Left(10000, 0))
    assert isinstance(details, dict)
    assert details["under_way"] == "r1 40.00, r2 10.00"


def test_one_that_was_made_is_foreseen_as_it_is(money: Money) -> None:
    refund(money)
    foreseen = money.refunding.foresee(wish(money.ledgers, KEY, 4000, believed=Left(10000, 0)))
    assert foreseen == row(money)


def test_nobody_asks_for_it_once_its_key_may_be_forgotten(money: Money) -> None:
    unheard(money)
    money.clock.advance(seconds=money.processor.abilities.refund_key_lifetime.total_seconds())
    assert refusal(refund, money) == ("refund_unknown", "refund_id", {"id": "r1"})
    assert row(money).state is State.ASKED


def test_an_hour_later_whoever_asks_hears_that_it_was_not_made(money: Money) -> None:
    unheard(money)
    money.clock.advance(seconds=money.processor.abilities.refund_key_lifetime.total_seconds() + 3600)
    assert refusal(refund, money) == ("refund_failed", "refund_id", {"status": "not_made"})
    assert (row(money).state, Left.of(money.payment(KEY))) == (State.NOT_MADE, Left(10000, 1))


def test_whoever_finds_out_has_the_row_as_it_is_then(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    unheard(money)
    money.clock.advance(hours=30)
    with monkeypatch.context() as mute:
        mute.setattr(money.processor, "look", lambda _: None)
        assert money.refunding.find_out("fern", row(money)).state is State.ASKED
    assert money.refunding.find_out("fern", row(money)).state is State.NOT_MADE


@pytest.mark.parametrize(("its_id", "kept"), [("r1", True), ("", False)])
def test_one_of_which_the_processor_says_nothing_that_is_known_is_kept(
    money: Money, its_id: str, kept: bool
) -> None:
    """Its money may go yet. One in the same state that another made says nothing of ours."""
    unheard(money)
    waits = Refunded("re_9", 4000, RefundStatus.UNKNOWN, AT, its_id)
    held = money.processor.attempts[f"cs_{KEY}"]
    money.processor.attempts[f"cs_{KEY}"] = replace(held, refunds=(waits,))
    money.clock.advance(hours=30)
    found = money.refunding.find_out("fern", row(money))
    assert found.state is (State.ASKED if kept else State.NOT_MADE)


def test_of_two_at_once_the_later_has_what_the_faster_made(money: Money) -> None:
    whole = Left(10000, 0)
    meanwhile(money.ledgers, "refunds", lambda: refund(money, believed=whole))
    answer = refund(money, believed=whole)
    assert (answer.before, answer.refund) == (True, row(money))


def test_keys_that_are_refused_say_nothing_of_what_the_faster_asked_for(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is another's, whose call may have arrived."""
    asked, whole = list[str](), Left(10000, 0)

    def answers(**of: object) -> Refunded:
        asked.append(str(of["refund_id"]))
        raise ProcessorTimeout("before") if len(asked) == 1 else ProcessorDenied("api_key_expired")

    monkeypatch.setattr(money.processor, "refund", answers)

    def faster() -> None:
        with pytest.raises(ProcessorTimeout):
            refund(money, believed=whole)

    meanwhile(money.ledgers, "refunds", faster)
    with pytest.raises(ProcessorDenied):
        refund(money, believed=whole)
    assert (asked, row(money).state) == (["r1", "r1"], State.ASKED)


def test_who_asked_is_named_by_the_refund_and_the_processor_by_its_failure(money: Money) -> None:
    refund(money)
    money.processor.refund_becomes(KEY, RefundStatus.FAILED)
    money.settle(KEY)
    named = {entry.draft.kind: entry.actor for entry in money.ledgers.entries(MAYA)}
    assert named[EntryKind.REFUND] == "cli"
    assert named[EntryKind.REFUND_FAILURE] == "processor:stripe"


@pytest.mark.parametrize("fails", ["r1", "r2"])
def test_what_comes_back_pays_what_that_refund_had_opened(fails: str) -> None:
    """Not what another refund of the same payment left owing."""
    money = Money()
    money.open()
    charges = {"r2": money.charge("c1", 6000), "r1": money.charge("c2", 4000, date="2026-03-02")}
    paid(money, KEY)
    refund(money, 4000, id_="r1")
    refund(money, 6000, id_="r2")
    assert {name: money.owed(charge) for name, charge in charges.items()} == {"r1": 4000, "r2": 6000}
    held = money.processor.attempts[f"cs_{KEY}"]
    others = [made for made in held.refunds if made.refund_id != fails]
    back = [replace(made, status=RefundStatus.FAILED) for made in held.refunds if made.refund_id == fails]
    money.processor.attempts[f"cs_{KEY}"] = replace(held, refunds=(*others, *back))
    money.settle(KEY)
    owed = {name: money.owed(charge) for name, charge in charges.items()}
    assert owed == {"r1": 4000, "r2": 6000} | {fails: 0}
    assert list(audit(stored(money.ledgers, MAYA))) == []
