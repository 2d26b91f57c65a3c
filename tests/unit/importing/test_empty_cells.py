"""Issue 17: an empty cell, or a column that is not there, is refused at its place, whatever reads it."""

import pytest

from tests.unit.importing.exports import loaded, mapped, own_map, prepared, with_clients
from tests.unit.importing.test_mapping import DR_A
from tests.unit.importing.world import World

CHARGES = own_map("""
[[tables.rows]]
kind = "charges"
once = true
charge_id = { made_of = ["client_id", "cpt"] }
client_id = { header = "Client", join = "client", optional = true }
date = { header = "Day", optional = true }
service = { header = "What", optional = true }
clinician_id = { value = "$clinician" }
fee = { header = "Fee", optional = true }
cpt = "Code"
""")
LINE = {"Client": "Robin Vale", "Day": "2026-10-13", "What": "Session", "Fee": "100.00"}
CODES = {"Client": "name_absent"}


@pytest.mark.parametrize("lacking", LINE)
def test_a_required_column_that_a_map_calls_optional_is_an_empty_cell_where_it_lacks(lacking: str) -> None:
    there = {header: cell for header, cell in LINE.items() if header != lacking}
    file = f"{','.join(there)},Code\n{','.join(there.values())},90834\n"
    (problem,) = prepared(with_clients(), {"sessions.csv": file}, CHARGES, DR_A).problems
    assert (problem.row, problem.code) == (2, CODES.get(lacking, "cell_empty"))


CLIENTS = own_map("""
[[tables.rows]]
kind = "clients"
client_id = { header = "Client", join = "client", optional = true }
name = "Name"
""")


@pytest.mark.parametrize("file", ["Name\nCy Marsh\n", "Client,Name\n,Cy Marsh\n"])
def test_a_client_without_an_id_is_refused(file: str) -> None:
    (problem,) = prepared(with_clients(), {"people.csv": file}, CLIENTS).problems
    assert (problem.row, problem.code) == (2, "name_absent")


OWED = """
[[tables.rows]]
kind = "opening_balances"
sums = "amount"
client_id = { header = "Client", join = "client" }
date = { value = "2026-10-31" }
amount = "Owes"
"""
BALANCES = own_map(OWED)


@pytest.mark.parametrize(
    "cells", [("", "30.00"), ("30.00", ""), ("30.00", "50.00", ""), ("", "30.00", "1.00")]
)
def test_an_empty_amount_is_not_added_up(cells: tuple[str, ...]) -> None:
    lines = "".join(f"Robin Vale,{cell}\n" for cell in cells)
    (problem,) = prepared(with_clients(), {"owed.csv": f"Client,Owes\n{lines}"}, BALANCES).problems
    assert (problem.row, problem.column, problem.code) == (cells.index("") + 2, "Owes", "cell_empty")


ANSWERS = own_map("""
[[tables.rows]]
kind = "insurance_payments"
sums = ["paid", "contractual_adjustment"]
insurance_payment_id = "Check"
charge_id = "Of"
date = "Day"
paid = "Paid"
contractual_adjustment = { header = "Written off", optional = true }
patient_responsibility = { header = "Left", optional = true }
""")


@pytest.mark.parametrize("header", ["Check,Of,Day,Paid,Written off", "Check,Of,Day,Paid"])
def test_an_amount_that_may_be_empty_is_nothing_in_a_sum(header: str) -> None:
    world = with_clients()
    charge = "charge_id,client_id,date,service,clinician_id,fee,insurance_expected\n"
    world.load({"charges.csv": f"{charge}S1,C2,2026-10-05,x,dr-a,100.00,80.00\n"})
    lines = ["N1,S1,2026-10-20,50.00,", "N1,S1,2026-10-20,,20.00", "N1,S1,2026-10-20,10.00,"]
    cells = [",".join(line.split(",")[: header.count(",") + 1]) for line in lines]
    found = mapped(world, {"answers.csv": "\n".join([header, *cells, ""])}, ANSWERS)
    assert found.problems == ()
    (row,) = found.batch.insurance_payments
    assert row.paid_minor == 6000
    assert row.contractual_minor == (2000 if "Written" in header else 0)


def test_a_session_that_one_file_says_less_of_is_asked_about() -> None:
    session = own_map("""
[[tables.rows]]
kind = "charges"
once = true
charge_id = { made_of = ["client_id", "date"] }
client_id = { header = "Client", join = "client" }
date = "Day"
service = { value = "Session" }
clinician_id = { value = "$clinician" }
fee = "Fee"
status = { header = "Status", optional = true }
""")
    files = {
        "one.csv": "Client,Day,Fee,Status\nRobin Vale,2026-10-13,100.00,held\n",
        "two.csv": "Client,Day,Fee\nRobin Vale,2026-10-13,100.00\n",
    }
    for order in (files, dict(reversed(files.items()))):
        (problem,) = prepared(with_clients(), order, session, DR_A).problems
        assert (problem.code, problem.file) == ("line_says_otherwise", list(order)[1])


def test_an_empty_cell_of_an_exports_client_takes_nothing_away_whether_optional_or_not() -> None:
    by = own_map("""
[[tables.rows]]
kind = "clients"
client_id = { header = "Client", join = "client" }
name = "Client"
email = "Email"
address = { header = "Address", optional = true }
birth_date = { parts = ["Born"] }
""")
    world, header = World(), "Client,Email,Address,Born\n"
    loaded(world, {"p.csv": header + "Ana Ash,ana@example.test,3 Elm Row,1980-02-03\n"}, by)
    for line in ("Ana Ash,,,\n", "Ana Ash,,3 Elm Row,\n"):
        assert prepared(world, {"p.csv": header + line}, by).directory.updates == ()
    (client,) = world.people.client_rows.values()
    assert (client.email, client.address, client.birth_date) == (
        "ana@example.test",
        "3 Elm Row",
        "1980-02-03",
    )
