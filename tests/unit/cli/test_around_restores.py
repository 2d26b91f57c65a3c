"""Issue 12, number 1: what is not to be made over a broken-off restore, or beside a client that is there."""

import json
from dataclasses import replace

import boto3
import pytest

from chalicelib.kernel.errors import Refused
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item
from sandbox.config import REGION
from tests.unit.cli.test_backups import into_an_empty_table, rows
from tests.unit.cli.world import CHARGES, CLIENTS, PRACTICE, World


@pytest.fixture
def books(world: World) -> World:
    world.with_books()
    return world


def test_issue_12_1_no_practice_is_created_over_a_broken_off_restore(books: World) -> None:
    practice = books.app.practices.practice("oak")
    file = books.run("export", "--practice", "oak", "--format", "jsonl").out
    assert practice is not None
    into_an_empty_table()
    store = books.app.backing_up.backups
    store.begin("oak", books.app.backing_up.check(file.splitlines().__iter__).name)
    before = rows()
    again = books.file("practice.json", json.dumps(PRACTICE))
    for more in ((), ("--dry-run",)):
        result = books.run("practice", "create", "--file", again, "--json", *more)
        assert (result.status, result.events[-1]["code"], rows()) == (1, "restore_unfinished", before)
    with pytest.raises(Refused, match="restore_unfinished"):  # whoever had looked before it began
        books.app.practices.save_practice(replace(practice, version=0))
    assert rows() == before
    assert books.run("restore", books.file("oak.jsonl", file)).status == 0
    assert books.run("practice", "create", "--file", again).status == 0


def point(client_id: str, account: str | None) -> None:
    """The row that finds the client finds that account, or is gone."""
    table, client = Item.Meta.table_name, boto3.session.Session().client("dynamodb", region_name=REGION)
    pk, sk = keys.client_lookup("oak", client_id)
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    if account is None:
        client.delete_item(TableName=table, Key=key)
    else:
        row = {**key, "kind": {"S": "lookup"}, "target": {"S": account}}
        client.put_item(TableName=table, Item=row)


@pytest.mark.parametrize("to", ["nobody", "another", "no client's"])
def test_issue_12_1_verify_and_import_refuse_an_id_whose_directory_row_names_another_account(
    books: World, to: str
) -> None:
    account = books.account_of("C1")
    point("C1", {"nobody": None, "another": books.account_of("C2"), "no client's": "elsewhere"}[to])
    before = rows()
    verified = books.run("verify", "--practice", "oak", "--json")
    assert verified.status == 1
    findings = [(e["code"], e["account_id"]) for e in verified.events if e["event"] == "finding"]
    assert findings == [("lookup_differs", account)]
    files = [books.file("clients.csv", CLIENTS), books.file("charges.csv", CHARGES)]
    result = books.run("import", "--practice", "oak", "--json", *files)
    told = {(e["file"], e["row"], e["code"]) for e in result.events if e["event"] == "problem"}
    assert (result.status, rows()) == (1, before)
    assert ("clients.csv", 2, "client_misfiled") in told
    assert ("charges.csv", 2, "client_misfiled") in told


def test_issue_12_1_a_new_client_beside_known_ones_is_imported(books: World) -> None:
    new = books.file("clients.csv", "client_id,name,email\nC3,Cem,\n")
    assert books.run("import", "--practice", "oak", new).status == 0
    assert books.run("verify", "--practice", "oak").status == 0
