"""Issue 17, every week again: rows of an export whose day was corrected are asked about, not posted twice."""

from dataclasses import replace

import pytest

from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.systems import system_map
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.services import mapped_rows
from chalicelib.importing.services.mapping import Said
from chalicelib.importing.services.repeats import Doubts
from chalicelib.importing.services.replaced import Other
from chalicelib.importing.services.retyped import Gone, Listed
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.services.posting import Posting
from tests.support.clock import FakeClock
from tests.unit.importing.exports import THERANEST, codes, loaded, mapped, prepared, with_clients
from tests.unit.importing.test_every_week import codes as session_codes
from tests.unit.importing.test_every_week import sessions
from tests.unit.importing.test_mapping import CHARGES, DR_A
from tests.unit.importing.world import NOW, World

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


def test_a_payment_on_its_other_day_is_asked_about_in_a_list_with_a_refund_of_another_day() -> None:
    """Payments and refunds are one list, though each kind of it has a single day."""
    world, back = with_clients(), "10/17/2026,Refund,$10.00,Robin Vale"
    loaded(world, payments("10/14/2026,Check,$50.00,Robin Vale", back), "simplepractice")
    later = payments("10/15/2026,Check,$50.00,Robin Vale", back)
    assert codes(world, later, "simplepractice") == ["row_moved"]


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


# --- a month or a year that was typed wrong, and put right later --------------------------------------------


LATER = "2026-11-27T18:00:00+00:00"


