"""`billfold rebuild`: the rows of an account whose entries are sound, put as the entries have them.

Issue 12, number 4: "a way home for a wrong stored balance".
"""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from chalicelib.documents.domain.estimates import drafted
from chalicelib.ledger.services.posting import ChargeFacts, own_id
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item
from sandbox.config import REGION
from tests.support.clock import FakeClock
from tests.support.estimates import put_estimate
from tests.unit.cli.world import Result, World
from tests.unit.documents.test_estimates import AT, MAYA, WILLOW, WISH

ON = "2026-10-02"
NOTE = ("--note", "balance edited by hand, JR")


def table() -> Any:
    return boto3.session.Session().resource("dynamodb", region_name=REGION).Table(Item.Meta.table_name)


@pytest.fixture
def books(world: World) -> World:
    """C1 owes 150.00, has paid 40.00 in cash; an anchor of last night."""
    world.with_books()
    paid = ("post", "cash", "--practice", "oak", "--client", "C1", "--amount", "40.00", "--id", "P-1")
    assert world.run(*paid, "--date", ON).status == 0
    night(world)
    return world


def night(world: World) -> None:
    assert isinstance(world.app.clock, FakeClock)
    world.app.clock.advance(days=1)
    assert world.app.nightly.run()["ended"] == 1


def place(world: World, sk: str) -> dict[str, str]:
    return {"pk": keys.account(world.ref("C1")), "sk": sk}


def marker(key: str) -> dict[str, str]:
    return {"pk": keys.marker("oak", key), "sk": "MOV"}


def rows(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """Everything but alerts and rounds, and how often it was written."""
    found = table().scan()["Items"]
    return {
        (row["pk"], row["sk"]): {name: value for name, value in row.items() if name != "version"}
        for row in found
        if row["kind"] not in ("alert", "round")
    }


def edit(key: dict[str, str], **changes: object) -> None:
    row = table().get_item(Key=key)["Item"]
    table().put_item(Item={**row, **changes})


def edit_body(key: dict[str, str], change: Callable[[Any], object]) -> None:
    held = json.loads(table().get_item(Key=key)["Item"]["body"])
    change(held)
    edit(key, body=json.dumps(held))


def drop(key: dict[str, str]) -> None:
    table().delete_item(Key=key)


def rebuild(world: World, *more: str) -> Result:
    return world.run("rebuild", "--practice", "oak", "--client", "C1", *more)


def ok(world: World) -> bool:
    return world.run("verify", "--practice", "oak").status == 0


def test_a_wrong_balance_is_shown_asked_about_and_put_right(books: World) -> None:
    before = rows(books)
    edit(place(books, "ACCT"), balance=999_999)
    night(books)
    assert [a.cause.facts["code"] for a in books.app.alerting.listed("oak")] == ["balance_differs"]
    shown = rebuild(books, "--dry-run")
    assert shown.status == 0
    assert "balance_minor 999999 → 11000" in shown.out
    assert shown.out.endswith("Dry run: nothing was written.\n")
    assert rebuild(books).status == 1  # who, and why?
    asked = rebuild(books, *NOTE)
    assert (asked.status, "nothing was written" in asked.err) == (1, True)
    assert rows(books) != before
    done = rebuild(books, *NOTE, "--yes")
    assert (done.status, "Rebuilt" in done.out) == (0, True)
    assert rows(books) == before
    assert ok(books)
    assert books.app.alerting.listed("oak") == []
    again = rebuild(books, *NOTE, "--yes")
    assert (again.status, "nothing to rebuild" in again.err) == (1, True)


def test_who_did_it_is_kept_whether_or_not_anybody_was_called(books: World) -> None:
    edit(place(books, "ACCT"), balance=999_999)
    assert rebuild(books, *NOTE, "--yes").status == 0
    (alert,) = books.app.alerting.listed("oak", closed=True)
    assert alert.cause.facts["code"] == "balance_differs"
    assert alert.note.startswith("rebuilt: by cli: balance edited by hand, JR (account: balance_minor 999999")
    edit(place(books, "ACCT"), balance=999_999)  # the very same, on the same day
    night(books)
    (again,) = books.app.alerting.listed("oak")
    assert again.cause.subject.startswith(f"{alert.cause.subject} again ")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "status"), [("yes\n", 0), ("no\n", 1), ("", 1)])
