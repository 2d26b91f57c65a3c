"""Issue 17, every week again: what is about a session goes along when its code is corrected."""

from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import Said
from tests.unit.importing.exports import THERANEST, codes, loaded, own_map, prepared, with_clients
from tests.unit.importing.test_every_week import sessions
from tests.unit.importing.test_mapping import CHARGES, DR_A
from tests.unit.importing.world import World

SHEET = own_map("""
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date", "cpt"] }
client_id = { header = "Patient", join = "client" }
date = "Day"
service = { value = "Session" }
clinician_id = { value = "$clinician" }
fee = "Fee"
cpt = "Code"
[[tables.rows]]
kind = "adjustments"
when = [{ header = "Written off", sign = "plus" }]
adjustment_id = { made_of = ["client_id", "date", "Code"] }
client_id = { header = "Patient", join = "client" }
charge_id = { row = "charges" }
date = "Day"
amount = "Written off"
adjustment_kind = { value = "write_off" }
""")
REFUNDED = own_map("""
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date", "cpt"] }
client_id = { header = "Patient", join = "client" }
date = "Day"
service = { value = "Session" }
clinician_id = { value = "$clinician" }
fee = "Fee"
cpt = "Code"
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date", "Code"] }
client_id = { header = "Patient", join = "client" }
date = "Day"
amount = "Paid"
method = { value = "check" }
charge_ids = { row = "charges" }
[[tables.rows]]
kind = "refunds"
refund_id = { made_of = ["client_id", "date", "Code"] }
client_id = { header = "Patient", join = "client" }
payment_id = { row = "payments" }
date = "Refunded on"
amount = "Refunded"
""")
PAID = "Patient,Day,Code,Fee,Paid,Refunded on,Refunded\nRobin Vale,2026-10-05,90837,120,120,2026-10-07,20\n"
OLD = "Patient,Day,Code,Fee,Written off\nRobin Vale,2026-10-05,90837,120,30\n"
ACCEPTED = replace(DR_A, changes_accepted=True)
BOTH = replace(ACCEPTED, repeats_confirmed=True)


@pytest.mark.parametrize("said", [ACCEPTED, BOTH])
def test_a_write_off_goes_along_with_its_session_and_is_never_posted_again(said: Said) -> None:
    world = with_clients()
    loaded(world, {"s.csv": OLD}, SHEET, DR_A)
    corrected = {"s.csv": OLD.replace("90837", "90834")}
    assert set(codes(world, corrected, SHEET, DR_A)) == {"row_replaced"}
    plan = loaded(world, corrected, SHEET, said)
    assert ([(f.column, f.new) for f in plan.facts], plan.new) == ([("cpt", "90834")], 0)
    assert world.balance("C2") == 9000
    assert prepared(world, corrected, SHEET, DR_A).empty


def test_a_write_off_that_changed_with_the_code_is_told_as_changed_and_not_posted_beside() -> None:
    world = with_clients()
    loaded(world, {"s.csv": OLD}, SHEET, DR_A)
    corrected = {"s.csv": OLD.replace("90837", "90834").replace(",30", ",40")}
    assert codes(world, corrected, SHEET, BOTH) == ["posted_otherwise"]


def test_a_refund_goes_along_with_the_payment_of_a_session_whose_code_is_corrected() -> None:
    world = with_clients()
    loaded(world, {"s.csv": PAID}, REFUNDED, DR_A)
    corrected = {"s.csv": PAID.replace("90837", "90834")}
    plan = loaded(world, corrected, REFUNDED, BOTH)
    assert ([(f.column, f.new) for f in plan.facts], plan.new) == ([("cpt", "90834")], 0)
    assert world.balance("C2") == 2000
    assert prepared(world, corrected, REFUNDED, DR_A).empty


def test_two_payments_of_a_session_go_along_when_its_code_is_corrected() -> None:
    world = with_clients()
    half = 'B,"Vale, Robin",503,Check,,No,${},10/14/2026,10/13/2026,90837,$120.00\n'
    files = {"payroll.csv": THERANEST.splitlines()[0] + "\n" + half.format("50.00") + half.format("30.00")}
    loaded(world, files, "theranest")
    later = {"payroll.csv": files["payroll.csv"].replace("90837", "90834")}
    plan = loaded(world, later, "theranest", BOTH)
    assert ([(f.column, f.new) for f in plan.facts], plan.new) == ([("cpt", "90834")], 0)
    assert world.balance("C2") == 4000
    assert prepared(world, later, "theranest").empty


# --- a second session under the first code ---------------------------------------------------------------


FIRST, OTHER = "Robin Vale,2026-10-13,90834,110.00", "Robin Vale,2026-10-13,90837,150.00"


def corrected_to_first() -> World:
    world = with_clients()
    loaded(world, sessions(OTHER), CHARGES, DR_A)
    loaded(world, sessions(FIRST), CHARGES, ACCEPTED)
    return world


@pytest.mark.parametrize("lines", [(FIRST, OTHER), (OTHER, FIRST)])
@pytest.mark.parametrize("said", [DR_A, ACCEPTED])
def test_a_second_session_under_the_first_code_is_new_and_the_corrected_one_stays(
    lines: tuple[str, str], said: Said
) -> None:
    world = corrected_to_first()
    (old,) = world.ledgers.held_charges
    plan = loaded(world, sessions(*lines), CHARGES, said)
    assert (plan.facts, plan.corrections, plan.new) == ((), (), 1)
    codes_held = {id_: charge.cpt for id_, charge in world.ledgers.held_charges.items()}
    assert (codes_held.pop(old), list(codes_held.values())) == ("90834", ["90837"])
    assert world.balance("C2") == 11000 + 15000
    for again in (lines, lines[::-1]):
        plan = prepared(world, sessions(*again), CHARGES, said)
        assert (plan.problems, plan.empty, plan.missing) == ((), True, ())
    dearer = prepared(world, sessions(FIRST, OTHER.replace("150", "160")), CHARGES, said)
    assert [(c.old_minor, c.new_minor) for c in dearer.corrections] == [(15000, 16000)]


def test_the_corrected_session_is_known_by_what_it_says_where_its_fee_changed_too() -> None:
    world = corrected_to_first()
    plan = loaded(world, sessions(FIRST.replace("110", "115"), OTHER), CHARGES, DR_A)
    assert [(c.old_minor, c.new_minor) for c in plan.corrections] == [(11000, 11500)]
    assert (plan.facts, plan.new, world.balance("C2")) == ((), 1, 26500)


def test_which_of_two_the_corrected_session_is_by_now_is_asked() -> None:
    world = corrected_to_first()
    third = FIRST.replace("90834", "90791")
    for said in (DR_A, ACCEPTED):
        assert codes(world, sessions(OTHER, third), CHARGES, said) == ["row_beside"]
    loaded(world, sessions(OTHER, third), CHARGES, BOTH)
    assert world.balance("C2") == 26000


def test_a_new_session_is_never_asked_about_as_one_that_stands_below_it() -> None:
    """The corrected one is in the file, under a new id: whichever of the two lines comes first."""
    world = corrected_to_first()
    corrected, new = FIRST, FIRST.replace("90834", "90791").replace("110", "90")
    for lines in ((new, corrected), (corrected, new)):
        plan = prepared(world, sessions(*lines), CHARGES, DR_A)
        assert (plan.problems, plan.new, plan.facts, plan.corrections) == ((), 1, (), ())
