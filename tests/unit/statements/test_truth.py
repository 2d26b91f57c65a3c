"""What a statement says is true: of its period, of what came late, and of what was there before the first.

Issue 8, number 8.
"""

from typing import Any

import pytest

from chalicelib.documents.domain.spans import Span, numbers
from chalicelib.documents.domain.statements import FanOut, Outcome, Statement, Sums
from chalicelib.documents.pdf.statement import page_of
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.services.posting import ChargeFacts
from tests.support.practice import MAYA
from tests.unit.statements.world import IN_OCTOBER, OCTOBER, STATEMENT_DAY, World

NOVEMBER = Period(2026, 11)
DECEMBER_5 = "2026-12-05T12:00:00+00:00"


@pytest.fixture
def world() -> World:
    """An account that nothing was posted to, and mid October."""
    world = World(0)
    world.client("maya", fee_minor=0)
    return world


def charge(world: World, on: str, minor: int = 52_000, *, insurer_minor: int = 0) -> None:
    facts = ChargeFacts(f"fee {on}", on, "Individual session", "ada", minor, insurer_minor)
    world.post.charge(MAYA, facts)


def paid(world: World, on: str, minor: int, **of: Any) -> None:
    asked = {"method": "check", "on": on, **of}
    world.post.external_payment(MAYA, f"paid {on}", minor, **asked)


def run(world: World, day: str) -> None:
    world.at(day)
    world.run()


def said(world: World, period: Period = OCTOBER) -> dict[str, Any]:
    return page_of(world.renderer.set["maya", period])


def lines(world: World, period: Period = OCTOBER) -> list[tuple[str, str, str]]:
    return [(row["date"], row["detail"], row["balance"]) for row in said(world, period)["activity"]["lines"]]


def of(world: World, period: Period = OCTOBER) -> Statement:
    made: Statement = world.statement("maya", period)
    return made


def test_what_happened_in_october_and_was_entered_in_november_is_on_octobers_statement(world: World) -> None:
    """Seen: "Owed on October 31: $0.00 ... no activity" to a client who owed $520."""
    world.at("2026-11-03T12:00:00+00:00")
    charge(world, "2026-10-29")
    run(world, STATEMENT_DAY)
    assert of(world).sums == Sums(0, 52_000, 0, 0, 0)
    headline = said(world)["headline"]
    assert (headline["label"], headline["text"]) == ("Owed on October 31, 2026", "$520.00")
    assert lines(world) == [("Oct 29, 2026", "", "$520.00")]


def test_what_happened_in_november_waits_for_novembers_statement(world: World) -> None:
    charge(world, "2026-10-29", 9_000)
    world.at("2026-11-03T12:00:00+00:00")
    charge(world, "2026-11-02", 700)
    paid(world, "2026-11-01", 1_000)
    run(world, STATEMENT_DAY)
    assert (of(world).covered, of(world).sums) == ((Span(1, 1),), Sums(0, 9_000, 0, 0, 0))
    run(world, DECEMBER_5)
    november = of(world, NOVEMBER)
    assert (november.covered, november.sums) == ((Span(2, 3),), Sums(9_000, 700, 1_000, 0, 0))
    assert [row[0] for row in lines(world, NOVEMBER)] == ["Nov 1, 2026", "Nov 2, 2026"]


def test_the_first_statement_calls_what_was_before_its_period_the_balance_before(world: World) -> None:
    """Seen: eighteen months of history under "Period October 1 to 31", the opening balance as a charge."""
    world.post.opening_balance(MAYA, "old", 5_000, on="2025-04-01")
    charge(world, "2025-05-02", 20_000)
    paid(world, "2025-06-01", 15_000)
    charge(world, "2026-10-02", 700)
    run(world, STATEMENT_DAY)
    assert (of(world).first, of(world).late) == (True, 0)
    assert of(world).sums == Sums(10_000, 700, 0, 0, 0)
    assert lines(world) == [("Oct 2, 2026", "", "$107.00")]
    assert said(world)["summary"]["note"] == ""


def test_an_opening_balance_is_no_charge_on_whatever_day_it_was_entered(world: World) -> None:
    charge(world, "2026-10-02", 700)
    world.post.opening_balance(MAYA, "old", 5_000, on="2026-10-15")
    run(world, STATEMENT_DAY)
    assert of(world).sums == Sums(5_000, 700, 0, 0, 0)
    assert lines(world) == [("Oct 2, 2026", "", "$57.00")]


def test_what_comes_after_its_months_statement_is_on_the_next_and_named_as_late(world: World) -> None:
    charge(world, "2026-10-02", 700)
    run(world, STATEMENT_DAY)
    before = world.files.kept.copy()
    charge(world, "2026-10-30", 5_000)
    charge(world, "2026-11-12", 90)
    run(world, DECEMBER_5)
    assert of(world, NOVEMBER).sums == Sums(700, 5_090, 0, 0, 0)
    assert of(world, NOVEMBER).late == 1
    assert lines(world, NOVEMBER) == [
        ("Oct 30, 2026", "Late: dated before this period, and on no statement until now", "$57.00"),
        ("Nov 12, 2026", "", "$57.90"),
    ]
    assert "dated before November 1, 2026" in said(world, NOVEMBER)["summary"]["note"]
    assert {key: world.files.kept[key] for key in before} == before  # what was issued does not change


