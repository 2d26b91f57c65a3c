"""Issue 17: names that are nearly one, and tables that say whose a name is."""

from collections.abc import Iterable
from difflib import get_close_matches
from random import Random

import pytest

from chalicelib.importing.domain.mapping import names
from chalicelib.importing.domain.mapping.folding import folded_name
from chalicelib.importing.domain.mapping.names import KnownClient, Names
from chalicelib.importing.domain.tables.table import Unreadable
from chalicelib.importing.services.importer import Source
from chalicelib.importing.services.mapping import Said
from chalicelib.importing.services.requests import named_pairs
from tests.unit.importing.exports import codes, loaded, prepared
from tests.unit.importing.world import World

ADDED = Said(add_clients=True)


def known_as(name: str) -> World:
    world = World()
    world.load({"clients.csv": f"client_id,name\nC1,{name}\n"})
    return world


def payment(name: str) -> dict[str, str]:
    return {"p.csv": f'Date,Type,Amount,Client\n10/14/2026,Check,$40.00,"{name}"\n'}


@pytest.mark.parametrize(
    "name",
    ["Robin Vale, Jr.", "Robin Vale, PhD", "Robin Vale, Ph.D.", "Vale, Robin, Jr.", "Vale Robin",
     "Dr. Robin Vale", "Vale, Mr. Robin"],
)  # fmt: skip
def test_titles_and_another_order_make_no_new_client_unasked(name: str) -> None:
    assert codes(known_as("Robin Vale"), payment(name), "simplepractice", ADDED) == ["name_alike"]
    assert codes(known_as(f'"{name}"'), payment("Robin Vale"), "simplepractice", ADDED) == ["name_alike"]
    assert codes(known_as("Robin Vale"), payment("Kim Ash"), "simplepractice", ADDED) == []


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Vale, Robin, Jr.", "Robin Vale Jr."), ("Robin Vale, Jr.", "Robin Vale Jr."),
        ("Vale, Jr., Robin", "Robin Vale Jr."), ("Vale Jr., Robin", "Robin Vale Jr."),
        ("Vale, Robin, Ph.D.", "Robin Vale Ph.D."), ("Vale, Robin, MD", "Robin Vale MD"),
        ("Nguyen, Do", "Do Nguyen"), ("Vale, Robin, Ash", "Vale, Robin, Ash"), ("Vale,", "Vale,"),
    ],
)  # fmt: skip
def test_a_suffix_stays_behind_the_name_of_a_client_who_is_added(name: str, called: str) -> None:
    world = known_as("Kim Ash")
    plan = loaded(world, payment(name), "simplepractice", ADDED)
    assert [client.name for client in plan.directory.new] == [called]
    assert prepared(world, payment(name), "simplepractice").empty
    if called == "Robin Vale Jr.":
        assert prepared(world, payment("Robin Vale Jr."), "simplepractice").empty
        assert codes(world, payment("Robin Vale"), "simplepractice", ADDED) == ["name_alike"]


@pytest.mark.parametrize(
    ("known", "other"),
    [("Nguyễn Văn Hưng", "Nguyễn Văn Hùng"), ("たかた あい", "たかだ あい"), ("Иван Бабий", "Иван Бабии")],
)
def test_letters_that_only_look_accented_are_asked_about(known: str, other: str) -> None:
    assert codes(known_as(known), payment(other), "simplepractice", ADDED) == ["name_alike"]
    assert codes(known_as(known), payment(known), "simplepractice") == []


@pytest.mark.parametrize(
    ("known", "other"),
    [("Åse Lund", "Ase Lund"), ("Jose Nunez", "NÚÑEZ, JOSÉ"), ("Nguyễn Văn Hưng", "NGUYỄN  văn Hưng")],
)
def test_accents_that_one_of_two_leaves_out_are_no_matter(known: str, other: str) -> None:
    assert codes(known_as(known), payment(other), "simplepractice") == []


def test_a_name_that_is_given_to_two_clients_is_refused() -> None:
    table = "name,client_id\nRobin Vale,C1\nRobin Vale,C1\n"
    assert len(named_pairs(Source("names.csv", table.encode()))) == 2
    for again in ('"Vale, Robin"', "robin  VALE"):
        with pytest.raises(Unreadable) as refused:
            named_pairs(Source("names.csv", f"{table}{again},C2\n".encode()))
        assert (refused.value.code, refused.value.row) == ("name_said_twice", 4)
    born = "name,birth_date,client_id\nRobin Vale,1980-02-03,C1\nRobin Vale,2015-04-05,C2\n"
    assert len(named_pairs(Source("names.csv", born.encode()))) == 2


def test_a_name_that_nobody_has_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet may have it on thousands of lines."""
    looked = list[str]()

    def counted(word: str, possibilities: Iterable[str], *, n: int, cutoff: float) -> list[str]:
        looked.append(word)
        return get_close_matches(word, possibilities, n=n, cutoff=cutoff)

    monkeypatch.setattr(names, "get_close_matches", counted)
    found = Names()
    found.add(KnownClient("C1", ("Robin Vale",)))
    assert [found.alike("Kim Ash") for _ in range(3)] == ["", "", ""]
    assert looked == [folded_name("Kim Ash")]
    found.add(KnownClient("C2", ("Kim Ashe",)))
    assert found.alike("Kim Ash") == "C2"


def test_of_many_names_few_are_compared_and_the_nearest_is_found_as_among_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance, compared = Random(1), list[str]()
    parts = ["ana", "bo", "carla", "doro", "emil", "finn", "gerda", "hugo", "ines", "jules", "kim", "lotte"]
    many = [" ".join(chance.sample(parts, 3)) for _ in range(300)]
    known = Names()
    for number, name in enumerate(many):
        known.add(KnownClient(f"C{number}", (name,)))

    def counted(word: str, possibilities: list[str], n: int, cutoff: float) -> list[str]:
        compared.extend(possibilities)
        return get_close_matches(word, possibilities, n, cutoff)

    monkeypatch.setattr(names, "get_close_matches", counted)
    changed = [name[:at] + chance.choice("xyz") + name[at + chance.choice((0, 1, 2)) :]
               for name in many for at in (chance.randrange(len(name)),)]  # fmt: skip
    for name in changed:
        near = get_close_matches(name, known._named, n=1, cutoff=names._ALIKE)
        assert known._near(name) == (min(known._named[near[0]]) if near else "")
    found = [name for name in changed if known._near(name)]
    assert 100 < len(found) < len(changed)
    assert len(compared) < len(changed) * len(many) / 5


def test_a_name_at_the_very_limit_is_compared() -> None:
    known = Names()
    known.add(KnownClient("C1", ("abcdefghijkl",)))
    assert known.alike("abcdefghijkxz") == "C1", "22 of 25 letters are the same"
