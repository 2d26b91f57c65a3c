"""Issue 17: one answer of an insurer is in the books once, by whatever way it comes a second time."""

from dataclasses import replace

import pytest

from chalicelib.importing.domain.tables.choices import Choices, DateOrder
from chalicelib.importing.services.mapping import Said
from chalicelib.importing.services.remittances.remittances import Remittances
from tests.unit.importing.exports import THERANEST, loaded, prepared
from tests.unit.importing.remittance_books import AGAIN, CLAIM, PAID, Books, counts, left
from tests.unit.importing.remittance_files import ClaimOf, Line, Payment, Reasons
from tests.unit.importing.test_undoing import post

BY_HAND = "insurance_payment_id,charge_id,date,paid,contractual_adjustment,patient_responsibility\n"
OA = Line(15000, 2000, (("OA", "23", 9000), ("PR", "3", 4000)), control="A1")  # leaves room for itself again
SAID = Said(choices=Choices(dates=DateOrder.MONTH_FIRST))


@pytest.fixture
def books() -> Books:
    return Books()


def of(line: Line, **claim: object) -> ClaimOf:
    return replace(CLAIM, lines=(line,), **claim)  # type: ignore[arg-type]


def by_hand(books: Books, paid: int, contractual: int = 0, moved: int = 0) -> None:
    post(books).insurance_payment(
        books.account("C1").ref("oak"), "EOB-1", charge_external_id="A1", paid_minor=paid,
        contractual_minor=contractual, to_client_minor=moved, on="2026-11-02", above_expected=False,
    )  # fmt: skip


# of an 835


@pytest.mark.parametrize("reasons", [
    (("CO", "45", 2500), ("PR", "3", 2000), ("OA", "23", 3500)),
    (("CO", "45", 2500), ("PR", "3", 6000), ("OA", "94", -500)),
])  # fmt: skip
def test_a_line_that_leaves_the_client_another_part_than_before_is_left(
    books: Books, reasons: Reasons
) -> None:
    books.post(Payment((CLAIM,)))
    before = books.picture()
    found = books.post(Payment((of(replace(PAID, reasons=reasons)),)))
    assert (left(found), books.picture()) == ([("line_posted_otherwise", [])], before)


def test_a_line_that_moved_nothing_before_is_left_where_the_clients_part_is_less(books: Books) -> None:
    books.post(Payment((of(OA),)))
    less = replace(OA, reasons=(("OA", "23", 9500), ("PR", "3", 3500)))
    assert left(books.post(Payment((of(less),)))) == [("line_posted_otherwise", [])]
    assert counts(books.post(Payment((of(OA),)))) == {"known": 1}


@pytest.mark.parametrize("paid", [0, 1000])
def test_an_older_answer_that_moved_nothing_does_nothing_once_a_later_one_is_posted(
    books: Books, paid: int
) -> None:
    """Files come in any order: what an insurer said first and then otherwise is not left to a person."""
    books.post(Payment((CLAIM,), "EFT-2", date="20261109"))
    before = books.picture()
    first = Line(15000, paid, (("PR", "1", 15000 - paid),), control="A1")
    found = books.post(Payment((of(first),)))
    assert (left(found), books.picture()) == ([("line_answered", [])] if paid else [], before)
    assert counts(found) == {"left" if paid else "nothing": 1}


def test_a_line_stays_known_whatever_was_posted_after_it(books: Books) -> None:
    books.post(Payment((CLAIM,)))
    books.load({
        "payments.csv": "payment_id,client_id,date,amount,method,charge_ids\nP1,C1,2026-11-05,55,check,A1\n",
        "adjustments.csv": "adjustment_id,charge_id,date,amount,kind\nJ1,A1,2026-11-06,5.00,adjustment\n",
    })  # fmt: skip
    second = Line(15000, 4000, (("OA", "23", 9500), ("PR", "2", 1500)), control="A1")
    books.post(Payment((of(second, status="2", icn="S1"),), "EFT-2"))
    assert counts(books.post(Payment((CLAIM,)))) == {"known": 1}


def test_a_line_stays_known_where_staff_took_back_what_it_left_to_the_client(books: Books) -> None:
    books.post(Payment((CLAIM,)))
    books.take_back("C1", kind="responsibility_transfer")
    assert counts(books.post(Payment((CLAIM,)))) == {"known": 1}


@pytest.mark.parametrize("together", [False, True])
def test_one_payment_under_two_ids_of_the_insurer_is_posted_once(books: Books, together: bool) -> None:
    """A clearinghouse leaves the 1 before a tax id away."""
    payments = [Payment((of(OA, status="2"),), payer=payer) for payer in ("1999999999", "999999999")]
    found = [books.post(*payments)] if together else [books.post(one) for one in payments]
    assert left(found[-1]) == [("line_of_another_id", [])]
    assert books.figures("A1") == (4000, 9000, 2000, 0)


