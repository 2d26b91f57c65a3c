"""The machines of refunds and disputes: every pair of state and event against the tables."""

import pytest

from chalicelib.domain import disputes, refunds
from chalicelib.domain.errors import Refused

# Written out by hand, not taken from the code. "-": no news; "!": refused. Nothing is posted for either.
REFUND = """
            pending   requires_action succeeded canceled failed
pending     -         -               succeeded -        -
succeeded   -         -               -         failed   failed
failed      -         -               -         -        -
"""
DISPUTE = """
            open      won       lost
none        opened    opened    opened
opened      -         won       lost
won         -         -         !
lost        -         !         -
"""


def pairs(table: str) -> list[tuple[str, str, str]]:
    header, *lines = [line.split() for line in table.strip().splitlines()]
    return [(state, event, to) for state, *row in lines for event, to in zip(header, row, strict=True)]


def test_the_tables_name_every_pair() -> None:
    assert {p[:2] for p in pairs(REFUND)} == {(s, e) for s in refunds.State for e in refunds.Event}
    assert {p[:2] for p in pairs(DISPUTE)} == {(s, e) for s in disputes.State for e in disputes.Event}


@pytest.mark.parametrize(("state", "event", "target"), pairs(REFUND))
def test_what_is_heard_of_a_refund_in_every_state(state: str, event: str, target: str) -> None:
    after = refunds.MACHINE.after(refunds.State(state), refunds.Event(event))
    assert after == (None if target == "-" else refunds.State(target))


@pytest.mark.parametrize(("state", "event", "target"), pairs(DISPUTE))
def test_what_is_heard_of_a_dispute_in_every_state(state: str, event: str, target: str) -> None:
    if target == "!":
        with pytest.raises(Refused) as caught:
            disputes.MACHINE.after(disputes.State(state), disputes.Event(event))
        assert (caught.value.code, caught.value.details) == (
            "dispute_decided",
            {"state": state, "event": event},
        )
        return
    after = disputes.MACHINE.after(disputes.State(state), disputes.Event(event))
    assert after == (None if target == "-" else disputes.State(target))


def test_a_refund_and_a_dispute_stand_where_their_latest_marker_says() -> None:
    assert refunds.MACHINE.state(lambda _: False) is refunds.State.PENDING
    for last in refunds.State:
        order = list(refunds.State)
        marked = set(order[1 : order.index(last) + 1])
        assert refunds.MACHINE.state(marked.__contains__) is last
    for marks, state in (
        (set[str](), "none"), ({"opened"}, "opened"),
        ({"opened", "won"}, "won"), ({"opened", "lost"}, "lost"),
    ):  # fmt: skip
        assert disputes.MACHINE.state(marks.__contains__) is disputes.State(state)


def test_every_news_of_a_dispute_ends_in_the_state_it_tells_of() -> None:
    for event, end in zip(disputes.Event, ("opened", "won", "lost"), strict=True):
        state: disputes.State | None = disputes.State.NONE
        while state is not None:
            last, state = state, disputes.MACHINE.after(state, event)
        assert last is disputes.State(end)
