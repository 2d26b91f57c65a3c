"""Issue 17: one name is not always one person. What does not prove who is meant is asked about."""

from dataclasses import replace
from itertools import permutations

import pytest

from chalicelib.importing.domain.mapping.map_text import BadMap
from chalicelib.importing.domain.mapping.names import said_names
from chalicelib.importing.services.mapping import Said
from tests.unit.importing.exports import codes, loaded, own_map, prepared
from tests.unit.importing.test_every_week import EXPORT
from tests.unit.importing.test_mapping import DR_A
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


# --- a name that was a client's until it was changed here -------------------------------------------------
KIM = {
    "p.csv": "Client,Email\nKim Oak,other@example.test\n",
    "s.csv": "Patient,Day,Code,Fee\nKim Oak,2026-10-12,90834,70.00\n",
}
ADDED = replace(DR_A, add_clients=True)


def renamed_here() -> World:
    """Her id was made of her first name."""
    world = World()
    files = {"p.csv": "Client,Email\nKim Oak,kim@example.test\n"}
    loaded(world, files, EXPORT, DR_A)
    (client,) = world.people.client_rows.values()
    world.people.save_client("oak", replace(client, name="Kim Birch"), before=client)
    return world


@pytest.mark.parametrize("said", [DR_A, ADDED], ids=["", "--add-clients"])
@pytest.mark.parametrize(("files", "header"), [({"p.csv"}, "Client"), ({"s.csv"}, "Patient")])
def test_who_has_the_former_name_of_a_client_is_asked_about(files: set[str], header: str, said: Said) -> None:
    world = renamed_here()
    before = world.picture()
    (problem,) = prepared(world, {name: KIM[name] for name in files}, EXPORT, said).problems
    assert (problem.row, problem.column, problem.code) == (2, header, "name_formerly")
    (client,) = world.people.client_rows.values()
    assert client.external_id in str(problem.details["ids"])
    assert world.picture() == before


def test_the_former_name_is_another_persons_or_hers_as_the_names_say() -> None:
    world = renamed_here()
    (hers,) = world.people.client_rows.values()
    anothers = replace(DR_A, names=said_names([("Oak, Kim", "", "C9")]))
    loaded(world, KIM, EXPORT, anothers)
    emails = {client.external_id: client.email for client in world.people.client_rows.values()}
    assert emails == {hers.external_id: "kim@example.test", "C9": "other@example.test"}
    assert world.balance("C9") == 7000
    assert prepared(world, KIM, EXPORT, DR_A).empty
    world = renamed_here()
    ours = replace(DR_A, names=said_names([("Oak, Kim", "", hers.external_id)]))
    loaded(world, {"s.csv": KIM["s.csv"]}, EXPORT, ours)
    assert world.balance(hers.external_id) == 7000


def test_a_number_that_stands_where_a_name_may_says_whose_the_line_is() -> None:
    by_number = own_map("""
[[tables.rows]]
kind = "clients"
client_id = { header = "Chart", join = "client" }
name = "Client"
""")
    world = World()
    loaded(world, {"p.csv": "Chart,Client\n17,Kim Oak\n"}, by_number)
    assert prepared(world, {"p.csv": "Chart,Client\n17,Kim Oak\n"}, by_number).empty
    assert codes(world, {"p.csv": "Chart,Client\n17,Pat Ash\n"}, by_number) == ["name_formerly"]


# --- a client who is renamed in the old system, where a family shares one address ---------------------------

FAMILY_LIST = "Inés,Vale,fam@example.test,2015-04-05\nTomás,Vale,fam@example.test,2015-04-05\n"
NG = "Kim,{},kim@example.test,1970-12-12\n"
SHARED = Said(shared_emails=True)


def listing(*lines: str) -> dict[str, str]:
    return {"list.csv": HEADER + "".join(lines)}


def with_family() -> World:
    world = World()
    loaded(world, listing(FAMILY_LIST, NG.format("Ng")), "simplepractice", SHARED)
    return world


@pytest.mark.parametrize("said", [SHARED, Said()])
def test_a_client_of_another_name_with_the_same_address_and_birth_date_is_asked_about(said: Said) -> None:
    """They became a second client in silence, where a family's shared address was agreed to."""
    plan = prepared(with_family(), listing(NG.format("Ng-Park")), "simplepractice", said)
    assert [(p.row, p.column, p.code) for p in plan.problems] == [(2, "Legal first name", "name_changed")]


