"""Issue 17: by the clock, what lies in drop folders is looked at; whatever a file does holds up no other."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.entrypoints import jobs
from chalicelib.importing.domain.drops import drop as drops_domain
from chalicelib.importing.ports.drops import FileGone
from chalicelib.importing.services.drops import looking, rounds
from chalicelib.importing.services.progress import in_turn
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.outside import Busy
from tests.support.workbooks import Page, workbook
from tests.unit.cli.drop_folder import MORE, Folder, P, open_alerts
from tests.unit.cli.world import CLIENTS, World


def test_a_look_that_kills_its_function_is_tried_three_times_and_then_left_to_a_desk(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Out of memory: no handler runs."""

    def dies(*_: object, **__: object) -> None:
        raise Killed

    folder.put("charges.csv", MORE)
    with monkeypatch.context() as patch:
        patch.setattr(looking.Looking, "look", dies)
        for _ in range(rounds.MAX_ATTEMPTS):
            with pytest.raises(Killed):
                folder.round(later=timedelta(minutes=20))
            assert folder.round(later=timedelta(minutes=5))["known"] == 1  # as if it were at work
        folder.round(later=timedelta(minutes=20))
    [drop] = folder.waiting()
    assert drop["state"] == "broke_off"
    assert "has no such limit" in world.run("imports", *P).out
    assert (folder.press(drop["id"], "--unseen").status, world.balance("C1")) == (0, 30000)


def test_what_is_too_large_for_the_function_is_posted_from_a_desk(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drops_domain, "MAX_BYTES", 100)
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "too_large"
    assert (folder.press(drop["id"], "--unseen").status, world.balance("C1")) == (0, 30000)


