"""The exports of systems that document them, and families by a map of one's own (issue 17)."""

from chalicelib.importing.domain.mapping.names import said_names
from chalicelib.importing.services.mapping import Said
from tests.unit.importing.exports import codes, loaded, mapped, own_map, prepared, with_clients
from tests.unit.importing.world import World

AS_OF = Said(as_of="2026-10-31")
PAYMENTS = """\
Date,Type,Amount,Client
10/14/2026,Credit Card,$40.00,Ana Núñez
10/15/2026,Cash,"$1,000.00",Robin Vale
10/16/2026,Refund,$15.00,Ana Núñez
10/17/2026,Insurance payment,$90.00,Ana Núñez
11/02/2026,Check,$5.00,Bo Lind
Total,,"$1,120.00",
"""
OUTSTANDING = """\
Client,Clinician,Services provided,Uninvoiced,Invoiced,Client paid,Client balance
Ana Núñez,A,$300.00,$0.00,$300.00,$100.00,$200.00
Ana Núñez,B,$150.00,$0.00,$150.00,$160.00,($10.00)
Robin Vale,B,$100.00,$0.00,$100.00,$125.50,-$25.50
"""


def test_payments_and_refunds_of_one_list_are_told_apart() -> None:
    world = with_clients()
    loaded(world, {"payments.csv": PAYMENTS}, "simplepractice")
    assert [world.balance(id_) for id_ in ("C1", "C2", "C3")] == [-2500, -100000, -500]
    told = {(t.code, t.count) for t in mapped(world, {"p.csv": PAYMENTS}, "simplepractice").told}
    assert ("rows_left_out", 1) in told  # the insurer's: said, and counted
    assert prepared(world, {"payments.csv": PAYMENTS}, "simplepractice").empty


def test_balances_are_added_up_by_client_and_what_they_have_in_them_is_left_out() -> None:
    """Credit is a balance below zero; what was paid by that day is in it already."""
    world = with_clients()
    files = {"outstanding.csv": OUTSTANDING, "payments.csv": PAYMENTS}
    assert codes(world, files, "simplepractice") == ["as_of_missing"]
    loaded(world, files, "simplepractice", AS_OF)
    assert [world.balance(id_) for id_ in ("C1", "C2", "C3")] == [19000, -2550, -500]
    told = {(t.code, t.count) for t in mapped(world, files, "simplepractice", AS_OF).told}
    assert {("lines_added_up", 1), ("rows_in_balance", 3)} <= told
    assert prepared(world, files, "simplepractice", AS_OF).empty


def test_clients_of_a_list_are_new_once_and_one_address_of_two_is_asked_about() -> None:
    """Families: a child with its parent's address is said to share it; nobody is taken for anybody."""
    header = "Legal first name,Legal last name,Preferred name,Email,Date of birth\n"
    lines = "Kim,Ash,Kimmy,ash@example.test,1980-02-03\nLou,Ash,,Ash@example.test,2015-04-05\n"
    files = {"clients.csv": header + lines}
    world = World()
    (problem,) = prepared(world, files, "simplepractice").problems
    assert (problem.row, problem.column, problem.code) == (3, "Email", "email_of_two")
    owing = f'{OUTSTANDING.splitlines()[0]}\n"Ash, Lou",A,$80.00,$0.00,$80.00,$0.00,$80.00\n'
    beside = prepared(world, {**files, "outstanding.csv": owing}, "simplepractice", AS_OF).problems
    assert [one.code for one in beside] == ["email_of_two"]  # of who is in the list nobody asks who it is
    shared = Said(shared_emails=True)
    plan = loaded(world, files, "simplepractice", shared)
    assert {(c.name, c.preferred_name) for c in plan.directory.new} == {("Kim Ash", "Kimmy"), ("Lou Ash", "")}
    person = world.person("ash@example.test")
    assert person is not None
    assert len(person.grants) == 2
    again = prepared(world, files, "simplepractice")
    assert (again.problems, again.empty) == ((), True), "they share it in the books"
    bo = "Bo,Ash,,ash@example.test,2019-01-02\n"
    for third, row in ((header + lines + bo, 4), (header + bo + lines, 2)):
        found = prepared(world, {"clients.csv": third}, "simplepractice").problems
        assert [(p.row, p.code) for p in found] == [(row, "email_of_two")]