@pytest.mark.parametrize("id_", ["", "C9"])
def test_it_is_said_with_names_whether_that_is_the_client_renamed(id_: str) -> None:
    world = with_family()
    kim = next(c.external_id for c in world.people.client_rows.values() if c.name == "Kim Ng")
    said = replace(SHARED, names=said_names([("Kim Ng-Park", "", id_ or kim)]))
    loaded(world, listing(FAMILY_LIST, NG.format("Ng-Park")), "simplepractice", said)
    names = {c.external_id: c.name for c in world.people.client_rows.values()}
    assert (names[kim], names[id_ or kim]) == ("Kim Ng" if id_ else "Kim Ng-Park", "Kim Ng-Park")


def test_siblings_of_one_birth_date_and_address_are_no_question() -> None:
    world = with_family()
    third = "Olga,Vale,fam@example.test,2015-04-05\n"
    loaded(world, listing(FAMILY_LIST, third, NG.format("Ng")), "simplepractice", SHARED)
    assert len(world.people.client_rows) == 4
    stranger = "Zoe,Amari,kim@example.test,1970-12-12\n"
    loaded(world, listing(FAMILY_LIST, stranger), "simplepractice", SHARED)


@pytest.mark.parametrize("order", ["Robin Vale", "Vale, Robin", "VALE,  Robin"])
def test_the_answer_for_a_namesake_holds_in_either_order_of_the_name(order: str) -> None:
    world = with_robin(birth_date="1980-02-04")
    said = Said(names=said_names([(order, "1980-02-03", "C2")]))
    for name in ("Robin Vale", '"Vale, Robin"'):
        listed = {"people.csv": f"Who,Born\n{name},1980-02-03\n"}
        assert codes(world, listed, BORN) == ["name_born_otherwise"]
        assert codes(world, listed, BORN, said) == []


def test_the_answer_with_a_birth_date_holds_for_a_name_with_other_accents() -> None:
    world = with_robin(name="Hưng Vale")
    listed = {"people.csv": "Who,Born\nHùng Vale,1980-02-03\n"}
    assert codes(world, listed, BORN) == ["name_alike"]
    assert codes(world, listed, BORN, Said(names=said_names([("Hùng Vale", "1980-02-03", "C2")]))) == []


BORN = own_map("""
[[tables.rows]]
kind = "clients"
client_id = { header = "Who", join = "client" }
name = "Who"
birth_date = "Born"
""")


# --- a report that says the birth date beside each name -----------------------------------------------------

BY_BIRTH = own_map("""
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date", "amount"] }
client_id = { header = "Client", join = "client", born = "DOB" }
date = "Day"
amount = "Paid"
method = { value = "cash" }
""")
OF_ONE_NAME = "client_id,name,birth_date\nSR,Robin Vale,1950-02-03\nJR,Robin Vale,1980-02-13\nC3,Bo Lind,\n"


def paid_by(*lines: str) -> dict[str, str]:
    return {"p.csv": "Client,DOB,Day,Paid\n" + "".join(f"{line}\n" for line in lines)}


def with_two() -> World:
    world = World()
    world.load({"clients.csv": OF_ONE_NAME})
    return world


def test_two_clients_of_one_name_are_told_apart_by_the_reports_birth_dates() -> None:
    world = with_two()
    lines = "Robin Vale,2/13/1980,10/14/2026,25.00", "Robin Vale,2/3/1950,10/14/2026,40.00"
    loaded(world, paid_by(*lines, "Bo Lind,5/6/1990,10/14/2026,10.00"), BY_BIRTH)
    assert [world.balance(id_) for id_ in ("SR", "JR", "C3")] == [-4000, -2500, -1000]
    assert prepared(world, paid_by(*lines[::-1]), BY_BIRTH).empty


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Robin Vale,,10/14/2026,25.00", "name_of_two"),
        ("Robin Vale,2/13/1981,10/14/2026,25.00", "name_of_two"),
        ("Robin Vale,soon,10/14/2026,25.00", "date_unreadable"),
    ],
)
def test_a_name_of_two_is_asked_about_where_no_birth_date_tells_whose_it_is(line: str, code: str) -> None:
    order = "Bo Lind,2/13/1980,10/14/2026,1.00"
    assert code in codes(with_two(), paid_by(order, line), BY_BIRTH)


