"""Issue 17, every week again: what is about a session goes along when its code is corrected."""

from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import Said
from tests.unit.importing.exports import THERANEST, codes, loaded, own_map, prepared, with_clients
from tests.unit.importing.test_mapping import DR_A

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
