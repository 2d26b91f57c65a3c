"""What each stage at the processor makes of a payment in each state: every pair against the table."""

import pytest

from chalicelib.ledger.domain.payments import LIVE, Event, State
from chalicelib.ledger.services.recording import Seen
from chalicelib.payments.ports.processors import Stage
from tests.support.money import Money

# Written out by hand, not taken from the code: row by row the state afterwards; "-" where nothing happens.
TABLE = """
           open approved processing succeeded canceled expired failed
created    -    -        processing succeeded expired  expired failed
awaiting   -    -        processing succeeded canceled expired expired
capturing  -    -        processing succeeded -        -       failed
unknown    -    -        processing succeeded canceled expired failed
processing -    -        -          succeeded failed   failed  failed
succeeded  -    -        -          -         -        -       -
failed     -    -        -          succeeded -        -       -
canceled   -    -        -          succeeded -        -       -
expired    -    -        -          succeeded -        -       -
"""
# What the processor said before, one thing after the other, to bring an awaiting payment to the state.
HISTORIES = {
    State.AWAITING: (),
    State.PROCESSING: (Stage.PROCESSING,),
    State.SUCCEEDED: (Stage.SUCCEEDED,),
    State.FAILED: (Stage.PROCESSING, Stage.FAILED),
    State.CANCELED: (Stage.CANCELED,),
    State.EXPIRED: (Stage.EXPIRED,),
}


class Killed(Exception):
    """The function ended in the middle of a request."""


def pairs() -> list[tuple[State, Stage, str]]:
    header, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (State(line[0]), Stage(stage), target)
        for line in lines
        for stage, target in zip(header, line[1:], strict=True)
    ]


def brought_to(state: State) -> Money:
    money = Money()
    money.open()
    money.charge("c1", 10000)
    if state is State.CREATED:
        _killed_on_opening(money)
    else:
        money.processor.silent = ["after"] if state is State.UNKNOWN else []
        money.start("key-1")
    for stage in HISTORIES.get(state, ()):
        told(money, stage)
    if state is State.CAPTURING:
        seen = Seen(money.account(), money.payment("key-1"))
        money.settling.completing.after_event(money.practice, seen, Event.APPROVED)
    assert money.payment("key-1").state is state
    return money


def _killed_on_opening(money: Money) -> None:
    opened = money.processor.open

    def killed(attempt: object) -> object:
        opened(attempt)  # type: ignore[arg-type]
        raise Killed

    money.processor.open = killed  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        money.start("key-1")


def told(money: Money, stage: Stage) -> None:
    money.processor.take("key-1") if stage is Stage.SUCCEEDED else money.processor.become("key-1", stage)
    money.settle("key-1")


def test_the_table_names_every_pair() -> None:
    assert {(state, stage) for state, stage, _ in pairs()} == {(s, p) for s in State for p in Stage}


@pytest.mark.parametrize(("state", "stage", "target"), pairs())
def test_every_pair_of_state_and_stage(state: State, stage: Stage, target: str) -> None:
    money = brought_to(state)
    before = money.payment("key-1")
    commits = money.ledgers.commits
    told(money, stage)
    after = money.payment("key-1")
    if target == "-":
        assert (after, money.ledgers.commits) == (before, commits)
    else:
        assert after.state is State(target)
    assert bool(money.account().reserved) is (after.state in LIVE)
    paid = after.state is State.SUCCEEDED
    assert money.account().ledger.balance_minor == (0 if paid else 10000)


# Days after the payer believed to have paid: those have to be told, and these not.
TOLD = {(state, Stage.FAILED): True for state in LIVE} | {
    (State.PROCESSING, Stage.CANCELED): False,
    (State.PROCESSING, Stage.EXPIRED): False,
}


@pytest.mark.parametrize(
    ("state", "stage"), [(s, p) for s in sorted(LIVE) for p in (Stage.FAILED, Stage.CANCELED, Stage.EXPIRED)]
)
def test_the_payer_is_told_of_money_that_was_on_its_way_and_of_nothing_else(
    state: State, stage: Stage
) -> None:
    money = brought_to(state)
    told(money, stage)
    after = money.payment("key-1")
    assert bool(after.notice) is ((state, stage) in TOLD)
    assert after.returned is TOLD.get((state, stage), False)  # by the bank
    assert len(money.documents_queue.sent) == len({(state, stage)} & TOLD.keys())