def test_a_look_that_takes_too_long_ends_before_its_function_does(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("charges.csv", MORE)
    read = looking.Looking.read

    def slow(self: looking.Looking, *args: Any) -> looking.Read:
        folder.clock.advance(minutes=14)
        return read(self, *args)

    monkeypatch.setattr(looking.Looking, "read", slow)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "too_long"
    monkeypatch.setattr(looking.Looking, "read", read)
    assert (folder.press(drop["id"], "--unseen").status, world.balance("C1")) == (0, 30000)


def test_a_look_that_another_left_too_little_time_is_no_attempt(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("a/charges.csv", MORE)
    folder.put("b/charges.csv", MORE)
    read = looking.Looking.read

    def slow(self: looking.Looking, *args: Any) -> looking.Read:
        folder.clock.advance(minutes=12)
        return read(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(looking.Looking, "read", slow)
        assert folder.round()["looked"] == 1
    assert [one["folder"] for one in folder.waiting()] == ["a"]
    assert folder.round()["looked"] == 1
    assert [(one["folder"], one["state"]) for one in folder.waiting()] == [("a", "waiting"), ("b", "waiting")]


def test_a_fault_of_one_drop_holds_up_no_other_and_quotes_no_cell_in_the_log(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder.put("a/charges.csv", MORE)
    folder.put("b/charges.csv", MORE)
    read = looking.Looking.read

    def fails(self: looking.Looking, place: Any, *args: Any) -> looking.Read:
        if place.folder == "a":
            raise ValueError("Robin Vale")
        return read(self, place, *args)

    monkeypatch.setattr(looking.Looking, "read", fails)
    folder.round()
    assert [(one["folder"], one["state"]) for one in folder.waiting()] == [
        ("a", "broke_off"), ("b", "waiting"),
    ]  # fmt: skip
    [told] = [record for record in caplog.records if record.msg == "look broke off"]
    assert (told.__dict__["why"], "Robin" in caplog.text) == ("ValueError", False)
    assert told.__dict__["drop"] in {one["id"] for one in folder.waiting()}


@pytest.mark.parametrize("error", [Busy("away"), FileGone(), ValueError("x")])
def test_no_log_has_what_a_folders_name_could_be_guessed_by(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> looking.Read:
        raise error

    folder.put("Robin Vale/charges.csv", MORE)
    monkeypatch.setattr(looking.Looking, "read", fails)
    folder.round()
    said = [json.dumps(record.__dict__, default=str) for record in caplog.records]
    assert any(type(error).__name__ in text for text in said)
    assert [text for text in said if drops_domain.Place("oak", "Robin Vale").name in text] == []


def test_a_file_that_is_taken_out_waits_no_more(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    folder.s3.delete_object(Bucket=folder.bucket, Key="imports/in/oak/charges.csv")
    assert folder.waiting() == []
    folder.round()
    assert (open_alerts(world), folder.keys("imports/looked")) == ([], [])


@pytest.mark.parametrize("strange", ["imports/in/aok", "imports/in"])
def test_a_file_in_no_practices_folder_is_told_by_a_failing_round_and_holds_up_no_other(
    folder: Folder, strange: str
) -> None:
    folder.s3.put_object(Bucket=folder.bucket, Key="imports/in/oak/", Body=b"")  # as consoles make folders
    folder.put("charges.csv", MORE, root=strange)
    folder.put("charges.csv", MORE)
    with pytest.raises(NotFound, match="practice_not_found"):
        folder.round()
    assert [one["state"] for one in folder.waiting()] == ["waiting"]


def test_a_file_whose_folder_has_no_name_is_told_by_a_failing_round(folder: Folder) -> None:
    folder.put("/charges.csv", MORE)
    folder.put("charges.csv", MORE)
    with pytest.raises(NotFound, match="practice_not_found"):
        folder.round()
    assert [one["state"] for one in folder.waiting()] == ["waiting"]


@pytest.mark.parametrize("content", [b"{}", b"\xff{", b"[" * 9])
def test_a_look_that_cannot_be_read_is_none_and_holds_up_nothing(
    world: World, folder: Folder, content: bytes
) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [key] = folder.keys("imports/looked")
    folder.s3.put_object(Bucket=folder.bucket, Key=key, Body=content)
    folder.put("x.json", content, root="imports/looked/oak")
    assert folder.waiting() == []
    assert folder.round()["looked"] == 1
    assert folder.keys("imports/looked") == [key]
    [drop] = folder.waiting()
    assert (folder.press(drop["id"]).status, world.balance("C1")) == (0, 30000)


def test_names_that_cannot_be_shown_are_refused(folder: Folder) -> None:
    folder.put("charges\x1b[2J.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "asked"
    refused = folder.press(drop["id"])
    assert ("\x1b" in refused.out, "120 visible characters" in refused.out) == (False, True)


@pytest.mark.parametrize(
    "content", [b"<html><table><tr><td>1</td></tr></table></html>", b"PK\x03\x04 broken"]
)
def test_what_is_no_table_is_named(folder: Folder, content: bytes) -> None:
    folder.put("charges.csv", content)
    folder.round()
    assert [one["state"] for one in folder.waiting()] == ["asked"]


def test_no_name_of_a_file_folder_or_client_gets_into_logs_or_alerts(
    world: World, folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="billfold")
    folder.put("Robin Vale/Robin Vale charges.csv", MORE)
    folder.put("Robin Vale/clients.csv", CLIENTS.replace("Bo", "Robin Vale"))
    folder.put("Robin Vale.csv", MORE, root="imports/in/none")
    with pytest.raises(NotFound):
        folder.round()
    [drop] = folder.waiting()
    folder.put("Robin Vale/import.toml", "=")
    with pytest.raises(NotFound):
        folder.round()
    said = [
        json.dumps(record.__dict__, default=str) for record in caplog.records if "billfold" in record.name
    ]
    facts = [str(alert) for alert in world.app.alerting.listed("oak", closed=True)]
    assert (drop["state"], len(said) > 0, len(facts)) == ("asked", True, 2)
    assert [text for text in (*said, *facts) if "Robin" in text] == []


def test_the_function_looks_at_workbooks_too(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "in_threads", in_turn)  # moto is not safe to use from threads
    header, *rows = [line.split(",") for line in MORE.splitlines()]
    folder.put("charges.xlsx", workbook({"Charges": Page([header, *rows])}))
    folder.clock.advance(minutes=5)
    assert jobs.drops()["looked"] == 1
    [drop] = folder.waiting()
    assert (drop["state"], drop["counts"]["posted"]) == ("waiting", 1)
    assert (folder.press(drop["id"]).status, world.balance("C1")) == (0, 30000)


def test_more_files_than_a_listing_has_are_all_found(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        folder.put(f"folder-{number}/charges.csv", MORE)
    client = world.app.drops._client()  # type: ignore[attr-defined]
    listed = client.list_objects_v2
    monkeypatch.setattr(client, "list_objects_v2", lambda **asked: listed(**asked, MaxKeys=2))
    assert folder.round()["looked"] == 5
    assert len(folder.waiting()) == 5
