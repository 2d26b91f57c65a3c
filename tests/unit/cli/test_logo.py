"""`billfold practice logo` and the practice's file: a logo is checked, drawn, kept, and only then named."""

import base64
import hashlib
import json

import boto3
import pytest

from chalicelib.backups.store.backups import DynamoBackups
from chalicelib.backups.store.logos import BackupsWithLogos
from chalicelib.documents.ports.documents import ReceiptData, Renderer
from chalicelib.documents.services.logo_entry import LogoEntry
from chalicelib.documents.store.logos import FiledLogos
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.practice.domain.logos import picture_of
from chalicelib.practice.domain.practices import Logo, Practice
from tests.support.clock import FakeClock
from tests.unit.cli.test_backups import EXPORT, into_an_empty_table
from tests.unit.cli.world import PRACTICE, Result, World
from tests.unit.practice.test_logos import png, svg

LEAF = svg('<path d="M0 0L50 40L100 0z" fill="#1f5148"/>')


@pytest.fixture
def oak(world: World) -> World:
    world.with_practice()
    return world


def practice(world: World) -> Practice:
    found = world.app.practices.practice("oak")
    assert found is not None
    return found


def enter(world: World, raw: bytes, *more: str, name: str = "logo.svg") -> Result:
    return world.run("practice", "logo", world.file(name, raw), "--practice", "oak", "--json", *more)


def create(world: World, **more: object) -> Result:
    path = world.file("practice.json", json.dumps({**PRACTICE, **more}))
    return world.run("practice", "create", "--file", path, "--json")


@pytest.mark.parametrize(("raw", "kind"), [(LEAF, "svg"), (png(), "png")])
def test_14_it_is_kept_under_its_hash_and_read_out_as_the_practice(oak: World, raw: bytes, kind: str) -> None:
    assert enter(oak, raw).status == 0
    logo = practice(oak).logo
    assert isinstance(logo, Logo)
    assert (logo.kind, logo.text) == (kind, "Oak Practice")
    key = f"practices/oak/logos/{logo.digest}.{kind}"
    kept = boto3.client("s3").get_object(Bucket=oak.app.settings.bucket, Key=key)
    assert (kept["Body"].read()[:4], kept["ContentType"].partition("/")[0]) == (raw[:4], "image")
    again = enter(oak, raw, "--text", "Three oaks")
    assert again.events[-1]["saved"] is True
    assert practice(oak).logo == Logo("oak", logo.digest, logo.kind, logo.width, logo.height, "Three oaks")
    assert enter(oak, raw, "--text", "Three oaks").events[-1]["saved"] is False


@pytest.mark.parametrize("raw", [svg("<script/>"), png(60_000, 60_000, pixels=b"\0"), b"", b"x" * 300_000])
def test_14_a_bomb_changes_nothing(oak: World, raw: bytes) -> None:
    assert enter(oak, LEAF).status == 0
    before = practice(oak)
    ran = enter(oak, raw)
    assert (ran.status, [event["event"] for event in ran.events]) == (1, ["problem", "refused"])
    assert create(oak, logo={"file": "logo.svg"}).status == 1, "by the practice's file, too"
    assert practice(oak) == before


def test_14_one_that_cannot_be_drawn_is_refused_and_not_kept(oak: World) -> None:
    """What only who draws it can tell: a document that nobody can draw would be of every client."""

    class Refusing(Renderer):
        def receipt(self, data: ReceiptData) -> bytes:
            raise Invalid("document_unrenderable", reason="broken")

    oak.app.__dict__["logo_entry"] = LogoEntry(oak.app.files, lambda _content: Refusing())
    ran = enter(oak, LEAF)
    assert (ran.status, ran.events[0]["message"]) == (1, "no document can be drawn with it (broken)")
    assert practice(oak).logo is None
    assert [*oak.app.files.keys("oak")] == []


def test_14_the_file_names_it_leaves_it_and_takes_it_away(world: World) -> None:
    world.file("leaf.svg", LEAF)
    assert create(world, logo={"file": "leaf.svg", "text": "A leaf"}).status == 0
    logo = practice(world).logo
    assert logo
    assert logo.text == "A leaf"
    assert world.app.files.has("oak", logo.key)
    assert create(world).events[-1]["saved"] is False
    assert practice(world).logo == logo
    assert create(world, logo=None).status == 0
    assert practice(world).logo is None
    [problem, _] = create(world, logo={"file": "none.svg"}).events
    assert problem["field"] == "logo.file"


