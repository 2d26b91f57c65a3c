"""A row of the ledger that somebody edited until it is none: named, and no other account goes unchecked."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest

from chalicelib.adapters.dynamo import keys
from chalicelib.adapters.dynamo.table import Item
from chalicelib.domain.anchors import parse
from chalicelib.domain.practices import Client
from chalicelib.services.posting import ChargeFacts, own_id
from sandbox.config import REGION
from tests.support.practice import PRACTICE
from tests.unit.cli.world import World

ON, KIND, POSTINGS, AMOUNT = "2026-10-02", 1, 8, 2
Change = Callable[[Any], object]


@pytest.fixture
def books(world: World) -> World:
    """Two clients, each with a charge and a payment."""
    app, posting = world.app, world.app.posting("cli")
    app.practices.save_practice(replace(PRACTICE, id="oak"))
    for client in ("C1", "C2"):
        app.people.save_client("oak", Client(client, client, "Ana", "", "en"))
        posting.open_account("oak", client, "USD")
        posting.charge("oak", client, ChargeFacts(f"{client}-1", ON, "Talk", "ada", 9000, 0))
        posting.external_payment("oak", client, f"{client}-p", 4000, method="cash", on=ON)
    return world


def edit(sk: str, change: Change, *, attribute: str = "body") -> None:
    """Somebody edits a row of the first account."""
    client = boto3.session.Session().client("dynamodb", region_name=REGION)
    table, key = Item.Meta.table_name, {"pk": {"S": keys.account("oak", "C1")}, "sk": {"S": sk}}
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
    latest = books.app.anchoring.anchors.latest("oak")
    assert latest is not None
    assert parse(latest[1]).heads.keys() == {"C1", "C2"}


def test_payments_and_accounts_that_are_none_any_more_are_named_too(books: World) -> None:
    edit(f"PAY#{own_id('oak', 'payment', 'C1-p')}", lambda fields: fields.pop("state"))
    assert [f.item for f in books.app.verifying.verify("oak").findings] == [
        f"payment {own_id('oak', 'payment', 'C1-p')}"
    ]
    edit("ACCT", lambda items: items[0].append("more"), attribute="open")
    assert [f.item for f in books.app.verifying.verify("oak").findings] == ["account"]


def test_what_was_anchored_and_can_be_read_no_more_is_told_from_the_anchor(books: World) -> None:
    books.app.nightly.run()
    books.app.posting("cli").charge("oak", "C1", ChargeFacts("C1-2", ON, "Talk", "ada", 100, 0))
    edit(keys.entry(2), DAMAGE[0][1])
    edited = books.app.anchoring.compare("oak")
    assert [found.subject for found in edited.mismatches] == ["C1#2#"]
    edit("ACCT", lambda items: items[0].append("more"), attribute="open")
    assert [found.subject for found in books.app.anchoring.compare("oak").mismatches] == ["C1#2#"]
