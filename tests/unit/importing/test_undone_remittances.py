"""Issue 17: a remittance is taken back whole, as any import, while nothing rests on it; and posted again."""

from dataclasses import replace

import pytest

from chalicelib.importing.services.remittances.remittances import Remittances
from chalicelib.importing.services.undoing import UndoPlan
from tests.unit.importing.remittance_books import AGAIN, CLAIM, PAID, TAKEN_BACK, Books, counts, left
from tests.unit.importing.remittance_files import Line, Payment
from tests.unit.importing.test_undoing import undo, undoing
from tests.unit.importing.world import PRACTICE, Killed

BEFORE = 4000, 11000, 0, 0
ANSWERED = 5500, 0, 7000, 2500
CORRECTED = Payment((TAKEN_BACK, replace(CLAIM, lines=(AGAIN,))), "EFT-2", date="20261109")
SECOND = Line(15000, 4000, (("OA", "23", 9500), ("PR", "2", 1500)), control="A1")
OF_SECOND = Payment((replace(CLAIM, lines=(SECOND,), status="2", icn="S1"),), "EFT-2")
FORWARDED = replace(CLAIM, status="19")


@pytest.fixture
def books() -> Books:
    return Books()


def posted(books: Books, *payments: Payment) -> str:
    prepared = books.post(*payments)
    assert prepared.plan
    return prepared.plan.import_id


def plan(books: Books, import_id: str) -> UndoPlan:
    return undoing(books).plan(PRACTICE, import_id)


def test_once_undone_it_is_posted_again_and_known_then(books: Books) -> None:
    id_ = posted(books, Payment((CLAIM,)))
    for _ in range(2):
        undo(books, id_)
        assert books.figures("A1") == BEFORE
        again = books.post(Payment((CLAIM,)))
        assert (counts(again), left(again)) == ({"posted": 1}, [])
        assert [found.undone_at for found in books.imports.known("oak") if found.id == id_] == [""]
        assert books.figures("A1") == ANSWERED
        before = books.picture()
        assert counts(books.post(Payment((CLAIM,)))) == {"known": 1}
        assert books.picture() == before


def test_what_was_posted_again_is_taken_back_by_its_insurer(books: Books) -> None:
    undo(books, posted(books, Payment((CLAIM,))))
    books.post(Payment((CLAIM,)))
    for result in ({"taken_back": 1, "posted": 1}, {"known": 2}):
        assert counts(books.post(CORRECTED)) == result
        assert books.figures("A1") == (3500, 0, 9000, 2500)
    assert counts(books.post(Payment((CLAIM,)))) == {"known": 1}
    assert books.figures("A1") == (3500, 0, 9000, 2500)


def test_what_was_posted_again_is_the_insurers_answer(books: Books) -> None:
    undo(books, posted(books, Payment((CLAIM,))))
    books.post(Payment((CLAIM,)))
    assert left(books.post(replace(Payment((CLAIM,)), trace="EFT-2"))) == [("line_answered", [])]
    assert left(books.post(OF_SECOND)) == []
    assert books.figures("A1") == (1500, 0, 11000, 2500)


def test_it_may_be_posted_with_other_amounts_then(books: Books) -> None:
    undo(books, posted(books, Payment((CLAIM,))))
    assert left(books.post(Payment((replace(CLAIM, lines=(AGAIN,)),)))) == []
    assert books.figures("A1") == (3500, 0, 9000, 2500)
    assert left(books.post(Payment((CLAIM,)))) == [("line_posted_otherwise", [])]


def test_what_staff_took_back_stays_known(books: Books) -> None:
    posted(books, Payment((CLAIM,)))
    other = posted(
        books, Payment((replace(CLAIM, lines=(replace(PAID, date="20261008", control="A2"),)),), "E7")
    )
    for kind in ("responsibility_transfer", "contractual_adjustment", "insurance_payment"):
        books.take_back("C1", kind=kind)
    undo(books, other)
    before = books.picture()
    assert counts(books.post(Payment((CLAIM,)))) == {"known": 1}
    assert books.picture() == before


def test_what_an_insurer_took_back_stays_known_after_another_undoing(books: Books) -> None:
    """Its reversal is by an import, and undoes none."""
    first = posted(books, Payment((CLAIM,)))
    books.post(CORRECTED)
    other = replace(CLAIM, lines=(replace(PAID, date="20261008", control="A2"),))
    undo(books, posted(books, Payment((other,), "E7")))
    assert counts(books.post(Payment((CLAIM,)))) == {"known": 1}
    assert books.figures("A1") == (3500, 0, 9000, 2500)
    assert first in {found.id for found in books.imports.known("oak")}


def test_a_charge_that_was_imported_again_is_found_by_its_number(books: Books) -> None:
    """Of files that say no code, only the number tells."""
    first = next(found.id for found in books.imports.known("oak"))
    bare = "charge_id,client_id,date,service,clinician_id,fee,insurance_expected\n"
    more = {"charges.csv": f"{bare}E1,C1,2026-10-15,Talk,dr-a,150.00,110.00\n"}
    undo(books, books.load(more).import_id)
    books.load(more)
    line = replace(PAID, control="E1", date="20261015")
    assert left(books.post(Payment((replace(CLAIM, lines=(line,)),)))) == []
    assert first
    (charge,) = [c for c in books.ledgers.held_charges.values() if c.external_id == "E1~2"]
    assert books.figures(charge.external_id) == ANSWERED


