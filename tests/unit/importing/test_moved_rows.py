"""Issue 17, every week again: rows of an export whose day was corrected are asked about, not posted twice."""

import pytest

from chalicelib.importing.services.mapping import Said
from tests.unit.importing.exports import THERANEST, codes, loaded, with_clients
from tests.unit.importing.test_every_week import codes as session_codes
from tests.unit.importing.test_every_week import sessions
from tests.unit.importing.test_mapping import CHARGES, DR_A

HEADER = "Date,Type,Amount,Client\n"
INSURED = THERANEST.replace("$90.00,11/02/2026", "$50.00,11/02/2026")
BY_CHECK = THERANEST.replace("$120.00,10/14", "$50.00,10/14")
BILLED = (
    "*Invoice number,*Customer,*Invoice date,*Due date,Terms,Service Date,Item,Description,Quantity,Rate,\
*Item Amount,Memo\n"
)


def on(*days: str) -> list[str]:
    return [f"Robin Vale,2026-{day},90837,120.00" for day in days]


def payments(*lines: str) -> dict[str, str]:
    return {"p.csv": HEADER + "".join(f"{line}\n" for line in lines)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("10-05", "10-20"), ("10-05", "10-19")),
        (("10-05", "10-20"), ("10-06", "10-20")),
        (("10-20",), ("10-19",)),
        (("10-05", "10-12", "10-20"), ("10-05", "10-13", "10-20")),
        (("10-13", "10-20"), ("10-13", "10-16")),
        (("10-05", "10-20"), ("10-05", "10-22")),
    ],
)
def test_a_session_at_the_edge_of_a_list_is_asked_about_on_its_other_day(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    world = with_clients()
    loaded(world, sessions(*on(*before)), CHARGES, DR_A)
    assert session_codes(world, *on(*after)) == ["row_moved"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("10-05", "10-08"), ("10-12", "10-15")),  # Mondays and Thursdays, in lists of new days only
        (("10-08",), ("10-12",)),
        (("10-05", "10-07", "10-09"), ("10-12", "10-14", "10-16")),
        (("10-05", "10-07", "10-09"), ("10-09", "10-12", "10-14")),
        (("10-05", "10-12"), ("10-19",)),
        (("10-06",), ("10-07",)),  # a list of each day
    ],
)
def test_the_next_sessions_in_a_list_of_new_days_are_no_questions(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    world = with_clients()
    loaded(world, sessions(*on(*before)), CHARGES, DR_A)
    assert session_codes(world, *on(*after)) == []


def test_a_payment_of_the_day_before_a_weeks_list_is_asked_about() -> None:
    world = with_clients()
    first = "10/14/2026,Check,$40.00,Bo Lind", "10/18/2026,Check,$150.00,Robin Vale"
    loaded(world, payments(*first), "simplepractice")
    later = "10/19/2026,Check,$150.00,Robin Vale", "10/26/2026,Check,$40.00,Bo Lind"
    assert codes(world, payments(*later), "simplepractice") == ["row_moved"]
    loaded(world, payments(*later), "simplepractice", Said(repeats_confirmed=True))
    assert world.balance("C2") == -30000


@pytest.mark.parametrize(("last", "other"), [("10/20", "10/19"), ("10/17", "10/18"), ("10/17", "10/22")])
def test_a_refund_of_the_same_payment_is_asked_about_on_its_other_day(last: str, other: str) -> None:
    world = with_clients()
    paid = "10/14/2026,Check,$150.00,Robin Vale"
    loaded(world, payments(paid, f"{last}/2026,Check,($20.00),Robin Vale"), "simplepractice")
    later = payments(paid, f"{other}/2026,Check,($20.00),Robin Vale")
    assert codes(world, later, "simplepractice") == ["row_moved"]
    less = payments(paid, f"{other}/2026,Check,($10.00),Robin Vale")
    assert codes(world, less, "simplepractice") == []


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        (INSURED, "11/02/2026", "11/03/2026"),
        (INSURED, "11/02/2026", "10/30/2026"),
        (BY_CHECK, "$50.00,10/14", "$50.00,10/13"),
    ],
)
def test_what_was_paid_is_asked_about_on_its_other_day(before: str, old: str, new: str) -> None:
    world = with_clients()
    loaded(world, {"p.csv": before}, "theranest")
    assert codes(world, {"p.csv": before.replace(old, new)}) == ["row_moved"]


def test_an_insurers_payment_of_another_session_is_no_question() -> None:
    world = with_clients()
    loaded(world, {"p.csv": INSURED}, "theranest")
    other = INSURED.replace("11/02/2026,10/08/2026", "11/03/2026,10/15/2026")
    assert codes(world, {"p.csv": other}) == []


def test_an_invoices_line_whose_service_date_is_filled_in_later_is_asked_about() -> None:
    world, said = with_clients(), Said(clinician="dr-a")
    line = "1001,Robin Vale,2026-10-31,2026-11-30,Net 30,{},Session,,1,120.00,120.00,\n"
    loaded(world, {"q.csv": BILLED + line.format("")}, "quickbooks", said)
    filled = line.format("2026-10-06")
    assert codes(world, {"q.csv": BILLED + filled}, "quickbooks", said) == ["row_moved"]
    dearer = filled.replace("120.00", "130.00")
    assert codes(world, {"q.csv": BILLED + dearer}, "quickbooks", said) == []
    other = filled.replace("Session", "Report")
    assert codes(world, {"q.csv": BILLED + other}, "quickbooks", said) == []
    november = filled.replace("2026-10-06", "2026-11-03").replace("1001", "1002")
    header = "1002,Robin Vale,2026-11-30,2026-12-30,Net 30,2026-11-10,Session,,1,120.00,120.00,\n"
    assert codes(world, {"q.csv": BILLED + november + header}, "quickbooks", said) == []
