"""Issue 8, number 5, over the command line: an id that was used is the same command again, or an error."""

import pytest

from tests.unit.cli.world import World

P = ("--practice", "oak")
INSURED = """\
charge_id,client_id,date,service,clinician_id,fee,insurance_expected
A2,C1,2026-10-02,Talk,dr-a,100,60
"""


@pytest.fixture
def books(world: World) -> World:
    world.with_books()
    world.run("import", *P, world.file("charges-insured.csv", INSURED))
    world.run("post", "check", *P, "--client", "C1", "--amount", "10", "--id", "K1")
    return world


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (["post", "cash", "--client", "C1", "--amount", "20"], ["--amount", "20.00"]),
        (["post", "check", "--client", "C1", "--amount", "20.00"], ["--amount", "20,00"]),
        (["post", "cash", "--client", "C1", "--amount", "1", "--charges", "A1 A2"], ["--charges", "A2  A1"]),
        (["post", "adjustment", "--charge", "A1", "--amount", "20"], ["--amount", "20.00"]),
        (["post", "write-off", "--charge", "A1", "--amount", "20"], ["--amount", "20.00"]),
        (["post", "insurance-payment", "--charge", "A2", "--paid", "20"], ["--paid", "20.00"]),
        (["post", "insurance-payment", "--charge", "A2", "--paid", "20"], ["--above-expected", "yes"]),
        (["refund", "--payment", "K1", "--amount", "4"], ["--amount", "4.00"]),
    ],
)
def test_the_same_command_in_other_letters_posts_once(
    books: World, first: list[str], again: list[str]
) -> None:
    """Without an id of its own: what counts is what was understood."""
    assert books.run(*first, *P, "--json").events[-1]["posted"] == 1
    before = books.balance("C1")
    second = books.run(*first, *again, *P, "--json")
    assert (second.status, second.events[-1]["posted"], books.balance("C1")) == (0, 0, before)


@pytest.mark.parametrize("other", [["--charges", "A2"], ["--notes", "for June"], ["--charges", ""]])
def test_a_payments_id_with_other_charges_or_notes_is_refused(books: World, other: list[str]) -> None:
    command = ["post", "cash", *P, "--client", "C1", "--amount", "5", "--id", "X1", "--charges", "A1"]
    assert books.run(*command).status == 0
    assert books.run(*command, "--json").events[-1]["posted"] == 0
    before = books.balance("C1")
    refused = books.run(*command, *other)
    assert (refused.status, books.balance("C1")) == (1, before)
    assert "--id: This id belongs to something else already." in refused.out
