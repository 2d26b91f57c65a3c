"""Which good faith estimates want doing (issue 14): renewal, changed fees, and charges $400 above one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.domain.estimate_watch import Care, Concern, Issued, Wants, concerns
from chalicelib.documents.domain.estimates import EstimateLine, EstimateWish, drafted
from chalicelib.ledger.domain.charges import Charge
from tests.unit.documents.test_estimates import AT, MAYA, SESSIONS, TESTING, WILLOW, WISH

TODAY = "2027-02-01"


def issued(seq: int = 1, wish: EstimateWish = WISH) -> Issued:
    made = drafted(WILLOW, MAYA, wish, **AT)
    return made.numbered("a1", seq), made.paper


def charge(number: int, on: str, minor: int = 15_000, *, who: str = "ada", service: str = "") -> Charge:
    named = service or SESSIONS.service
    return Charge(f"c{number}", "a1", f"C{number}", on, named, who, minor, 0, seq=number)


def sessions(count: int, minor: int = 15_000) -> list[Charge]:
    first = date(2026, 12, 1)
    return [charge(n, (first + timedelta(days=n)).isoformat(), minor) for n in range(count)]


def test_a_client_without_one_is_listed() -> None:
    assert concerns([], Care(), today=TODAY) == [Concern(Wants.NONE)]


@pytest.mark.parametrize(
    ("today", "wants"),
    [("2026-12-01", None), ("2027-10-30", None), ("2027-10-31", Wants.ENDING), ("2027-11-30", Wants.ENDING),
     ("2027-12-01", Wants.ENDED)],
)  # fmt: skip
def test_one_that_is_over_or_nearly_is_listed(today: str, wants: Wants | None) -> None:
    """Issue 14: "renewed yearly"."""
    found = concerns([issued()], Care(), today=today)
    assert found == ([Concern(wants, 1, "2027-11-30")] if wants else [])


def test_where_another_lasts_longer_the_old_one_is_not_asked_about() -> None:
    newer = issued(2, replace(WISH, first_date="2027-12-01", scheduled_on=""))
    assert concerns([newer, issued()], Care([]), today="2027-12-15") == []


def test_a_fee_that_was_charged_otherwise_is_listed_once() -> None:
    """Issue 14: "renewed … on a change of fees"."""
    given_ = [charge(1, "2026-12-04"), charge(2, "2026-12-11", 16_000), charge(3, "2026-12-18", 16_000)]
    (found,) = concerns([issued()], Care(given_), today=TODAY)
    assert found == Concern(Wants.FEE, 1, "2026-12-18", "ada", SESSIONS.service, 16_000, 15_000)
    double = replace(charge(4, "2026-12-25", 30_000), units=2)
    assert concerns([issued()], Care([*given_[:1], double]), today=TODAY) == []
    newer = issued(2, EstimateWish((replace(SESSIONS, charge_minor=16_000),), "2026-12-11"))
    assert concerns([newer, issued()], Care(given_), today=TODAY) == []


def test_a_changed_fee_is_listed_no_more_once_another_estimate_expects_it() -> None:
    """An estimate begins on its day of issue at the earliest, so that what was charged otherwise before stays
    with the one before."""
    given_ = [charge(1, "2026-12-11", 16_000), charge(2, "2026-12-18", 16_000)]
    newer = issued(2, EstimateWish((replace(SESSIONS, charge_minor=16_000),), "2026-12-20"))
    assert concerns([newer, issued()], Care(given_), today=TODAY) == []
    other = issued(2, EstimateWish((replace(SESSIONS, charge_minor=15_500),), "2026-12-20"))
    (found,) = concerns([other, issued()], Care(given_), today=TODAY)
    assert (found.wants, found.estimate, found.on) == (Wants.FEE, 1, "2026-12-18")


def test_a_fee_that_an_adjustment_put_right_or_lowered_wants_no_other_estimate() -> None:
    """Seen: a slip that was put right stayed in the work list until the service was charged again."""
    slip = charge(1, "2026-12-11", 150_000)
    assert [one.wants for one in concerns([issued()], Care([slip]), today=TODAY)] == [Wants.FEE]
    assert concerns([issued()], Care([slip], {slip.id: 135_000}), today=TODAY) == []
    discounted = charge(2, "2026-12-18")
    assert concerns([issued()], Care([discounted], {discounted.id: 5_000}), today=TODAY) == []


def test_a_service_that_is_expected_at_two_fees_is_listed_at_neither() -> None:
    """A longer first session under the same name."""
    first = replace(SESSIONS, quantity=1, charge_minor=20_000)
    both = issued(1, EstimateWish((first, SESSIONS), "2026-12-01"))
    for minor, wants in ((20_000, []), (15_000, []), (18_000, [Wants.FEE])):
        found = concerns([both], Care([charge(1, "2026-12-04", minor)]), today=TODAY)
        assert [one.wants for one in found] == wants


def test_charges_reach_what_may_be_disputed_to_the_cent() -> None:
    """Issue 14: "when *charges* of one clinician reach estimate + $400"; facts: ">= $400 above it"."""
    given_ = [*sessions(40), charge(90, "2027-01-20", 39_999, service="Letter")]
    assert concerns([issued()], Care(given_), today=TODAY) == []
    more = [*given_, charge(91, "2027-01-21", 1, service="Copy")]
    (found,) = concerns([issued()], Care(more), today=TODAY)
    assert found == Concern(
        Wants.EXCEEDED, 1, clinician_id="ada", charged_minor=640_000, expected_minor=600_000
    )


def test_each_clinician_is_held_to_their_own_part() -> None:
    other = charge(1, "2027-01-20", 104_100, who="ben", service=TESTING.service)
    found = concerns([issued()], Care([other]), today=TODAY)
    assert [one.wants for one in found] == [Wants.FEE, Wants.EXCEEDED]
    unnamed = charge(2, "2027-01-20", 40_000, who="zoe", service="Group")
    (found_,) = concerns([issued()], Care([unnamed]), today=TODAY)
    assert (found_.clinician_id, found_.expected_minor) == ("zoe", 0)


def test_services_of_other_days_count_to_no_estimate() -> None:
    given_ = [charge(1, "2026-11-30", 900_000), charge(2, "2027-12-01", 900_000)]
    assert [one.wants for one in concerns([issued()], Care(given_), today="2026-12-01")] == []


SPENT = st.lists(
    st.tuples(st.dates(date(2026, 12, 1), date(2027, 11, 30)), st.integers(0, 90_000)), max_size=30
)


@given(SPENT, st.dates(date(2026, 12, 1), date(2027, 11, 30)))
def test_every_charge_counts_to_one_estimate(spent: list[tuple[date, int]], second_from: date) -> None:
    """Two estimates, the later from a day on: what is above is found by adding up each one's days."""
    given_ = [charge(n, on.isoformat(), minor, service="Other") for n, (on, minor) in enumerate(spent)]
    line = EstimateLine("Session, 50 minutes", "ada", 2, 15_000)
    first = issued(1, EstimateWish((line,), "2026-12-01"))
    second = issued(2, EstimateWish((line,), second_from.isoformat()))
    found = {
        one.estimate: one.charged_minor
        for one in concerns([second, first], Care(given_), today="2026-12-01")
        if one.wants is Wants.EXCEEDED
    }
    sums = {
        1: sum(minor for on, minor in spent if on < second_from),
        2: sum(minor for on, minor in spent if on >= second_from),
    }
    assert found == {seq: minor for seq, minor in sums.items() if minor >= 70_000}
