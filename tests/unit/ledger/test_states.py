"""The payment's state machine: every pair of state and event against the table. The drawing of all three."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain import disputes, refunds
from chalicelib.ledger.domain.accounts import FIRM, Account, with_payment
from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.payments import (
    LIVE,
    TRANSITIONS,
    Event,
    Payment,
    State,
    advance,
    check_at,
    next_state,
    reservation,
)
from scripts.draw_states import drawing

# Written out by hand, not taken from the code: row by row what each event does in each state.
BEFORE_MONEY = """
           opened   approved  declined timed_out refused canceled expired never_arrived
created    awaiting -         -        unknown   failed  -        expired failed
awaiting   -        capturing -        -         -       canceled expired -
capturing  -        -         awaiting unknown   failed  -        -       -
unknown    awaiting capturing awaiting -         failed  canceled expired failed
processing -        -         -        -         -       -        -       -
succeeded  -        -         -        -         -       -        -       -
failed     -        -         -        -         -       -        -       -
canceled   -        -         -        -         -       -        -       -
expired    -        -         -        -         -       -        -       -
"""
OF_MONEY = """
           submitted  captured  returned reversed
created    processing succeeded -        -
awaiting   processing succeeded -        -
capturing  processing succeeded -        -
unknown    processing succeeded -        -
processing -          succeeded failed   -
succeeded  -          -         -        canceled
failed     -          succeeded -        -
canceled   -          succeeded -        -
expired    -          succeeded -        -
"""


def pairs() -> list[tuple[State, Event, str]]:
    found = []
    for table in (BEFORE_MONEY, OF_MONEY):
        header, *lines = [line.split() for line in table.strip().splitlines()]
        for line in lines:
            cells = zip(header, line[1:], strict=True)
            found += [(State(line[0]), Event(event), target) for event, target in cells]
    return found


def payment(state: State) -> Payment:
    at = "2026-03-10T15:00:00.000Z"
    return Payment(
        id="p", account_id="maya", amount_minor=100, currency="USD",
        allocation=Allocation((Share("c1", 100),)), state=state, processor="stripe", flow="redirect",
        body_hash="", date="2026-03-10", created_at=at, updated_at=at, version=1,
    )  # fmt: skip


def test_the_table_names_every_pair() -> None:
    assert {(state, event) for state, event, _ in pairs()} == {(s, e) for s in State for e in Event}


@pytest.mark.parametrize(("state", "event", "target"), pairs())
def test_every_pair_of_state_and_event(state: State, event: Event, target: str) -> None:
    if target != "-":
        moved = advance(payment(state), event, at="2026-03-11T00:00:00.000Z", intent_id="pi_1")
        assert (moved.state, moved.intent_id, moved.updated_at[:10]) == (State(target), "pi_1", "2026-03-11")
        return
    with pytest.raises(Refused) as caught:
        next_state(state, event)
    assert caught.value.code == "payment_state"
    assert caught.value.details == {"state": state.value, "event": event.value}


def test_every_state_can_be_reached_and_money_is_credited_from_each() -> None:
    reached, before = {State.CREATED}, set[State]()
    while reached != before:
        before = set(reached)
        reached |= {State(t) for s, _, t in pairs() if s in before and t != "-"}
    assert reached == set(State)


@pytest.mark.parametrize("state", State)
def test_items_are_held_while_a_payment_is_live_and_no_longer(state: State) -> None:
    account = with_payment(Account("maya", Ledger("USD")), payment(State.CREATED))
    after = with_payment(account, payment(state))
    assert bool(after.reserved) is (state in LIVE)
    if after.reserved:
        assert after.reserved["p"].firm is (state in FIRM)
        assert after.in_flight_minor("c1") == (100 if state in FIRM else 0)


@pytest.mark.parametrize("state", State)
def test_what_is_final_holds_nothing(state: State) -> None:
    assert reservation(payment(state)) == ({"c1": 100} if state in LIVE else {})


def test_a_live_payment_is_looked_at_in_time() -> None:
    waits = {state: check_at(payment(state))[11:16] for state in LIVE}
    assert waits == {
        State.CREATED: "15:00", State.UNKNOWN: "15:00", State.CAPTURING: "15:00", State.AWAITING: "16:05",
        State.PROCESSING: "21:00",
    }  # fmt: skip


def test_the_instant_of_a_look_is_exact_to_the_millisecond() -> None:
    late = replace(payment(State.AWAITING), updated_at="2026-03-10T23:59:59.999Z")
    assert check_at(late) == "2026-03-11T01:04:59.999Z"


def test_the_checked_in_drawing_is_of_the_tables_as_they_are() -> None:
    kept = Path(__file__).parents[3] / "docs" / "states.svg"
    assert kept.read_text(encoding="utf-8") == drawing(), "run: make states"


def test_the_drawing_has_every_state_and_one_arrow_for_every_transition_of_all_three_tables() -> None:
    events = [row.event.value for row in TRANSITIONS]
    events += [row.event.value for row in refunds.MACHINE.transitions]
    events += [row.event.value for row in disputes.MACHINE.transitions]
    states = [state.value for machine in (State, refunds.State, disputes.State) for state in machine]
    assert sorted(re.findall(r">([a-z_]+)</text>", drawing())) == sorted(events + states)