def test_a_name_with_another_birth_date_than_its_only_clients_is_a_namesakes() -> None:
    world, line = with_robin(birth_date="1980-02-13"), "Robin Vale,2/14/1980,10/14/2026,25.00"
    for said in (Said(), Said(add_clients=True)):
        assert codes(world, paid_by(line), BY_BIRTH, said) == ["name_born_otherwise"]
    told = Said(names=said_names([("Robin Vale", "1980-02-14", "C2")]))
    loaded(world, paid_by(line), BY_BIRTH, told)
    assert world.balance("C2") == -2500


OLDER, YOUNGER, UNSAID = (
    f"Robin Vale,{born},10/{day}/2026,{paid}.00"
    for born, day, paid in (("2/13/1980", 12, 25), ("4/5/2015", 13, 40), ("", 14, 7))
)
TWO_BORN = {("Robin Vale", "1980-02-13"): "C2", ("Robin Vale", "2015-04-05"): "C9"}


@pytest.mark.parametrize("lines", [*permutations((OLDER, YOUNGER, UNSAID)), (OLDER, YOUNGER)])
@pytest.mark.parametrize("added", [False, True])
def test_two_births_of_one_name_are_not_joined_to_a_client_without_one(
    lines: tuple[str, ...], added: bool
) -> None:
    order = "Bo Lind,2/13/1970,10/14/2026,1.00"
    world = World() if added else with_robin()
    world.load({"clients.csv": "client_id,name\nC3,Bo Lind\n"})
    assert "name_born_otherwise" in codes(world, paid_by(order, *lines), BY_BIRTH, Said(add_clients=added))


def test_the_births_of_one_name_are_answered_and_a_line_without_one_is_asked_about() -> None:
    world = with_robin()
    world.load({"clients.csv": "client_id,name\nC9,Robin Vale Jr\nC3,Bo Lind\n"})
    said = Said(names=said_names([(name, born, id_) for (name, born), id_ in TWO_BORN.items()]))
    order = "Bo Lind,2/13/1970,10/14/2026,1.00"
    for line in ("Robin Vale,,10/14/2026,7.00", '"Vale, Robin",,10/14/2026,7.00'):
        problems = prepared(world, paid_by(line, OLDER, YOUNGER, order), BY_BIRTH, said).problems
        assert ("name_of_two", "“C2”, “C9”") in [(p.code, p.details.get("ids")) for p in problems]
    loaded(world, paid_by(OLDER, YOUNGER), BY_BIRTH, said)
    assert [world.balance(id_) for id_ in ("C2", "C9")] == [-2500, -4000]
    once = replace(said, names={**said.names, **said_names([("Robin Vale", "", "C2")])})
    loaded(world, paid_by(UNSAID, OLDER, YOUNGER), BY_BIRTH, once)
    assert [world.balance(id_) for id_ in ("C2", "C9")] == [-3200, -4000]


def test_one_birth_and_lines_without_it_are_one_clients_who_is_added_with_it() -> None:
    world = World()
    for lines in ((UNSAID, OLDER), (UNSAID, OLDER, UNSAID.replace("10/14", "10/15"))):
        loaded(world, paid_by(*lines), BY_BIRTH, Said(add_clients=True))
    (client,) = world.people.client_rows.values()
    assert (client.birth_date, world.balance(client.external_id)) == ("1980-02-13", -3900)
    assert codes(world, paid_by(OLDER, YOUNGER), BY_BIRTH) == ["name_born_otherwise"]


def test_a_client_who_is_added_has_the_reports_birth_date() -> None:
    world = World()
    plan = loaded(world, paid_by("Robin Vale,2/14/1980,10/14/2026,25.00"), BY_BIRTH, Said(add_clients=True))
    assert [client.birth_date for client in plan.directory.new] == ["1980-02-14"]


def test_only_a_client_has_a_birth_date_in_a_map() -> None:
    value = '{ header = "Who", join = "clinician", born = "DOB" }'
    with pytest.raises(BadMap) as bad:
        own_map(f'[[tables.rows]]\nkind = "charges"\nclinician_id = {value}')
    assert "map_born" in [problem.code for problem in bad.value.problems]
