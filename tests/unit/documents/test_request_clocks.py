"""Requests for good faith estimates (issue 14): noted, answered, withdrawn, called for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.documents.domain.estimate_requests import (
    EstimateRequest,
    RequestDays,
    RequestState,
    request_id,
)
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, NotFound, Refused
from chalicelib.operations.domain.alerts import AlertName
from chalicelib.practice.domain.practices import Client, Coverage
from tests.support.cloud import Killed
from tests.support.money import meanwhile
from tests.unit.documents.test_estimates import WILLOW, WISH
from tests.unit.invoices.world import World

MINE, OTHER = AccountRef("fern", "maya"), AccountRef("fern", "eli")
ASKED = RequestDays("2026-11-05")  # a Thursday: due on Tuesday, November 10
WANTED = replace(WISH, first_date="2026-12-01", scheduled_on="")


def made() -> World:
    world = World(WILLOW)
    with world.on_aws():
        world.client("maya", birth_date="1990-02-03", coverage=Coverage.SELF_PAY)
        world.client("eli")
        world.app.keys.keyed_hash("warm", "")
    world.cloud.calls.clear()
    return world


@pytest.fixture
def world() -> Iterator[World]:
    world = made()
    with world.on_aws():
        yield world


def note(world: World, days: RequestDays = ASKED, ref: AccountRef = MINE) -> tuple[EstimateRequest, bool]:
    return world.app.request_clocks.note(WILLOW, ref, days, actor="cli")


def waiting(world: World) -> list[tuple[str, str]]:
    return [(one.account_id, one.due_on) for one in world.app.request_clocks.waiting("fern")]


def maya(world: World) -> Client:
    client = world.app.people.client("fern", "maya")
    assert client is not None
    return client


def state(world: World, request: EstimateRequest) -> EstimateRequest:
    found = world.app.estimate_requests.request("fern", request.id)
    assert found is not None
    return found


def alerts(world: World) -> list[tuple[AlertName, str, bool]]:
    found = world.app.alerting.listed("fern", closed=True)
    return [(alert.cause.name, alert.cause.subject, alert.open) for alert in found]


def test_a_request_waits_in_the_order_of_the_days_on_which_they_are_due(world: World) -> None:
    note(world, RequestDays("2026-11-05"), OTHER)
    request, new = note(world, RequestDays("", "2026-11-04", "2026-11-20"))
    assert (request.due_on, new) == ("2026-11-09", True)
    assert waiting(world) == [("maya", "2026-11-09"), ("eli", "2026-11-10")]
    assert note(world, RequestDays("", "2026-11-04", "2026-11-20")) == (request, False)
    assert len(waiting(world)) == 2


def test_an_estimate_answers_all_requests_of_its_client_and_of_nobody_else(world: World) -> None:
    first, _ = note(world)
    second, _ = note(world, RequestDays("", "2026-11-04", "2026-11-20"))
    note(world, ref=OTHER)
    world.app.estimate_issuing.issue(WILLOW, maya(world), WANTED)
    assert waiting(world) == [("eli", "2026-11-10")]
    for request in (first, second):
        ended = state(world, request)
        assert (ended.state, ended.estimate, ended.ended_at) == (
            RequestState.ISSUED, 1, "2026-11-05T17:00:00.000Z",
        )  # fmt: skip
    assert note(world) == (state(world, first), False)


def test_one_that_is_noted_after_it_is_answered_by_the_same_words_again(world: World) -> None:
    world.app.estimate_issuing.issue(WILLOW, maya(world), WANTED)
    request, _ = note(world)
    issued, new = world.app.estimate_issuing.issue(WILLOW, maya(world), WANTED)
    assert (issued.seq, new, waiting(world)) == (1, False, [])
    assert state(world, request).estimate == 1


def test_withdrawn_it_waits_no_more_and_says_why(world: World) -> None:
    request, _ = note(world)
    clocks = world.app.request_clocks
    with pytest.raises(Invalid, match="estimate_request_reason"):
        clocks.withdraw("fern", request.id, reason=" ", actor="cli")
    clocks.withdraw("fern", request.id, reason="Insured", actor="cli")
    assert (waiting(world), state(world, request).reason) == ([], "Insured")
    assert clocks.withdraw("fern", request.id, reason="Other", actor="cli").reason == "Insured"
    with pytest.raises(NotFound, match="estimate_request_not_found"):
        clocks.withdraw("fern", "none", reason="Insured", actor="cli")


def test_what_an_estimate_has_answered_is_not_withdrawn(world: World) -> None:
    request, _ = note(world)
    world.app.estimate_issuing.issue(WILLOW, maya(world), WANTED)
    with pytest.raises(Refused, match="estimate_request_issued"):
        world.app.request_clocks.withdraw("fern", request.id, reason="Insured", actor="cli")


def test_a_client_has_twenty_that_wait_at_most(world: World) -> None:
    for day in range(1, 21):
        note(world, RequestDays(f"2026-10-{day:02d}"))
    with pytest.raises(Refused, match="estimate_requests_many"):
        note(world, RequestDays("2026-10-21"))
    note(world, RequestDays("2026-10-21"), OTHER)
    world.app.estimate_issuing.issue(WILLOW, maya(world), WANTED)
    assert [account for account, _ in waiting(world)] == ["eli"]


def test_of_a_night_a_person_is_called_for_what_is_overdue_once_and_no_more_once_it_has_ended(
    world: World,
) -> None:
    request, _ = note(world)
    world.clock.at = world.clock.at.fromisoformat("2026-11-10T10:30:00+00:00")  # 5:30 of its last day
    assert (world.app.request_clocks.call_if_overdue(WILLOW), alerts(world)) == (0, [])
    world.clock.advance(days=1)
    for _ in range(2):
        assert world.app.request_clocks.call_if_overdue(WILLOW) == 1
    assert alerts(world) == [(AlertName.ESTIMATE_OVERDUE, request.id, True)]
    world.clock.advance(hours=1)
    assert world.app.request_clocks.call_if_overdue(WILLOW) == 0, "in no other hour"
    world.app.estimate_issuing.issue(WILLOW, maya(world), WANTED)
    assert alerts(world) == [(AlertName.ESTIMATE_OVERDUE, request.id, False)]


def test_a_night_with_nothing_overdue_costs_one_read(world: World) -> None:
    note(world)
    for at, calls in (("2026-11-06T10:00:00+00:00", ["dynamodb Query"]), ("2026-11-06T17:00:00+00:00", [])):
        world.cloud.calls.clear()
        world.clock.at = world.clock.at.fromisoformat(at)
        world.app.request_clocks.call_if_overdue(WILLOW)
        assert world.cloud.calls == calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("what", ["note", "issue", "withdraw"])
def test_killed_at_any_call_and_run_again_it_is_as_if_it_had_not_been(what: str, after: bool) -> None:
    """The estimate and the end of what it answers are one transaction."""

    def prepared() -> World:
        world = made()
        with world.on_aws():
            if what != "note":
                note(world)
                world.clock.at = world.clock.at.fromisoformat("2026-11-12T10:30:00+00:00")
                world.app.request_clocks.call_if_overdue(WILLOW)
        world.cloud.calls.clear()
        return world

    def run(world: World) -> None:
        if what == "note":
            note(world)
        elif what == "issue":
            world.app.estimate_issuing.issue(WILLOW, maya(world), WANTED)
        else:
            known = request_id(MINE, ASKED)
            world.app.request_clocks.withdraw("fern", known, reason="Insured", actor="cli")

    whole = prepared()
    with whole.on_aws():
        run(whole)
    for at in range(len(whole.cloud.calls)):
        world = prepared()
        world.cloud.at, world.cloud.after = at, after
        with world.on_aws():
            with pytest.raises(Killed):
                run(world)
            world.cloud.at = -1
            waits, estimates = waiting(world), len(world.app.estimates.all_of(MINE))
            assert what != "issue" or (len(waits), estimates) in ((1, 0), (0, 1)), "both or neither"
            run(world)
            assert len(world.app.estimates.all_of(MINE)) == (what == "issue")
            assert len(waiting(world)) == (what == "note")
            assert [open_ for *_, open_ in alerts(world)] == ([] if what == "note" else [False])


def test_of_what_ends_while_a_person_is_being_called_for_it_the_call_ends_too(world: World) -> None:
    request, _ = note(world)
    world.clock.at = world.clock.at.fromisoformat("2026-11-12T10:30:00+00:00")
    meanwhile(
        world.app.estimate_requests, "open_of",
        lambda: world.app.request_clocks.withdraw("fern", request.id, reason="Insured", actor="cli"),
    )  # fmt: skip
    world.app.request_clocks.call_if_overdue(WILLOW)
    assert alerts(world) == [(AlertName.ESTIMATE_OVERDUE, request.id, False)]