def test_at_a_terminal_it_asks(
    books: World, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    edit(place(books, "ACCT"), balance=999_999)
    monkeypatch.setattr("tests.unit.cli.world.io", SimpleNamespace(StringIO=Terminal))
    asked = books.run("rebuild", "--practice", "oak", "--client", "C1", *NOTE, stdin=answer)
    assert (asked.status, "Write this?" in asked.err) == (status, True)
    assert ok(books) is (status == 0)


def test_a_payment_in_between_is_not_lost(books: World, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(place(books, "ACCT"), balance=999_999)
    ledgers = books.app.ledgers
    write = ledgers.repair

    def late(*asked: Any) -> None:
        posting = books.app.posting("cli")
        posting.external_payment(books.ref("C1"), "P-2", 3000, method="cash", on=ON)
        write(*asked)

    monkeypatch.setattr(ledgers, "repair", late)
    result = rebuild(books, *NOTE, "--yes")
    assert (result.status, "Somebody wrote to this account" in result.err) == (1, True)
    assert books.balance("C1") == 8000
    assert ok(books)


DAMAGE: list[Callable[[World], None]] = [
    lambda books: drop(place(books, "ACCT")),
    lambda books: edit(place(books, "ACCT"), open="[["),
    lambda books: edit(place(books, "ACCT"), currency="EUR"),
    lambda books: edit(place(books, "ACCT"), credit=700),
    lambda books: drop({"pk": keys.accounts("oak"), "sk": books.account_of("C1")}),
    lambda books: drop({"pk": "P#oak#CLIENT", "sk": "LOOKUP#C1"}),
    lambda books: edit({"pk": "P#oak#CLIENT", "sk": "LOOKUP#C1"}, target=books.account_of("C2")),
    lambda books: drop(marker("import#payment#P-1")),
    lambda books: table().update_item(Key=marker("import#charge#A1"), UpdateExpression="REMOVE entry_seq"),
    lambda books: edit(marker("import#charge#A1"), account_id=books.account_of("C2")),
    lambda books: drop(place(books, f"CH#{own_id('oak', 'charge', 'A1')}")),
    lambda books: edit(place(books, f"CH#{own_id('oak', 'charge', 'A1')}"), body="{}"),
    lambda books: edit_body(
        place(books, f"PAY#{own_id('oak', 'payment', 'P-1')}"),
        lambda held: held["shares"].__setitem__(0, ["other", held["shares"][0][1]]),
    ),
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_every_row_that_entries_tell_is_as_it_was(books: World, damage: Callable[[World], None]) -> None:
    """But for a marker's fingerprint of the command, which no entry has."""
    before = rows(books)
    damage(books)
    assert not ok(books)
    result = books.run("rebuild", "--practice", "oak", "--account", account(before), *NOTE, "--yes")
    assert result.status == 0, result.err
    after = rows(books)
    for key in (("P#oak#MOV#import#payment#P-1", "MOV"), ("P#oak#MOV#import#charge#A1", "MOV")):
        for found in (before, after):
            found[key].pop("command", None)
    assert after == before
    assert ok(books)


def account(found: dict[tuple[str, str], dict[str, Any]]) -> str:
    """C1's account, though the row that finds it may be gone."""
    return str(found["P#oak#CLIENT", "LOOKUP#C1"]["target"])


def test_what_a_rebuilt_marker_stands_for_is_not_posted_again(books: World) -> None:
    drop(marker("import#payment#P-1"))
    assert rebuild(books, *NOTE, "--yes").status == 0
    paid = ("post", "cash", "--practice", "oak", "--client", "C1", "--amount", "40.00", "--id", "P-1")
    refused = books.run(*paid, "--date", ON)
    assert (refused.status, books.balance("C1")) == (1, 11000)


def test_a_hundred_markers_and_more_are_written_in_parts(books: World) -> None:
    posting, ref = books.app.posting("cli"), books.ref("C1")
    for n in range(100):
        posting.charge(ref, ChargeFacts(f"M-{n}", ON, "Talk", "dr-a", 100, 0))
        drop(marker(f"import#charge#M-{n}"))
    result = rebuild(books, *NOTE, "--yes")
    assert result.status == 0, result.err
    assert ok(books)


def test_what_hides_an_account_stays(books: World) -> None:
    books.app.posting("import").hold(books.ref("C1"), "import-9")
    edit(place(books, "ACCT"), open="[[")
    assert rebuild(books, *NOTE, "--yes").status == 0
    found = books.app.ledgers.account(books.ref("C1"))
    assert found is not None
    assert found.hold == "import-9"


def test_14_how_many_good_faith_estimates_it_has_stays(books: World) -> None:
    """By that bills know that there are some to look for."""
    made = drafted(WILLOW, MAYA, WISH, **AT)
    put_estimate(books.app.estimates, books.app.ledgers, "oak", made, books.ref("C1").account)
    edit(place(books, "ACCT"), open="[[")
    assert rebuild(books, *NOTE, "--yes").status == 0
    found = books.app.ledgers.account(books.ref("C1"))
    assert found is not None
    assert found.estimates == 1


def test_an_account_that_may_have_been_hidden_waits_for_the_import(books: World) -> None:
    ref = books.ref("C1")
    drop(place(books, "ACCT"))
    books.app.register.begin("oak", "import-9", actor="import", rows=1, accounts=1, files=())
    result = books.run("rebuild", "--practice", "oak", "--account", ref.account, *NOTE, "--yes")
    assert (result.status, "import" in result.err) == (1, True)


def written_by_somebody_else(held: Any) -> None:
    held[5] = "mallory"


BROKEN: list[tuple[Callable[[World], None], str]] = [
    (lambda books: edit_body(place(books, keys.entry(1)), written_by_somebody_else), "entry 1"),
    (lambda books: edit(place(books, keys.entry(2)), body="[]"), "entry 2"),
    (lambda books: drop(place(books, keys.entry(1))), "entry 1"),
    (lambda books: drop(place(books, keys.entry(2))), "entry 2"),
    (lambda books: edit(place(books, "ACCT"), head="f" * 64, seq=3), "entry 3"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "item"), BROKEN)
def test_nothing_is_rebuilt_from_entries_that_are_damaged_or_not_all_there(
    books: World, damage: Callable[[World], None], item: str
) -> None:
    damage(books)
    edit(place(books, "ACCT"), balance=999_999)
    before = rows(books)
    result = rebuild(books, *NOTE, "--yes")
    assert (result.status, f"({item})" in result.err) == (1, True), result.err
    assert rows(books) == before


def test_an_account_without_its_row_and_its_last_entry_is_not_rebuilt_from_the_rest(books: World) -> None:
    """The last was posted after the anchor: its payment's row alone names it."""
    books.app.posting("cli").external_payment(books.ref("C1"), "P-2", 3000, method="cash", on=ON)
    for sk in ("ACCT", keys.entry(3)):
        drop(place(books, sk))
    result = rebuild(books, *NOTE, "--yes")
    assert (result.status, "(entry 3)" in result.err) == (1, True)


def test_an_entry_that_nothing_vouches_for_is_not_taken_for_sound(books: World) -> None:
    """The account's row is gone, the anchor is of before it, and it has no marker."""
    books.app.posting("cli").external_payment(books.ref("C1"), "P-2", 3000, method="cash", on=ON)
    drop(place(books, "ACCT"))
    dry = rebuild(books, "--dry-run")
    assert dry.status == 0
    drop(marker("import#payment#P-2"))
    result = rebuild(books, *NOTE, "--yes")
    assert (result.status, "(entry 3)" in result.err) == (1, True)


def test_an_account_of_the_index_alone_is_made_empty(books: World) -> None:
    table().put_item(Item={"pk": keys.accounts("oak"), "sk": "A5", "kind": "account-index"})
    result = books.run("rebuild", "--practice", "oak", "--account", "A5", *NOTE, "--yes")
    assert (result.status, ok(books)) == (0, True)
    nobody = books.run("rebuild", "--practice", "oak", "--account", "A6", *NOTE, "--yes")
    assert (nobody.status, "no such account" in nobody.err) == (1, True)


def test_what_entries_cannot_tell_is_named_and_left(books: World) -> None:
    paid = own_id("oak", "payment", "P-1")
    drop(place(books, f"PAY#{paid}"))
    alone = rebuild(books, *NOTE, "--yes")
    assert (alone.status, f"payment_missing payment {paid}" in alone.err) == (1, True)
    edit(place(books, "ACCT"), balance=999_999)
    both = rebuild(books, *NOTE, "--yes")
    assert (both.status, f"payment {paid}: payment_missing cannot be rebuilt" in both.out) == (4, True)
    assert [f.code for f in books.app.verifying.verify("oak").findings] == ["payment_missing"]


def test_a_row_of_a_later_version_is_not_written_over(books: World) -> None:
    charge = place(books, f"CH#{own_id('oak', 'charge', 'A1')}")
    edit(charge, v=2)
    edit(place(books, "ACCT"), balance=999_999)
    assert rebuild(books, *NOTE, "--yes").status == 4
    assert table().get_item(Key=charge)["Item"]["v"] == 2
    edit(place(books, "ACCT"), v=2)
    result = rebuild(books, *NOTE, "--yes")
    assert (result.status, "account (version 2)" in result.err) == (1, True)


def test_the_same_posted_to_two_accounts_is_not_hidden_by_giving_one_the_marker(books: World) -> None:
    ref = books.ref("C2")
    drop(marker("import#payment#P-1"))
    books.app.posting("cli").external_payment(ref, "P-1", 4000, method="cash", on=ON)
    result = rebuild(books, *NOTE, "--yes")
    assert (result.status, "marker_differs entry 2" in result.err) == (1, True)


@pytest.mark.parametrize("wrong", [("--client", "C1", "--account", "x"), ()])
def test_one_account_is_named(books: World, wrong: tuple[str, ...]) -> None:
    assert books.run("rebuild", "--practice", "oak", *wrong, *NOTE).status == 2


def test_for_programs_every_change_is_an_object(books: World) -> None:
    edit(place(books, "ACCT"), balance=999_999)
    events = rebuild(books, "--dry-run", "--json").events
    assert [event["event"] for event in events] == ["finding", "change", "dry_run"]
    assert (events[1]["before"], events[1]["after"]) == ("999999", "11000")