def test_a_check_of_october_31_may_pay_a_session_of_november_1(world: World) -> None:
    world.at("2026-11-02T12:00:00+00:00")
    charge(world, "2026-11-01", 8_000)
    paid(world, "2026-10-31", 8_000, charge_external_ids=("fee 2026-11-01",))
    run(world, STATEMENT_DAY)
    assert (of(world).covered, of(world).sums) == ((Span(2, 2),), Sums(0, 0, 8_000, 0, 0))
    headline = said(world)["headline"]
    assert headline == {"label": "Credit with the practice on October 31, 2026", "text": "$80.00", "note": ""}
    run(world, DECEMBER_5)
    assert of(world, NOVEMBER).sums == Sums(-8_000, 8_000, 0, 0, 0)


def test_who_paid_between_the_months_end_and_the_run_owed_it_then_and_is_told_it_is_settled(
    world: World,
) -> None:
    charge(world, "2026-10-02", 700)
    world.at("2026-11-02T12:00:00+00:00")
    paid(world, "2026-11-02", 700)
    run(world, STATEMENT_DAY)
    headline = said(world)["headline"]
    assert (headline["label"], headline["text"]) == ("Owed on October 31, 2026", "$7.00")
    assert headline["note"] == (
        "Nothing of it was open any more on November 5, 2026, when this statement was made."
    )
    assert said(world)["ageing"]["rows"] == []


def test_what_came_to_be_owed_after_the_period_does_not_age_in_it(world: World) -> None:
    charge(world, "2026-09-15", 700, insurer_minor=5_000)
    charge(world, "2026-10-31", 30)
    world.at("2026-11-03T12:00:00+00:00")
    charge(world, "2026-11-01", 4)
    world.post.insurance_payment(
        MAYA, "i1", charge_external_id="fee 2026-09-15",
        paid_minor=0, contractual_minor=0, to_client_minor=5_000, on="2026-11-03",
    )  # fmt: skip
    run(world, STATEMENT_DAY)
    assert of(world).ageing.parts == (30, 700, 0, 0)
    assert of(world).sums.closing_minor == 730
    assert of(world).pending_minor == 5_000


def test_an_insurers_money_of_before_the_service_is_no_negative_expectation(world: World) -> None:
    world.at("2026-11-03T12:00:00+00:00")
    charge(world, "2026-11-01", 700, insurer_minor=5_000)
    world.post.insurance_payment(
        MAYA, "i1", charge_external_id="fee 2026-11-01",
        paid_minor=5_000, contractual_minor=0, to_client_minor=0, on="2026-10-31",
    )  # fmt: skip
    run(world, STATEMENT_DAY)
    assert (of(world).pending_minor, said(world)["insurance"]) == (0, None)
    run(world, DECEMBER_5)
    assert of(world, NOVEMBER).pending_minor == 0


def test_a_history_that_came_to_nothing_before_the_first_period_needs_no_statement(world: World) -> None:
    charge(world, "2025-05-02", 700)
    paid(world, "2025-06-01", 700)
    run(world, STATEMENT_DAY)
    assert world.outcome("maya") is Outcome.SKIPPED
    charge(world, "2026-11-10", 90)
    run(world, DECEMBER_5)
    assert of(world, NOVEMBER).sums == Sums(0, 90, 0, 0, 0)
    assert numbers(of(world, NOVEMBER).covered) == [1, 2, 3]


def test_what_is_dated_far_ahead_waits_and_costs_no_read_of_all_between(world: World) -> None:
    charge(world, "2027-06-01", 40)
    asked = list[tuple[int, int | None]]()
    read = world.ledgers.entries

    def entries(ref: AccountRef, *, first: int = 1, last: int | None = None) -> Any:
        asked.append((first, last))
        return read(ref, first=first, last=last)

    for number in range(80):
        facts = ChargeFacts(f"n{number}", "2026-10-20", "Individual session", "ada", 10)
        world.post.charge(MAYA, facts)
    world.ledgers.entries = entries  # type: ignore[method-assign]
    run(world, STATEMENT_DAY)
    assert asked == [(1, 81), (2, 81)]
    charge(world, "2026-11-20", 7)
    asked.clear()
    run(world, DECEMBER_5)
    assert asked == [(1, 1), (82, 82), (82, 82)]
    assert of(world, NOVEMBER).sums == Sums(800, 7, 0, 0, 0)


def test_nothing_is_said_to_have_happened_in_a_month_only_where_nothing_changed(world: World) -> None:
    charge(world, "2026-10-02", 700)
    run(world, STATEMENT_DAY)
    run(world, DECEMBER_5)
    activity = said(world, NOVEMBER)["activity"]
    assert (activity["lines"], activity["none"]) == ([], "Nothing in this period changed what is owed.")


def test_entries_of_the_first_day_and_the_last_are_of_the_period(world: World) -> None:
    world.at(IN_OCTOBER)
    for day, minor in (("2026-09-30", 1), ("2026-10-01", 20), ("2026-10-31", 300), ("2026-11-01", 4_000)):
        charge(world, day, minor)
    run(world, STATEMENT_DAY)
    assert of(world).sums == Sums(1, 320, 0, 0, 0)
    assert {row.kind for row in world.renderer.set["maya", OCTOBER].lines} == {EntryKind.CHARGE}


def test_a_run_is_over_once_no_account_follows() -> None:
    assert [FanOut(3, after).over for after in ("", "maya")] == [True, False]