def test_two_clients_of_one_name_are_told_apart_by_their_birth_dates() -> None:
    header = "Legal first name,Legal last name,Date of birth\n"
    files = {"c.csv": header + "Kim,Ash,1980-02-03\nKim,Ash,2015-04-05\n"}
    world = World()
    assert codes(world, files, "simplepractice") == ["name_born_otherwise"]
    said = Said(names=said_names([("Ash, Kim", "2015-04-05", "K-2")]))
    loaded(world, files, "simplepractice", said)
    assert {(c.name, c.birth_date) for c in world.people.client_rows.values()} == {
        ("Kim Ash", "1980-02-03"), ("Kim Ash", "2015-04-05")
    }  # fmt: skip
    assert prepared(world, files, "simplepractice").empty


def test_lines_of_invoices_are_charges_and_nothing_else() -> None:
    invoices = """\
*Invoice number,*Customer,*Invoice date,*Due date,Terms,Service Date,Item,Description,Quantity,Rate,*Item Amount,Memo
1001,Robin Vale,2026-10-31,2026-11-30,Net 30,2026-10-06,Session,50 minutes,1,120.00,120.00,
1001,Robin Vale,2026-10-31,2026-11-30,Net 30,2026-10-13,Session,50 minutes,1,120.00,120.00,
1002,Ana Núñez,2026-10-31,2026-11-30,Net 30,,Report,,1,80.00,80.00,
"""  # noqa: E501
    world, said = with_clients(), Said(clinician="dr-a")
    assert codes(world, {"qb.csv": invoices}, "quickbooks") == ["clinician_missing"]
    plan = loaded(world, {"qb.csv": invoices}, "quickbooks", said)
    assert sorted(row.date for row in plan.charged) == ["2026-10-06", "2026-10-13", "2026-10-31"]
    assert [world.balance(id_) for id_ in ("C1", "C2")] == [8000, 24000]
    assert prepared(world, {"qb.csv": invoices}, "quickbooks", said).empty


FAMILY = own_map("""
[[tables.rows]]
kind = "clients"
client_id = { header = "Child", join = "client" }
name = "Child"
email = { header = "Email", optional = true }
guarantor_name = "Parent"
guarantor_email = "Parent email"

[[tables]]
title = "Sessions"
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date"] }
client_id = { header = "Child", join = "client" }
date = "Day"
service = { value = "Play" }
clinician_id = { value = "dr-a" }
fee = "Fee"
""")


def test_one_payer_of_several_clients_sees_them_all_and_nobody_loses_an_address() -> None:
    """Families: the guarantor of two children. An empty cell of a later list takes nothing away."""
    files = {
        "children.csv": "Child,Email,Parent,Parent email,Active\n"
        "Kid Ash,kid@example.test,Pat Ash,pat@example.test,yes\n"
        "Lou Ash,,Pat Ash,pat@example.test,no\n",
        "sessions.csv": "Child,Day,Fee\nKid Ash,2026-10-06,90\nLou Ash,2026-10-07,80\n",
    }
    world = World()
    loaded(world, files, FAMILY)
    person = world.person("pat@example.test")
    assert person is not None
    assert {(grant.name, grant.relation) for grant in person.grants} == {
        ("Kid Ash", "guarantor"), ("Lou Ash", "guarantor")
    }  # fmt: skip
    assert sorted(account.ledger.balance_minor for account in world.accounts.values()) == [8000, 9000]
    files["children.csv"] = files["children.csv"].replace("kid@example.test", "")
    assert prepared(world, files, FAMILY).empty