def test_two_insurers_may_use_one_trace_number(books: Books) -> None:
    books.post(Payment((of(OA),)))
    other = Line(15000, 9000, (("OA", "23", 2000), ("PR", "3", 4000)), control="A1")
    found = books.post(Payment((of(other, status="2", icn="S1"),), payer="888888888"))
    assert (left(found), books.figures("A1")) == ([], (4000, 0, 11000, 0))


# by 835, and by another way


def test_what_a_person_posted_is_left_though_there_is_room_for_it_again(books: Books) -> None:
    by_hand(books, 2000)
    for status in ("1", "2"):
        assert left(books.post(Payment((of(OA, status=status),)))) == [("line_answered_elsewhere", [])]
    assert books.figures("A1") == (4000, 9000, 2000, 0)


def test_a_second_insurers_answer_comes_on_top_of_a_first_one_by_hand(books: Books) -> None:
    by_hand(books, 7000, 2500, 1500)
    second = Line(15000, 4000, (("OA", "23", 9500), ("PR", "2", 1500)), control="A1")
    assert left(books.post(Payment((of(second, status="2"),)))) == []
    assert books.figures("A1") == (1500, 0, 11000, 2500)


def test_what_a_person_posted_and_took_back_stands_in_no_ones_way(books: Books) -> None:
    books.load({"insurance_payments.csv": f"{BY_HAND}I1,A1,2026-11-01,20,0,0\n"})
    books.take_back("C1", kind="insurance_payment")
    assert left(books.post(Payment((of(OA),)))) == []


REPORT = THERANEST.replace("Nunez, Ana", "Vale, Bo").replace("$90.00", "$70.00").splitlines(keepends=True)
PAID_BY_CLIENT, WHOLE = {"p.csv": "".join(REPORT[:2])}, {"p.csv": "".join(REPORT[:3])}
SESSION = Line(15000, 7000, (("PR", "3", 8000),), code="90834", date="20261008")


def test_an_insurers_money_in_a_report_is_asked_about_where_an_835_brought_an_answer() -> None:
    books = Books()
    loaded(books, PAID_BY_CLIENT, "theranest", SAID)
    owed = books.balance("C2")
    books.post(Payment((ClaimOf("X", (SESSION,), last="VALE", first="BO"),)))
    assert books.balance("C2") == owed - 7000
    plan = prepared(books, WHOLE, "theranest", SAID)
    assert [(one.code, one.row) for one in plan.problems] == [("insurer_answered", 3)]
    assert prepared(books, PAID_BY_CLIENT, "theranest", SAID).empty
    agreed = prepared(books, WHOLE, "theranest", replace(SAID, repeats_confirmed=True))
    assert (agreed.problems, agreed.steps) == ((), 1)


def test_an_835_is_left_where_a_report_brought_the_answer_which_is_not_asked_about_again() -> None:
    books = Books()
    loaded(books, WHOLE, "theranest", SAID)
    owed = books.balance("C2")
    claim = ClaimOf("X", (SESSION,), last="VALE", first="BO")
    assert [code for code, _ in left(books.post(Payment((claim,))))] == ["line_answered_elsewhere"]
    assert books.balance("C2") == owed
    assert prepared(books, WHOLE, "theranest", SAID).empty


# between the look and the write


def test_what_a_colleague_posts_between_the_look_and_the_write_is_left() -> None:
    books = Books()
    paid = Line(15000, 11000, (("PR", "3", 4000),), control="A1")
    other = ClaimOf("Y", (Line(9000, 5000, (("PR", "3", 4000),), "90832", date="20261002", control="B1"),),
                    icn="I2", last="VALE", first="BO")  # fmt: skip
    prepared_ = books.foresee(Payment((of(paid), other)))
    assert counts(prepared_) == {"posted": 2}
    by_hand(books, 11000)
    (problem,) = Remittances(books.importer).apply(prepared_)
    assert (problem.code, problem.file, problem.row) == ("line_answered_elsewhere", "remit.835", 16)
    assert (books.figures("A1"), books.owed_to_insurers()) == ((4000, 0, 11000, 0), 0)
    assert books.figures("B1").paid == 5000
    assert not any(account.hold for account in books.accounts.values())


def test_what_another_run_of_the_file_posts_in_between_is_known() -> None:
    books = Books()
    first, second = books.foresee(Payment((CLAIM,))), books.foresee(Payment((CLAIM,)))
    for one in (first, second):
        assert Remittances(books.importer).apply(one) == ()
    assert books.figures("A1") == (5500, 0, 7000, 2500)


def test_a_correction_is_decided_again_on_what_its_reversal_leaves() -> None:
    books = Books()
    books.post(Payment((CLAIM,)))
    back = replace(PAID, charged=-15000, paid=-7000, reasons=(("CO", "45", -2500), ("PR", "3", -5500)))
    found = books.foresee(Payment((of(back, status="22"), of(AGAIN)), "EFT-2"))
    books.take_back("C1", kind="responsibility_transfer")
    books.take_back("C1", kind="contractual_adjustment")
    books.take_back("C1", kind="insurance_payment")
    assert Remittances(books.importer).apply(found) == ()
    assert books.figures("A1") == (3500, 0, 9000, 2500)
