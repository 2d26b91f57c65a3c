"""The machines of refunds and disputes: every pair of state and event against the tables."""

from dataclasses import replace

import pytest

from chalicelib.ledger.domain import disputes, refunds
from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.payments import Payment, State

# Written out by hand, not taken from the code. "-": no news; "!": refused. Nothing is posted for either.
REFUND = """
            pending   succeeded failed    refused   never_arrived
asked       pending   succeeded failed    not_made  not_made
pending     -         succeeded failed    -         -
succeeded   -         -         failed    -         -
failed      -         -         -         -         -
not_made    pending   succeeded -         -         -
"""
DISPUTE = """
            withdrawn reinstated lost      won
none        open      -          -         -
open        -         none       lost      -
lost        -         none       -         open
"""


AT = "2026-03-10T15:00:00.000Z"
REFUND_ROW = refunds.Refund("r1", "maya", "p", 40, "cli", AT, AT)
PAID = Payment(
    id="p", account_id="maya", amount_minor=100, currency="USD", allocation=Allocation(()),
    state=State.SUCCEEDED, processor="stripe", flow="redirect", body_hash="", date="2026-03-10",
    created_at=AT, updated_at=AT,
)  # fmt: skip


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


@pytest.mark.parametrize("state", refunds.State)
@pytest.mark.parametrize("target", refunds.State)
def test_a_payment_keeps_what_is_under_way_and_counts_what_went(
    state: refunds.State, target: refunds.State
) -> None:
    kept = {refunds.State.ASKED: (40, 0), refunds.State.PENDING: (40, 0), refunds.State.SUCCEEDED: (0, 40)}
    before, after = kept.get(state, (0, 0)), kept.get(target, (0, 0))
    paid = replace(PAID, refunding_minor=before[0] + 7, refunded_minor=before[1] + 8)
    moved = refunds.moved(paid, replace(REFUND_ROW, state=state), target)
    assert (moved.refunding_minor - 7, moved.refunded_minor - 8) == after


def test_a_refund_asked_for_is_kept_and_numbered() -> None:
    asked = refunds.asked(replace(PAID, refunding_minor=7, refund_count=2), REFUND_ROW)
    assert (asked.refunding_minor, asked.refund_count, asked.refunded_minor) == (47, 3, 0)
    assert refunds.Left.of(asked) == refunds.Left(53, 3)


def test_a_refund_is_looked_for_at_once_and_one_that_waits_in_hours() -> None:
    assert REFUND_ROW.check_at == AT
    assert replace(REFUND_ROW, state=refunds.State.PENDING).check_at == "2026-03-10T21:00:00.000Z"


def test_a_dispute_stands_where_its_rows_and_decisions_left_it() -> None:
    taken = disputes.Dispute("dp_1").moved(-100)
    lost = taken.moved(30).decided()
    assert [d.state.value for d in (disputes.Dispute("dp_1"), taken, lost)] == ["none", "open", "lost"]
    assert (lost.taken_minor, lost.lost, lost.decisions) == (70, True, 1)
    appealed = lost.decided()
    assert (appealed.state, appealed.decisions) == (disputes.State.OPEN, 2)
    back = lost.moved(70)
    assert (back.state, back.lost, back.decisions) == (disputes.State.NONE, False, 1)