def at(world: World, now: str, rows: list[str], said: Said = DR_A) -> list[str]:
    """What is asked of such a list on that day; nothing asked, it is imported."""
    world.now = now
    plan = prepared(world, sessions(*rows), CHARGES, said)
    if not plan.problems:
        world.importer.apply(plan)
    return [problem.code for problem in plan.problems]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("07-01", "09-13", "10-20"), ("07-01", "10-13", "10-20")),  # the month, in a list of the half year
        (("07-01", "10-06", "10-20"), ("07-01", "10-16", "10-20")),  # the day
        (("01-13", "10-05", "10-20"), ("10-05", "10-13", "10-20")),  # alone at the list's beginning
        (("10-05", "10-06", "11-19"), ("10-05", "10-06", "10-19")),  # and at its end
        (("01-13", "10-05", "10-20"), ("10-05", "10-13", "10-20", "11-25")),
    ],
)
def test_a_session_whose_month_was_typed_wrong_is_asked_about_on_its_right_day(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    world = with_clients()
    loaded(world, sessions(*on(*before)), CHARGES, DR_A)
    assert "row_moved" in at(world, LATER, on(*after))
    assert world.balance("C2") == 12000 * len(before)
    assert at(world, LATER, on(*after), Said(clinician="dr-a", repeats_confirmed=True)) == []
    assert at(world, LATER, on(*after)) == []


@pytest.mark.parametrize("old", ["120.00", "90837"])
def test_what_differs_in_more_than_its_day_is_no_question_at_a_distance(old: str) -> None:
    world = with_clients()
    loaded(world, sessions(*on("07-01", "09-13", "10-20")), CHARGES, DR_A)
    rows = on("07-01", "10-13", "10-20")
    rows[1] = rows[1].replace(old, {"120.00": "130.00", "90837": "90834"}[old])
    assert at(world, LATER, rows) == []


@pytest.mark.parametrize(
    ("weeks", "asked"),
    [
        # each list has what came before: one that is gone asks of the next session, and of no later one
        ((("11-05", "11-12"), ("11-05", "11-26"), ("11-05", "11-26", "12-03")), ([], ["row_moved"], [])),
        # lists of new days only, one of them with a row that comes late
        ((("11-05", "11-12"), ("11-26",)), ([], [])),
        ((("11-05", "11-12", "11-19"), ("10-20", "11-26")), ([], [])),
        # the last four weeks
        ((("10-26", "11-02", "11-09", "11-16"), ("11-02", "11-09", "11-16", "11-23")), ([], [])),
    ],
)
def test_a_clients_next_session_is_not_asked_about_each_week(
    weeks: tuple[tuple[str, ...], ...], asked: tuple[list[str], ...]
) -> None:
    world, confirmed = with_clients(), Said(clinician="dr-a", repeats_confirmed=True)
    for number, (days, codes_) in enumerate(zip(weeks, asked, strict=True)):
        now = f"2026-{'11-20' if not number else '11-27' if number == 1 else '12-04'}T18:00:00+00:00"
        assert at(world, now, on(*days)) == codes_
        if codes_:
            assert at(world, now, on(*days), confirmed) == []


def test_a_session_whose_code_was_corrected_is_not_taken_for_one_that_is_gone() -> None:
    world = with_clients()
    loaded(world, sessions(*on("11-05", "11-12", "11-17")), CHARGES, DR_A)
    corrected = [*on("11-05"), on("11-12")[0].replace("90837", "90834"), *on("11-17")]
    assert at(world, LATER, corrected, Said(clinician="dr-a", changes_accepted=True)) == []
    another = on("11-18")[0].replace("90837", "90834")
    assert at(world, LATER, [*corrected, another]) == []


def test_a_line_of_the_same_invoice_is_asked_about_however_far_its_service_date_is() -> None:
    world, said = with_clients(), Said(clinician="dr-a")
    line = "{},Robin Vale,2026-10-31,2026-11-30,Net 30,{},Session,,1,120.00,120.00,\n"
    loaded(world, {"q.csv": BILLED + line.format("1001", "")}, "quickbooks", said)
    filled = line.format("1001", "2026-08-06")
    assert codes(world, {"q.csv": BILLED + filled}, "quickbooks", said) == ["row_moved"]
    other = line.format("1002", "2026-08-06")
    assert codes(world, {"q.csv": BILLED + other}, "quickbooks", said) == []


CORRECTED = [
    (("10-05", "10-12", "10-26"), ("10-05", "10-09", "10-26")),  # within the list's days
    (("10-05", "10-12"), ("10-05", "10-11")),  # at its edge
]


@pytest.mark.parametrize(("before", "after"), CORRECTED)
def test_a_session_whose_fee_was_corrected_is_asked_about_on_its_other_day(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    world = with_clients()
    lines = on(*before)
    first = [line.replace("120.00", "100.00") if "10-12" in line else line for line in lines]
    loaded(world, sessions(*first), CHARGES, DR_A)
    loaded(world, sessions(*lines), CHARGES, DR_A)
    assert world.balance("C2") == 12000 * len(before)
    assert session_codes(world, *on(*after)) == ["row_moved"]


def test_a_session_of_the_first_fee_is_another_once_that_was_corrected() -> None:
    world = with_clients()
    loaded(world, sessions(*on("10-05"), "Robin Vale,2026-10-12,90834,100.00"), CHARGES, DR_A)
    loaded(world, sessions(*on("10-05"), "Robin Vale,2026-10-12,90834,120.00"), CHARGES, DR_A)
    assert session_codes(world, *on("10-05"), "Robin Vale,2026-10-11,90834,100.00") == []


@pytest.mark.parametrize("at_once", [1, 2, 200])
def test_a_day_that_was_typed_wrong_is_asked_about_however_clients_are_taken_in_turn(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """How much of the books the file has decides, and that is of all clients."""
    monkeypatch.setattr(mapped_rows, "AT_ONCE", at_once)
    others = ("Ana Núñez", "10-05"), ("Ana Núñez", "10-30"), ("Bo Lind", "10-20")
    lines = [f"{name},2026-{day},90837,100.00" for name, day in others]
    world = with_clients()
    loaded(world, sessions(*on("10-08"), *lines), CHARGES, DR_A)
    assert session_codes(world, *on("10-29"), *lines) == ["row_moved"]
    assert session_codes(world, *lines, *on("10-29")) == ["row_moved"]
    confirmed = replace(DR_A, repeats_confirmed=True)
    told = mapped(world, sessions(*lines, *on("10-29")), CHARGES, confirmed).told
    assert [t.code for t in told if t.code.startswith("repeats")] == ["repeats_new"]


def test_a_moved_session_is_asked_about_at_the_nearest_day_alone() -> None:
    """The client's next session is no other answer: confirmed there, the moved one would be double."""
    world = with_clients()
    loaded(world, sessions(*on("10-08", "10-15")), CHARGES, DR_A)
    later = on("10-08", "10-14", "10-20")
    found = prepared(world, sessions(*later), CHARGES, DR_A).problems
    assert [(problem.code, problem.row) for problem in found] == [("row_moved", 3)]
    confirmed = replace(DR_A, repeats_confirmed=True)
    told = mapped(world, sessions(*later), CHARGES, confirmed).told
    assert [t.count for t in told if t.code == "repeats_new"] == [2], "it is neither of both"
    farther = on("10-08", "10-20")
    found = prepared(world, sessions(*farther), CHARGES, DR_A).problems
    assert [(problem.code, problem.row) for problem in found] == [("row_moved", 3)]


@pytest.mark.parametrize(
    ("paid", "minor", "asked", "of_its_day"),
    [
        (True, 12000, [], "row_beside"),
        (True, 11999, ["row_moved"], "row_replaced"),
        (False, 12000, ["row_moved"], "row_replaced"),
    ],
)
def test_a_paid_session_that_staff_took_off_by_an_adjustment_is_told_and_asked_about_no_more(
    paid: bool, minor: int, asked: list[str], of_its_day: str
) -> None:
    """It cannot be taken back, for its payment rests on it: else it was asked about at each next session. But
    it may have been waived, and moved since: so that is told."""
    world = with_clients()
    loaded(world, sessions(*on("10-09", "10-12")), CHARGES, DR_A)
    ref = AccountRef("oak", world.account("C2").id)
    charge = next(
        e.draft.reference for e in world.ledgers.entries(ref) if e.draft.occurred_on == "2026-10-09"
    )
    posting = Posting(world.ledgers, FakeClock(NOW), "cli:desk")
    if paid:
        posting.external_payment(
            ref, "P1", 12000, method="cash", on="2026-10-09", charge_external_ids=[charge]
        )
    posting.adjustment(
        ref, "D1", charge_external_id=charge, amount_minor=minor, on="2026-10-20", reason="deleted"
    )
    assert session_codes(world, *on("10-08", "10-12")) == asked
    told = mapped(world, sessions(*on("10-08", "10-12")), CHARGES, DR_A).told
    assert [(t.row, t.details) for t in told if t.code == "near_taken_off"] == (
        [] if asked else [(2, {"on": "2026-10-09"})]
    )
    other = "Robin Vale,2026-10-09,90834,120.00", *on("10-12")
    assert session_codes(world, *other) == [of_its_day], "it may be the same one, waived or not"
    accepted = replace(DR_A, changes_accepted=True)
    still = [p.code for p in prepared(world, sessions(*other), CHARGES, accepted).problems]
    assert still == ([] if of_its_day == "row_replaced" else ["row_beside"]), "no fee is swallowed"


@pytest.mark.parametrize(
    ("later", "code", "answer", "owed_minor"),
    [
        (on("10-08", "10-12"), "row_moved", DR_A, 12000),
        (
            ["Robin Vale,2026-10-09,90834,120.00", "Robin Vale,2026-10-09,90791,80.00", *on("10-12")],
            "row_beside",
            replace(DR_A, repeats_confirmed=True),
            20000,
        ),
    ],
)
def test_what_paid_a_session_pays_the_one_that_is_posted_in_its_place(
    later: list[str], code: str, answer: Said, owed_minor: int
) -> None:
    """As the question says: a paid session is not reversed, but taken off whole."""
    world = with_clients()
    loaded(world, sessions(*on("10-09", "10-12")), CHARGES, DR_A)
    ref = AccountRef("oak", world.account("C2").id)
    charge = next(
        e.draft.reference for e in world.ledgers.entries(ref) if e.draft.occurred_on == "2026-10-09"
    )
    posting = Posting(world.ledgers, FakeClock(NOW), "cli:desk")
    posting.external_payment(ref, "P1", 12000, method="cash", on="2026-10-09", charge_external_ids=[charge])
    assert set(session_codes(world, *later)) == {code}
    with pytest.raises(Refused, match="entry_in_use"):
        world.take_back("C2", kind="charge")
    posting.adjustment(ref, "D1", charge_external_id=charge, amount_minor=12000, on="2026-10-20")
    loaded(world, sessions(*later), CHARGES, answer)
    assert world.balance("C2") == owed_minor
    assert prepared(world, sessions(*later), CHARGES, DR_A).empty


def test_a_nearer_row_that_is_none_of_it_hides_no_moved_session() -> None:
    """One of another day is it only if the whole file lacks that day's rows."""
    rule = system_map("theranest").tables[0].rules[0]
    kind, problems = ("charges", "tn-"), list[Problem]()
    near, far = (
        Record(rule, "s.csv", number, 0, {"date": f"2026-10-{day}"}, {})
        for number, day in ((2, "14"), (3, "20"))
    )
    listed = Listed({"charges": ("2026-10-01", "2026-10-30")}, {kind: [0, 1]})  # it has none, and lacks one
    doubts = Doubts(Tally(), problems, listed)
    gone = Gone(kind, "2026-10-15", "import:1")
    doubts.add(near, [], [Other("tn-1", "2026-10-15", gone)], may_accept=False)
    doubts.add(far, [], [Other("tn-1", "2026-10-15")], may_accept=False)
    doubts.ask()
    assert [(problem.code, problem.row) for problem in problems] == [("row_moved", 3)]
