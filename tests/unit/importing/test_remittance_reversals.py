"""Issue 17: what insurers take back is exactly what was posted for them; what they decide anew stands."""

from dataclasses import replace

import pytest

from tests.unit.importing.remittance_books import AGAIN, CLAIM, TAKEN_BACK, Books, counts, left
from tests.unit.importing.remittance_files import ClaimOf, Line, Payment


@pytest.fixture
def books() -> Books:
    return Books()


def test_a_reversal_takes_back_what_was_posted_and_the_correction_stands(books: Books) -> None:
    alone = Books()
    alone.post(Payment((replace(CLAIM, lines=(AGAIN,)),)))
    books.post(Payment((CLAIM,)))
    corrected = Payment((TAKEN_BACK, replace(CLAIM, lines=(AGAIN,))), "EFT-2", date="20261109")
    found = books.post(corrected)
    assert (counts(found), left(found)) == ({"taken_back": 1, "posted": 1}, [])
    assert books.figures("A1") == alone.figures("A1") == (3500, 0, 9000, 2500)
    after = books.picture()
    for again in (corrected, Payment((CLAIM,))):
        assert left(books.post(again)) == []
        assert books.picture() == after


def test_the_same_amounts_taken_back_and_paid_again_are_two_answers(books: Books) -> None:
    """Payers give a correction the number of what it corrects: run again, it must not be taken back."""
    books.post(Payment((CLAIM,)))
    for trace in ("EFT-2", "EFT-3"):
        again = Payment((TAKEN_BACK, CLAIM), trace, date="20261109")
        assert counts(books.post(again)) == {"taken_back": 1, "posted": 1}
        after = books.picture()
        for payments in ((again,), (Payment((CLAIM,)), again), (again, again)):
            assert "taken_back" not in counts(books.post(*payments))
            assert books.picture() == after
    first = Payment((TAKEN_BACK, CLAIM), "EFT-2", date="20261109")
    assert counts(books.post(first)) == {"known": 2}
    assert books.figures("A1") == (5500, 0, 7000, 2500)


def test_payments_are_posted_in_the_order_of_their_days(books: Books) -> None:
    corrected = Payment((TAKEN_BACK, replace(CLAIM, lines=(AGAIN,))), "EFT-2", date="20261109")
    assert left(books.post(corrected, Payment((CLAIM,)))) == []
    assert books.figures("A1") == (3500, 0, 9000, 2500)


def test_all_three_in_one_file(books: Books) -> None:
    books.post(Payment((CLAIM, TAKEN_BACK, replace(CLAIM, lines=(AGAIN,)))))
    assert books.figures("A1") == (3500, 0, 9000, 2500)


def test_a_correction_that_comes_first_is_not_taken_back_by_its_own_reversal(books: Books) -> None:
    corrected = Payment((TAKEN_BACK, replace(CLAIM, lines=(AGAIN,))), "EFT-2", date="20261109")
    for _ in range(2):
        assert left(books.post(corrected)) == [("reversal_unknown", [])]
        assert books.figures("A1") == (3500, 0, 9000, 2500)
    assert left(books.post(Payment((CLAIM,)))) == [("line_answered", [])]


def test_a_reversal_of_what_is_not_there_or_otherwise_is_left(books: Books) -> None:
    by_hand = "insurance_payment_id,charge_id,date,paid,contractual_adjustment,patient_responsibility\n"
    books.load({"insurance_payments.csv": f"{by_hand}I1,A1,2026-11-01,70,25,15\n"})
    assert left(books.post(Payment((TAKEN_BACK,)))) == [("reversal_unknown", [])]
    other = Books()
    other.post(Payment((CLAIM,)))
    less = Line(-15000, -6000, (("CO", "45", -2500), ("PR", "3", -6500)), control="A1")
    assert left(other.post(Payment((replace(TAKEN_BACK, lines=(less,)),), "EFT-2"))) == [
        ("reversal_differs", [])
    ]


def test_a_reversal_after_staffs_own_does_nothing(books: Books) -> None:
    books.post(Payment((CLAIM,)))
    for kind in ("responsibility_transfer", "contractual_adjustment", "insurance_payment"):
        books.take_back("C1", kind=kind)
    before = books.picture()
    found = books.post(Payment((TAKEN_BACK,), "EFT-2"))
    assert ([note.code for note in found.notes], books.picture()) == (["reversed_before"], before)


def test_what_is_taken_back_and_then_denied_is_both(books: Books) -> None:
    """Under one number, in one payment."""
    books.post(Payment((CLAIM,)))
    denied = replace(CLAIM, lines=(Line(15000, 0, (("CO", "29", 15000),), control="A1"),), status="4")
    for found in [books.post(Payment((TAKEN_BACK, denied), "EFT-2")) for _ in range(2)]:
        assert left(found) == [("claim_denied", [])]
        assert books.figures("A1") == (4000, 11000, 0, 0)


def test_a_correction_may_stand_before_its_reversal(books: Books) -> None:
    books.post(Payment((CLAIM,)))
    mixed = Payment((replace(CLAIM, lines=(AGAIN,)), TAKEN_BACK), "EFT-2", date="20261109")
    assert left(books.post(mixed)) == [("line_answered", [])]
    assert (left(books.post(mixed)), left(books.post(mixed))) == ([], [])
    assert books.figures("A1") == (3500, 0, 9000, 2500)


def test_a_reversal_of_a_denial_has_nothing_to_take_back(books: Books) -> None:
    denial = ClaimOf("A1", (Line(-15000, 0, (("CO", "16", -15000),)),), "22")
    found = books.post(Payment((denial, replace(CLAIM, lines=(AGAIN,)))))
    assert counts(found) == {"nothing": 1, "posted": 1}
