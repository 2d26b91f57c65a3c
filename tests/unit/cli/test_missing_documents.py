"""Issue 12, number 2: `billfold documents render` makes again what the bucket has not; restore counts it."""

from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from chalicelib.ledger.ports.ledgers import Change
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item
from sandbox.config import REGION
from tests.unit.cli.test_backups import into_an_empty_table
from tests.unit.cli.test_statements import RUN, Mails, WorkingClock, mails
from tests.unit.cli.world import World

__all__ = ["mails"]  # the fixture
RENDER = ("documents", "render", "--practice", "oak")
Kept = dict[str, bytes]


@pytest.fixture
def kept(world: World, mails: Mails) -> Kept:
    """Two statements and a receipt: what is in the bucket."""
    payment = ("--client", "C1", "--amount", "40", "--date", "2026-10-20")
    assert world.run("post", "cash", "--practice", "oak", "--id", "P1", *payment).status == 0
    ref, ledgers = world.ref("C1"), world.app.ledgers
    paid = ledgers.payments(ref, cursor=None, limit=1).rows[0]
    account = ledgers.account(ref)
    assert account is not None
    by_card = replace(paid, flow="redirect", version=paid.version + 1)
    ledgers.commit("oak", Change(account, account, payment=by_card))
    world.app.receipts.render_again(ref, paid.id)
    assert world.run(*RUN).status == 0
    assert len(in_the_bucket(world)) == 1, "nobody has opened a statement"
    assert world.run(*RENDER).status == 0
    found = in_the_bucket(world)
    assert len(found) == 3
    return found


def in_the_bucket(world: World) -> Kept:
    client, bucket = boto3.client("s3", region_name=REGION), world.app.settings.bucket
    found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {o["Key"]: client.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in found}


def lose(world: World, kept: Kept) -> None:
    client = boto3.client("s3", region_name=REGION)
    for key in kept:
        client.delete_object(Bucket=world.app.settings.bucket, Key=key)


def works(world: World, working: bool) -> None:
    clock = world.app.clock
    assert isinstance(clock, WorkingClock)
    clock.working = working


def test_issue_12_2_what_is_missing_is_made_again_with_the_same_bytes_and_nothing_is_mailed(
    world: World, mails: Mails, kept: Kept
) -> None:
    sent = len(mails.sent)
    lose(world, kept)
    dry = world.run(*RENDER, "--dry-run")
    assert (dry.status, in_the_bucket(world)) == (0, {})
    assert "2 statements and 1 receipt of 3 would be made again" in dry.out
    assert "C2: statement 2026-10 is not there" in dry.out
    result = world.run(*RENDER)
    assert (result.status, "2 statements and 1 receipt of 3 made again" in result.out) == (0, True)
    assert (in_the_bucket(world), len(mails.sent)) == (kept, sent)
    again = world.run(*RENDER)
    assert (again.status, "0 documents of 3 made again; 0 still missing" in again.out) == (0, True)


def test_issue_12_2_what_does_not_come_is_named_and_made_by_the_next_run(world: World, kept: Kept) -> None:
    lose(world, kept)
    works(world, False)
    result = world.run(*RENDER)
    assert (result.status, result.out.count("is still not there")) == (4, 3)
    works(world, True)
    assert world.run(*RENDER).status == 0
    assert in_the_bucket(world) == kept


def test_issue_12_2_only_some_are_under_way_at_once_and_with_json_it_shows_how_far_it_is(
    world: World, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.documents.services.missing.AT_ONCE", 1)
    lose(world, kept)
    events = world.run(*RENDER, "--json").events
    assert [e["done"] for e in events if e["event"] == "progress"] == [0, 1, 2, 3]
    assert events[-1] == {"event": "done", "rendered": 3, "missing": 0, "documents": 3}


def test_issue_12_2_an_account_that_cannot_be_read_is_named_and_the_others_are_made(
    world: World, kept: Kept
) -> None:
    lose(world, kept)
    pk = {"S": keys.account(world.ref("C1"))}
    client = boto3.client("dynamodb", region_name=REGION)
    key = {"pk": pk, "sk": {"S": "DOC#statement#2026-10"}}
    row = client.get_item(TableName=Item.Meta.table_name, Key=key)["Item"]
    client.put_item(TableName=Item.Meta.table_name, Item={**row, "body": {"S": "{}"}})
    result = world.run(*RENDER)
    assert (result.status, "C1: statement 2026-10 cannot be read" in result.out) == (4, True)
    assert len(in_the_bucket(world)) == 1


def test_issue_12_2_a_receipt_whose_payments_row_cannot_be_read_is_named_and_not_passed_over(
    world: World, kept: Kept
) -> None:
    lose(world, kept)
    paid = world.app.ledgers.payments(world.ref("C1"), cursor=None, limit=1).rows[0]
    client = boto3.client("dynamodb", region_name=REGION)
    key = {"pk": {"S": keys.account(world.ref("C1"))}, "sk": {"S": f"PAY#{paid.id}"}}
    row = client.get_item(TableName=Item.Meta.table_name, Key=key)["Item"]
    client.put_item(TableName=Item.Meta.table_name, Item={**row, "body": {"S": "{}"}})
    result = world.run(*RENDER)
    assert (result.status, f"C1: payment {paid.id} cannot be read" in result.out) == (4, True)
    assert len(in_the_bucket(world)) == 2


def test_issue_12_2_restore_counts_what_the_bucket_has_not_and_says_the_command(
    world: World, kept: Kept
) -> None:
    file = world.file("oak.jsonl", world.run("export", "--practice", "oak", "--format", "jsonl").out)
    into_an_empty_table()
    lose(world, kept)
    result = world.run("restore", file)
    assert result.status == 4
    assert "bucket: 1 receipt of 3." in result.out, "statements are drawn anew when they are opened"
    assert "billfold documents render --practice oak" in result.out
    assert world.run(*RENDER).status == 0
    assert (world.run("restore", file).status, in_the_bucket(world)) == (0, kept)


def test_issue_12_2_a_paper_list_names_the_document_that_is_missing_and_writes_nothing(
    world: World, kept: Kept, tmp_path: Path
) -> None:
    lose(world, kept)
    folder = tmp_path / "post"
    works(world, False)
    result = world.run(*RUN, "--paper", str(folder))
    assert (result.status, folder.exists()) == (1, False)
    assert "C2: the PDF of statement 2026-10 is not there" in result.out
    assert "1 PDF was not made, and nothing was written" in result.err


def test_issue_13_a_paper_list_has_the_statements_drawn_that_are_on_it_and_no_other(
    world: World, kept: Kept, tmp_path: Path
) -> None:
    lose(world, kept)
    folder = tmp_path / "post"
    assert world.run(*RUN, "--paper", str(folder)).status == 0
    [(key, pdf)] = in_the_bucket(world).items()
    assert ((folder / "001-C2.pdf").read_bytes(), kept[key]) == (pdf, pdf)


def test_issue_12_2_what_was_paid_outside_has_no_receipt_that_could_be_missing(
    world: World, kept: Kept
) -> None:
    assert world.app.missing_documents.search("oak").documents == 3
    account = world.app.ledgers.account(world.ref("C1"))
    assert account is not None
    paid = world.app.ledgers.payments(world.ref("C1"), cursor=None, limit=1).rows[0]
    changed = replace(paid, flow="external", version=paid.version + 1)
    world.app.ledgers.commit("oak", Change(account, account, payment=changed))
    assert world.app.missing_documents.search("oak").documents == 2