def test_14_it_is_taken_away_by_command_and_a_dry_run_writes_nothing(oak: World) -> None:
    assert enter(oak, LEAF, "--dry-run").status == 0
    assert practice(oak).logo is None
    assert [*oak.app.files.keys("oak")] == []
    assert enter(oak, LEAF, "--text", "two\nlines").status == 1
    assert enter(oak, LEAF).status == 0
    assert oak.run("practice", "logo", "--remove", "--practice", "oak").status == 0
    assert practice(oak).logo is None
    assert oak.run("practice", "logo", str(oak.folder / "none"), "--practice", "oak").status == 1


def test_14_the_letterhead_paper_and_colour_are_kept(world: World) -> None:
    assert create(world, letterhead="Since 1998\nBy the mill", paper="a4", colour="#5B2A5E").status == 0
    found = practice(world)
    assert (found.letterhead, found.paper, found.colour) == ("Since 1998\nBy the mill", "a4", "#5b2a5e")


def test_14_a_logo_that_is_gone_or_another_keeps_no_document_back(oak: World) -> None:
    assert enter(oak, LEAF).status == 0
    logo = practice(oak).logo
    assert logo
    files, s3 = oak.app.files, boto3.client("s3")
    assert (FiledLogos(files)(logo) or b"").startswith(b"<svg")
    s3.put_object(Bucket=oak.app.settings.bucket, Key=f"practices/oak/{logo.key}", Body=b"another")
    assert FiledLogos(files)(logo) is None
    s3.delete_object(Bucket=oak.app.settings.bucket, Key=f"practices/oak/{logo.key}")
    with pytest.raises(NotFound):
        files.get("oak", logo.key)
    assert FiledLogos(files)(logo) is None


def test_14_logos_are_in_a_backup_former_ones_too(oak: World) -> None:
    """Documents that were issued with a logo are drawn with it in another deployment, too."""
    for raw in (png(), LEAF):
        assert enter(oak, raw).status == 0
    bucket, files = oak.app.settings.bucket, oak.app.files
    there = {key: files.get("oak", key) for key in files.keys("oak")}
    assert {key.partition(".")[2] for key in there} == {"png", "svg"}
    exported = oak.run(*EXPORT)
    assert exported.status == 0
    client = boto3.client("s3")
    for key in there:
        client.delete_object(Bucket=bucket, Key=f"practices/oak/{key}")
    into_an_empty_table()
    assert oak.run("restore", oak.file("oak.jsonl", exported.out)).status == 0
    assert {key: files.get("oak", key) for key in files.keys("oak")} == there
    named = practice(oak).logo
    assert named
    assert FiledLogos(files)(named) == there[named.key]
    kept = client.get_object(Bucket=bucket, Key=f"practices/oak/{named.key}")
    assert kept["ContentType"] == "image/svg+xml"


@pytest.mark.parametrize(
    "change", ["another's bytes", "a bomb", "as it was drawn", "a key of a receipt", "no base64"]
)
def test_14_a_line_that_is_no_logo_is_no_part_of_a_backup(oak: World, change: str) -> None:
    """Seen: a line had an SVG with a script, which is cut off where a logo is taken, and it was put where
    documents are drawn from as it was."""
    assert enter(oak, LEAF).status == 0
    backups = BackupsWithLogos(DynamoBackups(FakeClock()), oak.app.files)
    (line,) = (row for row in backups.rows("oak", []) if '"logo"' in row)
    assert backups.belongs("oak", line)
    row, bomb = json.loads(line), svg("<script/>")
    if change == "as it was drawn":
        bomb = svg("<metadata><script/></metadata>")
        assert picture_of(bomb).content != bomb
    if change == "another's bytes":
        row["content"]["S"] = base64.b64encode(png()).decode()
    elif change in ("a bomb", "as it was drawn"):
        row["content"]["S"] = base64.b64encode(bomb).decode()
        row["key"]["S"] = f"logos/{hashlib.sha256(bomb).hexdigest()}.svg"
    elif change == "a key of a receipt":
        row["key"]["S"] = "receipts/maya/pay1.pdf"
    else:
        row["content"]["S"] = "!"
    assert not backups.belongs("oak", json.dumps(row))
