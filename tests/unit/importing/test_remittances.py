"""Issue 17: what insurers' remittances post, once; and what is left to a person, with what it may be of."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.importing.services.importer import Source
from chalicelib.importing.services.remittances.remittances import Remittances
from tests.unit.importing import world
from tests.unit.importing.remittance_books import (
    AGAIN,
    CHARGES,
    CLAIM,
    PAID,
    TAKEN_BACK,
    Books,
    counts,
    left,
)
from tests.unit.importing.remittance_files import ClaimOf, Line, Payment
from tests.unit.importing.world import Killed, World


@pytest.fixture
def books() -> Books:
    return Books()


def of(line: Line, **claim: object) -> Payment:
    return Payment((replace(CLAIM, lines=(line,), **claim),))  # type: ignore[arg-type]


# what is posted


def test_what_was_paid_lost_by_contract_and_left_to_the_client_is_posted(books: Books) -> None:
    found = books.post(Payment((CLAIM,)))
    assert (counts(found), left(found)) == ({"posted": 1}, [])
    assert books.figures("A1") == (5500, 0, 7000, 2500)


@pytest.mark.parametrize(
    ("paid", "contractual", "patient"),
    [(11500, 0, 3500), (7000, 4500, 3500), (15000, 0, 0), (0, 3000, 12000), (11000, 0, 4000)],
)
def test_the_clients_part_becomes_what_the_insurer_says(
    books: Books, paid: int, contractual: int, patient: int
) -> None:
    """Above what was expected, below it, and a deductible for which nothing is paid."""
    line = Line(15000, paid, (("CO", "45", contractual), ("PR", "1", patient)), control="A1")
    assert left(books.post(of(line))) == []
    assert books.figures("A1") == (patient, 0, paid, contractual)


def test_what_a_client_had_paid_above_becomes_credit(books: Books) -> None:
    payments = "payment_id,client_id,date,amount,method,charge_ids\nP1,C2,2026-10-09,90,check,B2\n"
    books.load({"payments.csv": payments})
    line = Line(9000, 5000, (("CO", "45", 1000), ("PR", "3", 3000)), "90832", date="20261009", control="B2")
    books.post(of(line, last="VALE", first="BO"))
    assert books.figures("B2") == (3000, 0, 5000, 1000)
    assert books.balance("C2") == 9000 - 6000  # B3 is open, and 60.00 of the payment paid it


def test_the_next_insurer_lowers_what_the_first_left(books: Books) -> None:
    books.post(Payment((CLAIM,)))
    second = Line(15000, 4000, (("OA", "23", 9500), ("PR", "2", 1500)), control="A1")
    assert left(books.post(Payment((replace(CLAIM, lines=(second,), status="2", icn="S1"),), "EFT-2"))) == []
    assert books.figures("A1") == (1500, 0, 11000, 2500)


def test_what_goes_on_to_the_next_insurer_is_not_the_clients_yet(books: Books) -> None:
    found = books.post(Payment((replace(CLAIM, status="19"),)))
    assert [note.code for note in found.notes] == ["line_forwarded"]
    assert books.figures("A1") == (4000, 1500, 7000, 2500)
    second = Line(15000, 1000, (("OA", "23", 9500), ("PR", "2", 4500)), control="A1")
    books.post(Payment((replace(CLAIM, lines=(second,), status="2", icn="S1"),), "EFT-2"))
    assert books.figures("A1") == (4500, 0, 8000, 2500)


# which charge


@pytest.mark.parametrize(
    "claim",
    [
        ClaimOf("A1", (replace(PAID, control=""),)),  # the claim's own number
        ClaimOf("777", (replace(PAID, control="A1", date=""),), last="", first=""),  # the line's alone
        ClaimOf("C1", (replace(PAID, control="1"),)),  # the client's, and a line's that only counts
        ClaimOf("777", (replace(PAID, control="", date=""),), member="M1", date="20261001"),
        ClaimOf("777", (replace(PAID, control=""),), member="M1"),  # name and number on the card
        ClaimOf("777", (replace(PAID, control="", modifiers=("95",)),), member="M1"),
        ClaimOf("777", (replace(PAID, control="", code="90834", submitted="90837"),), member="M1"),
        ClaimOf("B1", (replace(PAID, control="D1"),), member="M1"),  # numbers of others, by chance
    ],
)
def test_a_line_finds_its_charge(books: Books, claim: ClaimOf) -> None:
    assert left(books.post(Payment((claim,)))) == []
    assert books.figures("A1") == (5500, 0, 7000, 2500)


BARE = ClaimOf("7", (Line(15000, 15000),), member="M1", reasons=(("PR", "3", 5000),), bare=True)
SAME_DAY = Line(9000, 5000, (("PR", "3", 4000),), "90832", date="20261009")


@pytest.mark.parametrize(
    ("claim", "code", "near"),
    [
        (ClaimOf("7", (PAID,), last="VALE", first="BO"), "line_unmatched", ["A1"]),  # A1 is another's
        (ClaimOf("7", (replace(PAID, control=""),)), "client_ambiguous", ["A1", "A9"]),
        (ClaimOf("7", (replace(PAID, control=""),), last="OAK"), "client_unmatched", []),
        (ClaimOf("7", (replace(PAID, control=""),), member="M7"), "client_unmatched", []),
        (
            ClaimOf("7", (replace(PAID, control="", date="20261002"),), member="M1"),
            "line_unmatched",
            ["A1", "A2"],
        ),
        (ClaimOf("7", (replace(PAID, date="20261002"),), member="M1"), "line_unmatched", ["A1", "A2"]),
        (ClaimOf("7", (SAME_DAY,), last="VALE", first="ROBERT"), "line_ambiguous", ["B2", "B3"]),
        (ClaimOf("7", (SAME_DAY, SAME_DAY), last="VALE", first="BO"), "line_ambiguous", ["B2", "B3"]),
        (ClaimOf("7", (PAID, PAID)), "lines_of_one_charge", ["A1"]),
        (ClaimOf("7", (replace(PAID, control=""),), last="VALE", first="CARL"), "client_unmatched", []),
        (ClaimOf("7", (replace(PAID, control="", code="90834"),), member="M1"), "line_unmatched", ["A1"]),
        (ClaimOf("C1", (replace(PAID, control=""),), last="VALE", first="BO"), "line_unmatched", []),
        (replace(BARE, date="20261015"), "line_unmatched", ["E1"]),  # of which no code is known, either
        (
            ClaimOf("A1", (Line(16000, 16000),), member="M1"),
            "line_unmatched",
            ["A1"],
        ),  # another amount was billed
    ],
)
def test_what_is_not_sure_is_left_with_what_it_may_be_of(claim: ClaimOf, code: str, near: list[str]) -> None:
    more = "A9,C3,2026-10-01,Talk,dr-a,150.00,110.00,90837\n" if near == ["A1", "A9"] else ""
    books = Books(charges=f"{CHARGES}{more}E1,C1,2026-10-15,Talk,dr-a,150.00,,\n")
    before = books.picture()
    assert left(books.post(Payment((claim,)))) == [(code, near)] * len(claim.lines)
    assert books.picture() == before


def test_modifiers_tell_two_services_of_a_day_apart(books: Books) -> None:
    line = replace(SAME_DAY, modifiers=("HO",))
    assert left(books.post(Payment((ClaimOf("7", (line,), last="VALE", first="BO"),)))) == []
    assert (books.figures("B3").paid, books.figures("B2").paid) == (5000, 0)


def test_a_charge_that_was_taken_back_is_no_lines(books: Books) -> None:
    books.take_back("C1", kind="charge")
    for line in (PAID, replace(PAID, control="")):
        found = books.post(Payment((replace(CLAIM, lines=(line,), member="M1"),)))
        assert left(found) == [("line_unmatched", ["A1"])]


# what is never posted

HALF_MINE = Line(15000, 9000, (("PI", "45", 3000), ("PR", "3", 3000)))


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (ClaimOf("A1", (Line(15000, 0, (("CO", "197", 15000),)),), "4"), "claim_denied"),
        (ClaimOf("A1", (Line(15000, 0, (("CO", "16", 15000),)),)), "line_denied"),
        (ClaimOf("A1", (HALF_MINE,), "19"), "line_leaves_other"),
        (ClaimOf("A1", (Line(15000, 9500, (("OA", "94", -500), ("PR", "3", 6000))),)), "line_beyond"),
        (ClaimOf("A1", (Line(15000, 0, (("PR", "96", 15000),)),)), "line_denied"),
        (ClaimOf("A1", (Line(15000, 0, (("OA", "18", 15000),)),)), "line_denied"),
        (ClaimOf("A1", (Line(15000, 0, (("PR", "1", 15000),)),), "25"), "claim_status"),
        (ClaimOf("A1", (Line(15000, 0, (("OA", "100", 15000),)),), "23"), "claim_forwarded"),
        (ClaimOf("A1", (Line(15000, 9000, (("CO", "45", 1),)),)), "claim_unbalanced"),
        (ClaimOf("A1", (Line(15000, 16000, (("CO", "45", -1000),)),)), "line_negative"),
        (ClaimOf("A1", (Line(15000, 9000, (("PI", "45", 3000), ("PR", "3", 3000))),)), "line_leaves_other"),
        (ClaimOf("A1", (Line(15000, 9000,
            (("OA", "23", 3000), ("PR", "3", 3000))),), "2"), "line_leaves_other"),
    ],
)  # fmt: skip
def test_what_a_person_has_to_decide_is_left(books: Books, claim: ClaimOf, code: str) -> None:
    before = books.picture()
    assert [told[0] for told in left(books.post(Payment((claim,))))] == [code]
    assert books.picture() == before


def test_other_adjustments_stay_expected_where_the_clients_part_is_right(books: Books) -> None:
    line = Line(15000, 7000, (("PI", "45", 4000), ("PR", "3", 4000)), control="A1")
    assert left(books.post(of(line))) == []
    assert books.figures("A1") == (4000, 4000, 7000, 0)


def test_a_line_that_only_reports_something_is_passed_over(books: Books) -> None:
    found = books.post(Payment((replace(CLAIM, lines=(PAID, Line(0, 0, code="G8431"))),)))
    assert (counts(found), left(found)) == ({"posted": 1}, [])


def test_a_payment_from_before_the_charge_is_left(books: Books) -> None:
    assert left(books.post(Payment((CLAIM,), date="20260930"))) == [("line_before_charge", [])]


def test_what_was_posted_by_hand_is_not_posted_again(books: Books) -> None:
    by_hand = "insurance_payment_id,charge_id,date,paid,contractual_adjustment,patient_responsibility\n"
    books.load({"insurance_payments.csv": f"{by_hand}I1,A1,2026-11-01,70,25,15\n"})
    before = books.picture()
    assert left(books.post(Payment((CLAIM,)))) == [("line_answered_elsewhere", [])]
    assert books.picture() == before


def test_provider_adjustments_and_interest_are_told_and_never_posted(books: Books) -> None:
    kept = (("WO", "OLD", 2000), ("L6", "", -125))
    found = books.post(Payment((replace(CLAIM, interest=125),), kept=kept))
    assert [(note.code, note.details["money_minor"]) for note in found.notes] == [
        ("interest", 125), ("provider_adjustment", 2000), ("provider_adjustment", -125),
    ]  # fmt: skip
    assert books.figures("A1") == (5500, 0, 7000, 2500)


# once


def test_the_same_payment_posts_once_in_whichever_file(books: Books) -> None:
    books.post(Payment((CLAIM,)))
    before = books.picture()
    other = Payment((replace(CLAIM, icn="ICN7", lines=(SAME_DAY,), last="VALE", first="BO"),), "EFT-7")
    for payments in ((Payment((CLAIM,)),), (other, Payment((CLAIM,)), Payment((CLAIM,)))):
        assert counts(books.post(*payments))["known"] == 1
        assert books.picture() == before


def test_one_payment_in_two_files_is_one(books: Books) -> None:
    found = books.post(Payment((CLAIM,)), Payment((CLAIM,)))
    assert (counts(found), left(found)) == ({"posted": 1}, [])


def test_a_second_answer_of_an_insurer_is_left_to_a_person(books: Books) -> None:
    books.post(Payment((CLAIM,)))
    before = books.picture()
    for icn in ("ICN1", "ICN8"):
        assert left(books.post(Payment((replace(CLAIM, icn=icn),), "EFT-2"))) == [("line_answered", [])]
    assert books.picture() == before


def test_a_line_with_another_amount_than_before_is_left(books: Books) -> None:
    books.post(Payment((CLAIM,)))
    assert left(books.post(of(AGAIN))) == [("line_posted_otherwise", [])]
    found = Books().foresee(Payment((CLAIM,)), of(AGAIN))
    assert left(found) == [("line_posted_otherwise", [])]


# whole or not at all


@pytest.mark.parametrize("happens", [False, True])
def test_killed_at_any_write_and_run_again_it_ends_the_same(happens: bool) -> None:
    """Each answer and each reversal is several writes: half of one may stand, and is not posted again."""
    correction = replace(
        CLAIM, lines=(Line(15000, 13000, (("CO", "45", 1000), ("PR", "3", 1000)), control="A1"),)
    )
    payments = Payment((CLAIM,)), Payment((TAKEN_BACK, correction), "EFT-2", date="20261109")
    client_paid = {"payments.csv": "payment_id,client_id,date,amount,method\nP1,C1,2026-10-08,55,check\n"}
    whole = Books()
    whole.load(client_paid)
    start = whole.writes.count
    whole.post(*payments)
    for number in range(1, whole.writes.count - start + 1):
        books = Books()
        books.load(client_paid)
        prepared = books.foresee(*payments)
        books.writes.kill_at = (books.writes.count + number, happens)
        with pytest.raises(Killed):
            Remittances(books.importer).apply(prepared)
        books.writes.kill_at = None
        assert left(books.post(*payments)) == []
        assert books.picture() == whole.picture()


def test_a_payment_to_another_practice_is_left_whole(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "PRACTICE", replace(world.PRACTICE, npi="1234567893"))
    other = Payment((CLAIM,), payee="1000000004")
    assert left(books.post(other, Payment((CLAIM,), "EFT-2"))) == [("payee_other", [])]
    assert books.figures("A1").paid == 7000


def test_a_client_whose_import_was_broken_off_is_waited_for(books: Books) -> None:
    books.writes.kill_at = (books.writes.count + 2, True)  # noted and hidden
    with pytest.raises(Killed):
        books.load({"payments.csv": "payment_id,client_id,date,amount,method\nP1,C1,2026-10-29,40,check\n"})
    books.writes.kill_at = None
    found = books.foresee(Payment((CLAIM,)))
    assert [problem.code for problem in found.problems] == ["import_unfinished"]
    assert books.foresee(Payment((CLAIM,)), take_over=True).problems == ()


def test_a_payment_that_is_to_come_or_does_not_add_up_refuses_all(books: Books) -> None:
    before = books.picture()
    for bad in (Payment((CLAIM,), "EFT-2", date="20261201"), Payment((CLAIM,), "EFT-2", off_by=1)):
        found = books.foresee(Payment((CLAIM,)), bad)
        assert [problem.code for problem in found.problems] in (
            ["remittance_future"],
            ["remittance_unbalanced"],
        )
        assert found.plan is None
    assert books.picture() == before


def test_the_documents_example_is_as_it_says() -> None:
    docs = Path(__file__).parents[3] / "docs"
    files = dict(re.findall(r"```csv (\S+)\n(.*?)```", (docs / "import.md").read_text(), re.DOTALL))
    world = World()
    world.load({name: files[name] for name in ("clients.csv", "charges.csv")})
    ((name, content),) = re.findall(
        r"```835 (\S+)\n(.*?)```", (docs / "remittances.md").read_text(), re.DOTALL
    )
    remittances = Remittances(world.importer)
    prepared = remittances.prepare("oak", [Source(name, content.encode())])
    assert remittances.apply(prepared) == ()
    assert (prepared.problems, left(prepared)) == ((), [("claim_denied", [])])
    assert [note.code for note in prepared.notes] == ["provider_adjustment"]
    assert world.balance("C-1") == 3500
