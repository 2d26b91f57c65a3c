"""Issue 17: an empty cell, or a column that is not there, is refused at its place, whatever reads it."""

import pytest

from tests.unit.importing.exports import own_map, prepared, with_clients
from tests.unit.importing.test_mapping import DR_A

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
