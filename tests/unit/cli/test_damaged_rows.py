"""A row of the ledger that somebody edited until it is none: named, and no other account goes unchecked."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import ChargeFacts, own_id
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item
from chalicelib.practice.domain.practices import Client
from sandbox.config import REGION
from tests.support.anchors import anchored_heads
from tests.support.practice import PRACTICE
from tests.unit.cli.world import World

ON, KIND, POSTINGS, AMOUNT = "2026-10-02", 2, 9, 2
Change = Callable[[Any], object]


@pytest.fixture
def books(world: World) -> World:
    """Two clients, each with a charge and a payment."""
    app, posting = world.app, world.app.posting("cli")
    app.practices.save_practice(replace(PRACTICE, id="oak"))
    for client in ("C1", "C2"):
        app.people.save_client("oak", Client(client, client, "Ana", "", "en"))
        posting.open_account(AccountRef("oak", client), "USD", external_id=client)
        posting.charge(AccountRef("oak", client), ChargeFacts(f"{client}-1", ON, "Talk", "ada", 9000, 0))
        posting.external_payment(AccountRef("oak", client), f"{client}-p", 4000, method="cash", on=ON)
    return world


def edit(sk: str, change: Change, *, attribute: str = "body") -> None:
    """Somebody edits a row of the first account."""
    client = boto3.session.Session().client("dynamodb", region_name=REGION)
    table, key = Item.Meta.table_name, {"pk": {"S": keys.account(AccountRef("oak", "C1"))}, "sk": {"S": sk}}
    row = client.get_item(TableName=table, Key=key)["Item"]
    held = json.loads(row[attribute]["S"])
    change(held)
    row[attribute]["S"] = json.dumps(held)
    client.put_item(TableName=table, Item=row)


DAMAGE: list[tuple[str, Change]] = [
    ("one side's amount", lambda fields: fields[POSTINGS][0].__setitem__(AMOUNT, 1)),
    ("below nil", lambda fields: fields[POSTINGS][0].__setitem__(AMOUNT, -9000)),
    ("no book", lambda fields: fields[POSTINGS][0].__setitem__(0, None)),
    ("a field gone", lambda fields: fields.pop()),
    ("an unknown kind", lambda fields: fields.__setitem__(KIND, "gift")),
]


@pytest.mark.parametrize("change", [change for _, change in DAMAGE], ids=[name for name, _ in DAMAGE])
def test_an_entry_that_is_none_any_more_is_named_and_the_rest_is_checked(
    books: World, change: Change
) -> None:
    edit(keys.entry(1), change)
    result = books.run("verify", "--practice", "oak", "--json")
    found = [(event["account_id"], event["item"]) for event in result.events if event["event"] == "finding"]
    assert (result.status, found, result.events[-1]["accounts"]) == (1, [("C1", "entry 1")], 1)


def test_the_nightly_check_calls_a_person_and_goes_on_to_the_anchors(books: World) -> None:
    edit(keys.entry(1), DAMAGE[0][1])
    assert books.app.nightly.run()["ended"] == 1
    alerts = books.app.alerting.listed("oak")
    assert [(a.cause.name, a.cause.subject) for a in alerts] == [
        ("ledger_broken", "row_unreadable C1 entry 1")
    ]
    assert anchored_heads(books.app.anchors, "oak").keys() == {"C1", "C2"}


def test_payments_and_accounts_that_are_none_any_more_are_named_too(books: World) -> None:
    edit(f"PAY#{own_id('oak', 'payment', 'C1-p')}", lambda fields: fields.pop("state"))
    assert [f.item for f in books.app.verifying.verify("oak").findings] == [
        f"payment {own_id('oak', 'payment', 'C1-p')}"
    ]
    edit("ACCT", lambda held: held[1][0].append("more"), attribute="open")
    assert [f.item for f in books.app.verifying.verify("oak").findings] == ["account"]


def table() -> Any:
    return boto3.session.Session().resource("dynamodb", region_name=REGION).Table(Item.Meta.table_name)


def found(books: World) -> list[tuple[str, str]]:
    findings = books.app.verifying.verify("oak").findings
    assert {finding.account_id for finding in findings} == {"C1"}
    return [(finding.code, finding.item) for finding in findings]


def test_a_payment_charge_or_balance_edited_to_say_something_else_is_named(books: World) -> None:
    paid, charge = own_id("oak", "payment", "C1-p"), own_id("oak", "charge", "C1-1")
    edit(f"PAY#{paid}", lambda fields: fields["shares"][0].__setitem__(0, "other"))
    assert found(books) == [("allocation_differs", f"payment {paid}")]
    edit(f"CH#{charge}", lambda fields: fields.__setitem__("client_minor", 1))
    assert found(books)[1:] == [("charge_differs", f"charge {charge}")]
    key = {"pk": keys.account(AccountRef("oak", "C1")), "sk": "ACCT"}
    table().update_item(
        Key=key, UpdateExpression="SET balance = :wrong", ExpressionAttributeValues={":wrong": 999999}
    )
    assert found(books)[0] == ("balance_differs", "account")


def test_a_charge_that_is_none_any_more_is_named(books: World) -> None:
    charge = own_id("oak", "charge", "C1-1")
    edit(f"CH#{charge}", lambda fields: fields.pop("date"))
    assert found(books) == [("row_unreadable", f"charge {charge}")]


def test_rows_that_somebody_took_away_are_named(books: World) -> None:
    """Of a marker taken away, or left as none, a person is called: it could be posted again."""
    marker = {"pk": keys.marker("oak", "import#payment#C1-p"), "sk": "MOV"}
    table().update_item(Key=marker, UpdateExpression="REMOVE entry_seq")
    assert found(books) == [("marker_differs", "entry 2")]
    table().delete_item(Key=marker)
    assert found(books) == [("marker_differs", "entry 2")]
    assert books.app.nightly.run()["ended"] == 1
    assert [a.cause.subject for a in books.app.alerting.listed("oak")] == ["marker_differs C1 entry 2"]
    for sk in (f"CH#{own_id('oak', 'charge', 'C1-1')}", f"PAY#{own_id('oak', 'payment', 'C1-p')}"):
        table().delete_item(Key={"pk": keys.account(AccountRef("oak", "C1")), "sk": sk})
    assert [code for code, _ in found(books)] == ["payment_missing", "charge_differs", "marker_differs"]
    table().delete_item(Key={"pk": keys.account(AccountRef("oak", "C1")), "sk": "ACCT"})
    assert books.app.verifying.verify("oak").accounts == 1


def test_what_was_anchored_and_can_be_read_no_more_is_told_from_the_anchor(books: World) -> None:
    books.app.nightly.run()
    books.app.posting("cli").charge(AccountRef("oak", "C1"), ChargeFacts("C1-2", ON, "Talk", "ada", 100, 0))
    edit(keys.entry(2), DAMAGE[0][1])
    edited = books.app.anchoring.compare("oak")
    assert [found.subject for found in edited.mismatches] == ["C1#2#"]
    edit("ACCT", lambda held: held[1][0].append("more"), attribute="open")
    assert [found.subject for found in books.app.anchoring.compare("oak").mismatches] == ["C1#2#"]
