"""`billfold entries`, `post reverse` and `post transfer-credit`: what they do, print, and end with."""

import json

import pytest

from tests.unit.cli.world import CLIENTS, PRACTICE, World

P = ("--practice", "oak")


@pytest.fixture
def paid(world: World) -> World:
    """Ana owes 150.00 and has paid 200.00 by check; Bo owes 90.00."""
    world.with_books()
    command = ("post", "check", *P, "--client", "C1", "--amount", "200", "--date", "2026-11-02", "--id", "K1")
    assert world.run(*command).status == 0
    return world


def reverse(*more: str, client: str = "C1", entry: str = "2") -> list[str]:
    return ["post", "reverse", *P, "--client", client, "--entry", entry, *more]


def transfer(*more: str, amount: str = "20.00", source: str = "C1", target: str = "C2") -> list[str]:
    return ["post", "transfer-credit", *P, "--from", source, "--to", target, "--amount", amount, *more]


def test_entries_are_listed_with_the_numbers_that_name_them(paid: World) -> None:
    shown = paid.run("entries", *P, "--client", "C1")
    assert shown.out.splitlines() == [
        "     1  2026-10-01  charge                        150.00       150.00  A1",
        "     2  2026-11-02  payment                      -200.00       -50.00  K1",
    ]
    [first, second] = paid.run("entries", *P, "--client", "C1", "--json").events
    assert (first["entry"], second["balance_minor"], second["reverses"]) == (1, -5000, None)
    assert paid.run("entries", *P, "--client", "C9").status == 1


def test_a_reversal_is_posted_once(paid: World) -> None:
    tried = paid.run(*reverse("--dry-run"))
    assert tried.out == "Dry run: entry 2 (K1) would be undone. Nothing was written.\n"
    assert (tried.status, paid.balance("C1")) == (0, -5000)
    done = paid.run(*reverse())
    assert done.out == "Entry 2 is undone by entry 3. The balance of this client is now 150.00 USD.\n"
    again = paid.run(*reverse("--json")).events[-1]
    assert (again["event"], again["posted"], again["entry"]) == ("done", 0, 3)
    assert paid.run(*reverse()).out == "Entry 2 is undone already, by entry 3.\n"
    assert paid.run(*reverse("--dry-run")).out == "Entry 2 is undone already, by entry 3.\n"
    assert paid.balance("C1") == 15000
    assert paid.run("verify", *P).status == 0


def test_credit_moves_once(paid: World) -> None:
    tried = paid.run(*transfer("--dry-run"))
    assert (tried.status, paid.balance("C1"), paid.balance("C2")) == (0, -5000, 9000)
    assert tried.out == "Dry run: 20.00 USD would move. Nothing was written.\n"
    done = paid.run(*transfer())
    assert done.out == "Moved 20.00 USD. The balance of C1 is now -30.00 USD, of C2 70.00 USD.\n"
    again = paid.run(*transfer("--json")).events[-1]
    assert (again["posted"], paid.balance("C1"), paid.balance("C2")) == (0, -3000, 7000)
    assert paid.run(*transfer("--id", "T2", "--date", "2026-11-03")).status == 0
    assert (paid.balance("C1"), paid.balance("C2")) == (-1000, 5000)
    assert paid.run("verify", *P).status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reverse", "--client", "C1", "--entry", "1"], "Something posted later rests on this entry: "),
        (["reverse", "--client", "C1", "--entry", "3"], "There is no such entry in this account."),
        (["reverse", "--client", "C9", "--entry", "1"], "account"),
        (["reverse", "--client", "C1", "--entry", "1", "--date", "tomorrow"], "“tomorrow”"),
        (["transfer-credit", "--from", "C1", "--to", "C2", "--amount", "50.01"], "(50.00)"),
        (["transfer-credit", "--from", "C1", "--to", "C1", "--amount", "1.00"], "two different accounts"),
        (["transfer-credit", "--from", "C1", "--to", "C2", "--amount", "1,250"], "“1,250” could be two"),
        (["transfer-credit", "--from", "C1", "--to", "C2", "--amount", "0"], "“0”"),
        (["transfer-credit", "--from", "C1", "--to", "C2", "--amount", "1.00", "--id", " x"], "“ x”"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    paid: World, arguments: list[str], said: str
) -> None:
    for dry in ([], ["--dry-run"]):
        result = paid.run("post", *arguments, *P, *dry)
        assert result.status == 1
        assert said in result.out + result.err
    assert (paid.balance("C1"), paid.balance("C2")) == (-5000, 9000)


def test_what_is_left_is_told_in_the_currency_of_the_practice(world: World) -> None:
    yen = world.file("practice.json", json.dumps({**PRACTICE, "currency": "JPY", "limit": "500000"}))
    assert world.run("practice", "create", "--file", yen).status == 0
    assert world.run("import", *P, world.file("clients.csv", CLIENTS)).status == 0
    assert world.run("post", "check", *P, "--client", "C1", "--amount", "6000", "--id", "K1").status == 0
    assert "(6000)" in world.run("post", *transfer(amount="7000")[1:]).err


@pytest.mark.parametrize("entry", ["0", "-1", "x", "1.5"])
def test_an_entry_is_named_by_a_number(paid: World, entry: str) -> None:
    assert paid.run(*reverse(entry=entry)).status in (1, 2)
    assert paid.balance("C1") == -5000