def test_a_remittance_that_took_something_back_is_not_undone(books: Books) -> None:
    """A reversal is not reversed: the correction alone would go, and what it corrected stay away."""
    posted(books, Payment((CLAIM,)))
    id_ = posted(books, CORRECTED)
    before = books.picture()
    assert {one.what for one in plan(books, id_).resting} == {"reversal"}
    with pytest.raises(ValueError, match="rests"):
        undoing(books).apply(plan(books, id_))
    assert books.picture() == before
    assert books.figures("A1") == (3500, 0, 9000, 2500)


def test_nor_is_one_that_was_taken_back_within_itself(books: Books) -> None:
    id_ = posted(books, Payment((CLAIM, TAKEN_BACK, replace(CLAIM, lines=(AGAIN,)))))
    assert {one.what for one in plan(books, id_).resting} == {"reversal"}


def test_the_next_insurers_answer_rests_on_the_first(books: Books) -> None:
    first = posted(books, Payment((FORWARDED,)))
    last = posted(books, replace(OF_SECOND, date="20261109"))
    later = {entry.seq for (_, _, _), entry in books.ledgers.rows.items() if entry.actor == f"import:{last}"}
    found = plan(books, first).resting
    assert {(one.what, int(one.name)) for one in found} == {("entry", seq) for seq in later}
    assert plan(books, last).resting == ()
    undo(books, last)
    undo(books, first)
    assert books.figures("A1") == BEFORE
    assert counts(books.post(Payment((FORWARDED,)), replace(OF_SECOND, date="20261109"))) == {"posted": 2}


def test_an_answer_by_hand_rests_on_it_too(books: Books) -> None:
    id_ = posted(books, Payment((FORWARDED,)))
    by_hand = "insurance_payment_id,charge_id,date,paid,contractual_adjustment,patient_responsibility\n"
    books.load({"insurance_payments.csv": f"{by_hand}I1,A1,2026-11-05,15,0,0\n"})
    assert [one.what for one in plan(books, id_).resting] == ["entry"]


def test_what_the_client_paid_of_it_meanwhile_becomes_credit_and_pays_it_again(books: Books) -> None:
    id_ = posted(books, Payment((CLAIM,)))
    header = "payment_id,client_id,date,amount,method,charge_ids\n"
    books.load({"payments.csv": f"{header}P1,C1,2026-11-10,95.00,check,A1 A2\n"})
    owed = books.balance("C1")
    undo(books, id_)
    assert books.balance("C1") == owed - 1500
    books.post(Payment((CLAIM,)))
    assert books.balance("C1") == owed
    assert books.figures("A1") == ANSWERED


@pytest.mark.parametrize("happens", [False, True], ids=["before", "after"])
def test_killed_at_any_write_of_the_undoing_it_goes_on_and_is_posted_again(happens: bool) -> None:
    def through(books: Books, number: int = 0) -> int:
        id_ = posted(books, Payment((CLAIM,)))
        start = books.writes.count
        books.writes.kill_at = (start + number, happens) if number else None
        try:
            undo(books, id_)
        except Killed:
            books.writes.kill_at = None
            held = {account.hold for account in books.accounts.values()} - {""}
            for take_over in (False, True):
                found = books.foresee(Payment((CLAIM,)), take_over=take_over).problems
                assert [p.code for p in found] == ["undoing_unfinished"] * len(held)
            undo(books, id_)
        writes = books.writes.count - start
        assert books.figures("A1") == BEFORE
        assert left(books.post(Payment((CLAIM,)))) == []
        assert books.figures("A1") == ANSWERED
        return writes

    whole = Books()
    writes = through(whole)
    assert writes > 3
    for number in range(1, writes + 1):
        books = Books()
        through(books, number)
        assert books.picture() == whole.picture()


def test_what_was_broken_off_is_named_by_its_files_and_day(books: Books) -> None:
    books.writes.kill_at = (books.writes.count + 2, True)  # noted and hidden
    with pytest.raises(Killed):
        books.load({"payments.csv": "payment_id,client_id,date,amount,method\nP1,C1,2026-10-29,40,check\n"})
    books.writes.kill_at = None
    (problem,) = books.foresee(Payment((CLAIM,))).problems
    assert problem.details == {"which": "payments.csv, 2026-11-20"}


def test_one_that_takes_over_ends_the_other_and_is_listed_with_its_file(books: Books) -> None:
    books.writes.kill_at = (books.writes.count + 2, True)
    with pytest.raises(Killed):
        books.load({"payments.csv": "payment_id,client_id,date,amount,method\nP1,C1,2026-10-29,40,check\n"})
    books.writes.kill_at = None
    prepared = books.foresee(Payment((CLAIM,)), take_over=True)
    assert Remittances(books.importer).apply(prepared) == ()
    assert books.figures("A1") == ANSWERED
    assert {account.hold for account in books.accounts.values()} == {""}
    assert books.imports.under_way("oak") == []
    listed = {found.files: found.ended_at for found in books.imports.known("oak")}
    assert listed.keys() == {("clients.csv", "charges.csv"), ("payments.csv",), ("remit.835",)}
    assert all(listed.values())
