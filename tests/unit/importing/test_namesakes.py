"""Issue 17: one name is not always one person. What does not prove who is meant is asked about."""

from dataclasses import replace

import pytest

from chalicelib.importing.domain.mapping.names import said_names
from chalicelib.importing.services.mapping import Said
from tests.unit.importing.exports import codes, loaded, own_map, prepared
from tests.unit.importing.world import World

HEADER = "Legal first name,Legal last name,Email,Date of birth\n"
THEIRS = {"list.csv": HEADER + "Robin,Vale,other.robin@example.test,1980-02-03\n"}
FAMILY = own_map("""
[[tables.rows]]
kind = "clients"
client_id = { header = "Child", join = "client" }
name = "Child"
guarantor_name = "Parent"
guarantor_email = "Parent email"
""")


def with_robin(**values: str) -> World:
    world, columns = (
        World(),
        {"client_id": "C2", "name": "Robin Vale", "email": "robin@example.test"} | values,
    )
    world.load({"clients.csv": ",".join(columns) + "\n" + ",".join(columns.values()) + "\n"})
    return world


@pytest.mark.parametrize("born", ["", "1980-02-04"])
def test_a_namesake_with_another_address_is_asked_about_and_reads_nobodys_bills(born: str) -> None:
    world = with_robin(birth_date=born)
    before = world.picture()
    (problem,) = prepared(world, THEIRS, "simplepractice").problems
    expected = ("Date of birth", "name_born_otherwise") if born else ("Email", "name_emailed_otherwise")
    assert (problem.row, problem.column, problem.code) == (2, *expected)
    assert world.picture() == before


@pytest.mark.parametrize("id_", ["C2", "C9"])
def test_it_is_said_with_names_whether_it_is_the_same_client(id_: str) -> None:
    world, said = with_robin(), Said(names=said_names([("Vale, Robin", "", id_)]))
    loaded(world, THEIRS, "simplepractice", said)
    emails = {client.external_id: client.email for client in world.people.client_rows.values()}
    assert emails == {"C2": "robin@example.test"} | {id_: "other.robin@example.test"}


@pytest.mark.parametrize(
    "known", [{"birth_date": "1980-02-03"}, {"email": "other.robin@example.test"}, {"email": ""}]
)
def test_one_birth_date_or_one_address_says_that_it_is_the_same_client(known: dict[str, str]) -> None:
    world = with_robin(**known)
    (update,) = loaded(world, THEIRS, "simplepractice").directory.updates
    assert (update.after.external_id, update.after.email) == ("C2", "other.robin@example.test")


def test_two_of_one_list_with_two_addresses_are_asked_about() -> None:
    lines = "Robin,Vale,robin@example.test,\nRobin,Vale,other.robin@example.test,\n"
    assert codes(World(), {"list.csv": HEADER + lines}, "simplepractice") == ["name_emailed_otherwise"]


def test_an_address_that_was_changed_here_makes_nobody_of_the_list_another() -> None:
    """The list goes on with what it gave before; another still is asked about."""
    world = World()
    loaded(world, {"list.csv": HEADER + "Robin,Vale,robin@example.test,\n"}, "simplepractice")
    (client,) = world.people.client_rows.values()
    world.people.save_client("oak", replace(client, email="new@example.test"), before=client)
    again = {"list.csv": HEADER + "Robin,Vale,Robin@example.test,\n"}
    assert codes(world, again, "simplepractice") == []
    assert codes(world, THEIRS, "simplepractice") == ["name_emailed_otherwise"]


def test_another_payers_address_for_a_child_of_one_name_is_asked_about() -> None:
    """Whoever pays reads the child's bills."""
    world, header = World(), "Child,Parent,Parent email\n"
    files = {"children.csv": header + "Kid Ash,Pat Ash,pat@example.test\n"}
    loaded(world, files, FAMILY)
    assert codes(world, files, FAMILY) == []
    files["children.csv"] = header + "Kid Ash,Max Ash,max@example.test\n"
    (problem,) = prepared(world, files, FAMILY).problems
    assert (problem.column, problem.code) == ("Parent email", "name_emailed_otherwise")
