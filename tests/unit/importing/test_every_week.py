"""Issue 17, every week again: three weeks of one report, as own files and as another system's export."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from chalicelib.importing.services.planning import Plan
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from tests.support.clock import FakeClock
from tests.unit.importing.exports import THERANEST, loaded, own_map, prepared, with_clients
from tests.unit.importing.test_mapping import CHARGES, DR_A
from tests.unit.importing.test_undoing import undo
from tests.unit.importing.world import NOW, World

CLIENTS = "client_id,name,email\nC1,Ana Núñez,ana@example.test\nC2,Robin Vale,robin@example.test\n"
HEADER = "charge_id,client_id,date,service,clinician_id,fee,cpt\n"
FIRST = """\
S1,C1,2026-10-05,Session,dr-a,150.00,90834
S2,C1,2026-10-06,Session,dr-a,150.00,90834
S3,C2,2026-10-06,Session,dr-a,120.00,90837
S4,C2,2026-10-07,Session,dr-a,120.00,90837
S5,C2,2026-10-20,Session,dr-a,120.00,90837
"""
# S6 and S7 are new, S1 costs more, S3 has another code, S4 is gone.
SECOND = """\
S1,C1,2026-10-05,Session,dr-a,160.00,90834
S2,C1,2026-10-06,Session,dr-a,150.00,90834
S3,C2,2026-10-06,Session,dr-a,120.00,90791
S5,C2,2026-10-20,Session,dr-a,120.00,90837
S6,C1,2026-10-26,Session,dr-a,150.00,90834
S7,C2,2026-10-28,Session,dr-a,120.00,90837
"""
EXPORT = own_map("""
[[tables.rows]]
kind = "clients"
client_id = { header = "Client", join = "client" }
name = "Client"
email = "Email"
[[tables]]
title = "Sessions"
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date", "cpt"] }
client_id = { header = "Patient", join = "client" }
date = "Day"
service = { value = "Session" }
clinician_id = { value = "$clinician" }
fee = "Fee"
cpt = "Code"
""")
BY_TYPE = own_map("""
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date", "Type"] }
client_id = { header = "Client", join = "client" }
date = "Date"
amount = "Amount"
method = { header = "Type", else = "other" }
""")
NAMES = {"C1": "Ana Núñez", "C2": "Robin Vale"}


def own(rows: str) -> dict[str, str]:
    return {"clients.csv": CLIENTS, "charges.csv": HEADER + rows}


def exported(rows: str) -> dict[str, str]:
    """The same as a report that has names and no ids."""
    lines = [line.split(",") for line in rows.splitlines()]
    sessions = "".join(f"{NAMES[who]},{on},{code},{fee}\n" for _, who, on, _, _, fee, code in lines)
    people = "Client,Email\nAna Núñez,ana@example.test\nRobin Vale,robin@example.test\n"
    return {"people.csv": people, "sessions.csv": "Patient,Day,Code,Fee\n" + sessions}


def week(world: World, rows: str, *, mapped: bool, accepted: bool = False) -> Plan:
    if not mapped:
        return world.load(own(rows))
    said = replace(DR_A, changes_accepted=accepted, repeats_confirmed=accepted)  # S7 is not S4 on another day
    return loaded(world, exported(rows), EXPORT, said)


def started(*, mapped: bool) -> World:
    world = with_clients() if mapped else World()
    week(world, FIRST, mapped=mapped)
    before = world.people.client_rows[world.account("C2").id]
    owners = replace(before, email="new@example.test")
    world.people.save_client("oak", owners, before=before)
    return world


@pytest.mark.parametrize("mapped", [False, True], ids=["own files", "an export"])
def test_three_weeks_of_one_report(mapped: bool) -> None:
    world = started(mapped=mapped)
    second = week(world, SECOND, mapped=mapped, accepted=True)
    assert second.new == 2
    assert [(c.old_minor, c.new_minor) for c in second.corrections] == [(15000, 16000)]
    assert [(f.column, f.old, f.new) for f in second.facts] == [("cpt", "90837", "90791")]
    assert [(m.client_id, m.date, m.amount_minor) for m in second.missing] == [("C2", "2026-10-07", 12000)]
    kept = [(k.column, k.old, k.new) for k in second.directory.kept]
    assert kept == [("email", "new@example.test", "robin@example.test")]
    assert [world.balance(id_) for id_ in ("C1", "C2")] == [16000 + 15000 + 15000, 4 * 12000]
    before, writes = world.picture(), world.writes.count
    third = week(world, SECOND, mapped=mapped)
    assert (third.empty, third.new, third.corrections, third.facts) == (True, 0, (), ())
    assert (len(third.missing), len(third.directory.kept), third.known) == (1, 1, third.rows)
    assert (world.picture(), world.writes.count) == (before, writes)
    world.check_ledgers()


# --- another code, or another day, in an export ----------------------------------------------------------


def sessions(*lines: str) -> Mapping[str, str]:
    return {"s.csv": "Client,Day,Code,Fee,Status\n" + "".join(f"{line},\n" for line in lines)}


OLD, CORRECTED = "Robin Vale,2026-10-13,90837,100.00", "Robin Vale,2026-10-13,90834,100.00"
ACCEPTED = replace(DR_A, changes_accepted=True)


def codes(world: World, *lines: str, said: object = DR_A) -> list[str]:
    plan = prepared(world, sessions(*lines), CHARGES, said)  # type: ignore[arg-type]
    return [problem.code for problem in plan.problems]


def test_a_corrected_code_is_asked_about_and_taken_over_once_it_is_accepted() -> None:
    world = with_clients()
    loaded(world, sessions(OLD), CHARGES, DR_A)
    assert codes(world, CORRECTED) == ["row_replaced"]
    plan = loaded(world, sessions(CORRECTED), CHARGES, ACCEPTED)
    assert ([(f.column, f.old, f.new) for f in plan.facts], plan.new) == ([("cpt", "90837", "90834")], 0)
    assert world.balance("C2") == 10000
    assert prepared(world, sessions(CORRECTED), CHARGES, DR_A).empty
    back = loaded(world, sessions(OLD), CHARGES, DR_A)
    assert [(f.column, f.old, f.new) for f in back.facts] == [("cpt", "90834", "90837")]


def test_a_fee_that_was_corrected_undone_and_corrected_again_is_asked_about_no_more() -> None:
    world, raised = with_clients(), "Robin Vale,2026-10-13,90834,110.00"
    loaded(world, sessions(OLD), CHARGES, DR_A)
    for _ in range(2):
        undo(world, loaded(world, sessions(raised), CHARGES, ACCEPTED).import_id)
        assert (codes(world, raised), world.balance("C2")) == (["row_replaced"], 10000)
    loaded(world, sessions(raised), CHARGES, ACCEPTED)
    assert world.balance("C2") == 11000
    for said in (DR_A, ACCEPTED, replace(DR_A, repeats_confirmed=True)):
        plan = prepared(world, sessions(raised), CHARGES, said)
        assert (plan.problems, plan.empty, plan.new) == ((), True, 0)
    world.check_ledgers()


def test_a_code_that_was_corrected_by_hand_here_too_is_asked_about_no_more() -> None:
    world = with_clients()
    loaded(world, sessions(OLD), CHARGES, DR_A)
    ref = world.account("C2").ref("oak")
    (charge,) = world.ledgers.held_charges.values()
    CorrectingFacts(world.ledgers, FakeClock(NOW), "cli").correct(
        ref, "h", charge_external_id=charge.external_id, facts=FactChanges(cpt="90834"), on="2026-11-20"
    )
    plan = prepared(world, sessions(CORRECTED), CHARGES, DR_A)
    assert (plan.problems, plan.empty, plan.missing) == ((), True, ())


@pytest.mark.parametrize("lines", [(CORRECTED, "Robin Vale,2026-10-13,90791,100.00"), (CORRECTED, CORRECTED)])
def test_several_that_one_may_have_become_are_asked_about_even_so(lines: tuple[str, ...]) -> None:
    world = with_clients()
    loaded(world, sessions(OLD), CHARGES, DR_A)
    for said in (DR_A, ACCEPTED):
        assert set(codes(world, *lines, said=said)) == {"row_beside"}


def test_a_charge_of_the_practices_own_whose_id_begins_like_an_exports_is_none_of_its_lines() -> None:
    world = with_clients()
    header = "charge_id,client_id,date,service,clinician_id,fee\n"
    world.load({"charges.csv": header + "own-17,C2,2026-10-13,Report for court,dr-a,250.00\n"})
    assert codes(world, OLD) == []
    plan = loaded(world, sessions(OLD), CHARGES, ACCEPTED)
    assert (plan.new, plan.corrections, plan.facts) == (1, (), ())
    assert world.balance("C2") == 25000 + 10000


def test_a_payment_of_no_session_offers_no_answer_that_does_nothing() -> None:
    world = with_clients()
    line = "Date,Type,Amount,Client\n10/14/2026,Check,$60.00,Robin Vale\n"
    loaded(world, {"p.csv": line}, BY_TYPE)
    other = {"p.csv": line.replace("Check", "Cash")}
    for said in (DR_A, ACCEPTED):
        assert [problem.code for problem in prepared(world, other, BY_TYPE, said).problems] == ["row_beside"]
    world.take_back("C2", kind="payment")
    loaded(world, other, BY_TYPE)
    assert world.balance("C2") == -6000


def test_a_session_on_another_day_is_asked_about_and_never_charged_twice() -> None:
    world = with_clients()
    around = "Robin Vale,2026-10-01,90837,100.00", "Robin Vale,2026-10-30,90837,100.00"
    loaded(world, sessions(*around, OLD), CHARGES, DR_A)
    moved = "Robin Vale,2026-10-15,90837,100.00"
    for said in (DR_A, ACCEPTED):
        assert codes(world, *around, moved, said=said) == ["row_moved"]
    assert codes(world, *around, OLD, moved) == []
    assert codes(world, *around, moved.replace("100.00", "90.00")) == []
    assert codes(world, *around, moved.replace("10-15", "10-20")) == ["row_moved"]
    world.take_back("C2", kind="charge", nth=1)
    loaded(world, sessions(*around, moved), CHARGES, DR_A)
    assert world.balance("C2") == 30000


def test_what_was_paid_for_a_session_goes_along_when_its_code_is_corrected() -> None:
    world = with_clients()
    loaded(world, {"payroll.csv": THERANEST}, "theranest")
    owed = [world.balance(id_) for id_ in ("C1", "C2")]
    later = {"payroll.csv": THERANEST.replace("90834", "90832")}
    assert {p.code for p in prepared(world, later, "theranest").problems} == {"row_replaced"}
    plan = loaded(world, later, "theranest", replace(DR_A, changes_accepted=True))
    assert ([(f.column, f.new) for f in plan.facts], plan.new) == ([("cpt", "90832")], 0)
    assert [world.balance(id_) for id_ in ("C1", "C2")] == owed
    assert prepared(world, later, "theranest").empty


WITH_MONEY = own_map("""
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
""")


def test_sessions_that_were_confirmed_are_not_taken_for_parts_of_one_again() -> None:
    """Their ids were given when fewer were there."""
    world, one = with_clients(), "Bo Lind,2026-09-11,90791,100.00,20.00\n"
    header = "Patient,Day,Code,Fee,Paid\n"
    loaded(world, {"s.csv": header + one}, WITH_MONEY, DR_A)
    more = {"s.csv": header + one + one + one.replace("100.00", "50.00")}
    asked = {problem.code for problem in prepared(world, more, WITH_MONEY, DR_A).problems}
    assert "session_in_parts" in asked
    loaded(world, more, WITH_MONEY, replace(DR_A, repeats_confirmed=True))
    assert world.balance("C3") == 25000 - 6000
    again = prepared(world, more, WITH_MONEY, DR_A)
    assert (again.problems, again.empty) == ((), True)
