"""The machines of refunds and disputes: every pair of state and event against the tables."""

import pytest

from chalicelib.ledger.domain import disputes
from chalicelib.payments.domain import refunds

# Written out by hand, not taken from the code. "-": no news; "!": refused. Nothing is posted for either.
REFUND = """
            pending   requires_action succeeded canceled failed
pending     -         -               succeeded -        -
succeeded   -         -               -         failed   failed
failed      -         -               -         -        -
"""
DISPUTE = """
            withdrawn reinstated lost      won
none        open      -          -         -
open        -         none       lost      -
lost        -         none       -         open
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
    after = disputes.MACHINE.after(disputes.State(state), disputes.Event(event))
    assert after == (None if target == "-" else disputes.State(target))


def test_a_refund_stands_where_its_latest_marker_says() -> None:
    assert refunds.MACHINE.state(lambda _: False) is refunds.State.PENDING
    for last in refunds.State:
        order = list(refunds.State)
        marked = set(order[1 : order.index(last) + 1])
        assert refunds.MACHINE.state(marked.__contains__) is last


def test_a_dispute_stands_where_its_rows_and_decisions_left_it() -> None:
    taken = disputes.Dispute("dp_1").moved(-100)
    lost = taken.moved(30).decided()
    assert [d.state.value for d in (disputes.Dispute("dp_1"), taken, lost)] == ["none", "open", "lost"]
    assert (lost.taken_minor, lost.lost, lost.decisions) == (70, True, 1)
    appealed = lost.decided()
    assert (appealed.state, appealed.decisions) == (disputes.State.OPEN, 2)
    back = lost.moved(70)
    assert (back.state, back.lost, back.decisions) == (disputes.State.NONE, False, 1)
