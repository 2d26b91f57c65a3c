"""A press posts what was shown, once: what came before, or was never looked at, is not posted by it."""

import io

import pytest
from botocore.exceptions import ClientError

from chalicelib.entrypoints.cli import main as cli
from chalicelib.importing.domain.drops import drop as drops_domain
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import Posting
from tests.unit.cli.drop_folder import MORE, Folder, P
from tests.unit.cli.world import World


def test_an_older_upload_does_not_come_back_when_the_newer_one_is_posted(
    world: World, folder: Folder
) -> None:
    folder.put(
        "charges.csv", MORE.replace("A2,C1,2026-10-08,Talk,dr-a,150", "A2,C1,2026-10-08,Talk,dr-a,999")
    )
    folder.round()
    folder.put("charges.csv", MORE)  # put right
    folder.round()
    [drop] = folder.waiting()
    assert folder.press(drop["id"]).status == 0
    folder.round()
    assert (folder.waiting(), folder.keys("imports/in"), world.balance("C1")) == ([], [], 30000)


def test_only_the_upload_that_was_posted_is_deleted(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """moto deletes whatever stands there, so that what S3 is asked is checked."""
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    client = folder.world.app.drops._client()  # type: ignore[attr-defined]
    asked, delete = list[dict[str, str]](), client.delete_object
    etag = folder.s3.head_object(Bucket=folder.bucket, Key="imports/in/oak/charges.csv")["ETag"]

    def deleted(**request: str) -> object:
        asked.append(request)
        return delete(**request)

    monkeypatch.setattr(client, "delete_object", deleted)
    assert folder.press(drop["id"]).status == 0
    [request] = [one for one in asked if one["Key"].startswith("imports/in/")]
    assert (request["IfMatch"], "VersionId" in request) == (etag, False)


def test_rows_that_are_all_in_are_compared_with_what_was_shown(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [first] = folder.waiting()
    assert folder.press(first["id"]).status == 0
    folder.put("charges.csv", MORE)
    folder.round()
    [again] = folder.waiting()
    assert again["state"] == "nothing_new"
    corrected = world.file("charges.csv", MORE.replace("-08,Talk,dr-a,150", "-08,Talk,dr-a,120"))
    assert world.run("import", *P, "--confirm-corrections", corrected).status == 0
    pressed = folder.press(again["id"])
    assert (pressed.status, world.balance("C1")) == (1, 27000)
    assert "The books have changed since" in pressed.out
    assert (folder.press(again["id"]).status, world.balance("C1")) == (0, 30000)  # as it is shown now


def test_what_was_never_shown_is_not_posted_by_yes_alone(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drops_domain, "MAX_BYTES", 10)
    folder.put("charges.csv", MORE.replace(",150\n", ",140\n"))
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "too_large"
    refused = folder.press(drop["id"])
    assert (refused.status, world.balance("C1")) == (1, 15000)
    assert "--unseen" in refused.out
    assert (folder.press(drop["id"], "--unseen").status, world.balance("C1")) == (0, 28000)
    assert world.run("import", *P, "--unseen", "charges.csv").status == 2


@pytest.mark.parametrize(
    "option",
    [
        "--restore-addresses", "--confirm-repeats", "--add-clients", "--shared-emails", "--dates=dmy",
        "--decimals=comma", "--header=2", "--sheet=One", "--as-of=2026-10-31", "--clinician=dr-a",
        "--names=names.csv", "--compare=old.csv", "--explain", "--write-map=m.toml", "--undo=abc",
        "--from=theranest", "--map=m.toml", "--as-read", "--confirm-corrections", "--accept-changes",
        "--accept-differences",
    ],
)  # fmt: skip
def test_options_that_would_do_nothing_are_refused(world: World, folder: Folder, option: str) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    refused = folder.press(drop["id"], option)
    assert (refused.status, world.balance("C1")) == (2, 15000)
    assert f"{option.partition('=')[0]} does nothing with --dropped" in refused.err


def test_an_import_that_was_broken_off_is_taken_over_once_that_is_shown(world: World, folder: Folder) -> None:
    world.app.register.begin("oak", "other", actor="import", rows=1, accounts=1, files=("other.csv",))
    ref = AccountRef("oak", world.app.people.accounts_of("oak", ["C1"])["C1"])
    Posting(world.app.ledgers, world.app.clock, "import").hold(ref, "other")
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "asked"
    assert folder.press(drop["id"]).status == 1
    unseen = folder.press(drop["id"], "--take-over")
    assert (unseen.status, world.balance("C1")) == (1, 15000)
    assert "1 row to post" in unseen.out
    assert "--unseen" in unseen.out
    assert folder.press(drop["id"], "--take-over", "--unseen").status == 0
    assert (world.balance("C1"), folder.keys("imports/in")) == (30000, [])


@pytest.mark.parametrize(("code", "refused"), [("PreconditionFailed", False), ("AccessDenied", True)])
def test_files_that_may_not_be_deleted_are_never_told_as_moved(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch, code: str, refused: bool
) -> None:
    """A newer upload stays, by its own: that is no fault."""
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    client = world.app.drops._client()  # type: ignore[attr-defined]
    delete = client.delete_object

    def fails(**request: str) -> object:
        if request["Key"].startswith("imports/in/"):
            raise ClientError({"Error": {"Code": code}}, "DeleteObject")
        return delete(**request)

    monkeypatch.setattr(client, "delete_object", fails)
    pressed = folder.press(drop["id"])
    assert ("imports/done now" not in pressed.out, pressed.status != 0) == (refused, refused)


def test_what_was_refused_at_the_look_and_is_put_right_meanwhile_is_shown_before_it_is_posted(
    world: World, folder: Folder
) -> None:
    paid = ("--client", "C1", "--amount", "150.00", "--date", "2026-10-09", "--id", "X1")
    assert world.run("post", "cash", *P, *paid).status == 0
    folder.put("charges.csv", MORE)
    written_off = "adjustment_id,charge_id,date,amount,kind,reason\nW1,A1,2026-10-20,100.00,write_off,\n"
    folder.put("adjustments.csv", written_off)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "asked"
    assert world.run("post", "reverse", *P, "--client", "C1", "--entry", "2").status == 0
    before = world.balance("C1")
    shown = folder.press(drop["id"], "--json")
    assert shown.status == 1
    effects = {(one["what"], one["change"]) for one in shown.events if one["event"] == "effect"}
    assert {("charges A2", "new"), ("adjustments W1", "new")} <= effects
    assert world.balance("C1") == before
    assert folder.press(drop["id"]).status == 0
    assert world.balance("C1") != before


def test_a_list_of_balances_that_agrees_no_more_is_shown_before_anything_is_posted(
    world: World, folder: Folder
) -> None:
    folder.put("charges.csv", MORE)
    folder.put("old.csv", "client_id,date,amount\nC1,2026-10-31,300.00\nC2,2026-10-31,90.00\n")
    folder.put("import.toml", 'compare = "old.csv"\n')
    folder.round()
    [drop] = folder.waiting()
    assert drop["counts"]["differences"] == 0
    paid = ("--client", "C1", "--amount", "40.00", "--date", "2026-10-09")
    assert world.run("post", "cash", *P, *paid).status == 0
    before = world.balance("C1")
    shown = folder.press(drop["id"], "--json")
    assert shown.status == 1
    assert [one["what"] for one in shown.events if one["event"] == "effect"] == ["balance C1"]
    assert world.balance("C1") == before
    [drop] = folder.waiting()
    assert drop["counts"]["differences"] == 1
    assert folder.press(drop["id"]).status == 0
    assert world.balance("C1") != before


MADE = """
format = 1
name = "Mine"
source = "mine"
[[tables]]
title = "Payments"
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date"] }
client_id = { header = "Patient", join = "client" }
date = "Day"
amount = "Paid"
method = { value = "cash" }
"""


def test_what_staff_post_while_the_press_waits_for_an_answer_is_not_posted_again(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def readline(self, *_: object) -> str:  # type: ignore[override]
            paid = ("--client", "C1", "--amount", "20.00", "--date", "2026-10-09")
            assert cli.main(["post", "cash", *P, *paid]) == 0
            return "y\n"

    folder.put("m.toml", MADE)
    folder.put("import.toml", 'map = "m.toml"\n')
    folder.put("p.csv", "Patient,Day,Paid\nBo,2026-10-08,1.00\nAna Núñez,2026-10-09,20.00\n")
    folder.round()
    [drop] = folder.waiting()
    before = world.balance("C1")
    monkeypatch.setattr("tests.unit.cli.world.io.StringIO", Terminal)
    pressed = world.run("import", *P, "--dropped", drop["id"])
    assert (pressed.status, world.balance("C1")) == (4, before - 2000)
    assert "p.csv, row 3" in pressed.out + pressed.err
