"""Issue 17: a file put into the practice's folder is explained, compared, and waits for one press."""

import io
import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.importing.domain.drops import drop as drops_domain
from chalicelib.importing.services.drops import effects, looking, pressing, rounds
from chalicelib.importing.services.progress import in_turn
from chalicelib.kernel.errors import NotFound
from tests.support.clock import FakeClock
from tests.unit.cli.world import CHARGES, CLIENTS, PRACTICE, Result, World

P = ("--practice", "oak")
MORE = CHARGES + "A2,C1,2026-10-08,Talk,dr-a,150\n"
EXPORT = """\
Date of service,Patient,Provider,CPT code,Fee,Patient paid,Payment method
2/14/2026,"Núñez, Ana",Dr. A,90834,$150.00,$20.00,Visa
2/21/2026,"Núñez, Ana",Dr. A,90834,$150.00,,
"""
MAP = """\
format = 1
name = "Ours"
source = "ours"

[[tables]]
title = "Sessions"

[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date", "cpt"] }
client_id = { header = "Patient", join = "client" }
date = "Date of service"
service = { value = "Session" }
clinician_id = { header = "Provider", join = "clinician" }
cpt = "CPT code"
fee = "Fee"

[[tables.leave_out]]
why = "paid elsewhere"
when = [{ header = "Fee", filled = false }]
"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Folder:
    """The bucket as a practice has it before it, and the function that looks at it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = FakeClock(datetime.now(UTC).isoformat())
        world.app.clock = self.clock
        self.s3 = boto3.session.Session().client("s3")
        self.bucket = world.app.settings.bucket

    def put(self, name: str, content: str | bytes, *, root: str = "imports/in/oak") -> None:
        body = content.encode() if isinstance(content, str) else content
        self.s3.put_object(Bucket=self.bucket, Key=f"{root}/{name}", Body=body)

    def keys(self, prefix: str = "") -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return [one["Key"] for one in found]

    def round(self, *, later: timedelta = timedelta(minutes=5)) -> dict[str, int]:
        self.clock.at += later
        return self.world.app.drop_rounds(in_turn).run()

    def waiting(self) -> list[dict[str, Any]]:
        events = self.world.run("imports", *P, "--json").events
        found = [event for event in events if event["event"] == "dropped"]
        return sorted(found, key=lambda one: str(one["folder"]))

    def press(self, drop: str, *more: str) -> Result:
        return self.world.run("import", *P, "--dropped", drop, "--yes", *more)


@pytest.fixture
def folder(world: World) -> Folder:
    world.with_books()
    return Folder(world)


def open_alerts(world: World) -> Sequence[str]:
    return [alert.cause.name.value for alert in world.app.alerting.listed("oak")]


def test_files_are_looked_at_and_posted_by_one_press(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    assert folder.round(later=timedelta(0))["arriving"] == 1
    assert folder.waiting() == []
    assert folder.round()["looked"] == 1
    assert folder.round() == {"looked": 0, "known": 1, "arriving": 0, "failed": 0, "strange": 0}
    [drop] = folder.waiting()
    assert (drop["state"], drop["files"], drop["folder"]) == ("waiting", ["charges.csv"], "")
    assert {name: drop["counts"][name] for name in ("rows", "posted", "known", "problems")} == {
        "rows": 3, "posted": 1, "known": 2, "problems": 0,
    }  # fmt: skip
    assert open_alerts(world) == ["import_dropped"]
    listed = world.run("imports", *P).out
    assert "waits for a press: 1 row to post, 2 rows already there" in listed
    assert f"billfold import --practice oak --dropped {drop['id']}" in listed
    assert world.balance("C1") == 15000

    pressed = folder.press(drop["id"])
    assert (pressed.status, world.balance("C1")) == (0, 30000)
    assert folder.keys("imports/in") == folder.keys("imports/looked") == []
    assert folder.keys("imports/done") == [f"imports/done/oak/{drop['id']}/charges.csv"]
    assert (open_alerts(world), folder.waiting()) == ([], [])
    assert folder.press(drop["id"]).status == 1
    assert world.run("verify", *P).status == 0


def test_nothing_is_posted_without_a_press(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    unasked = world.run("import", *P, "--dropped", drop["id"])
    assert (unasked.status, world.balance("C1")) == (1, 15000)
    assert "Add --yes" in unasked.out
    rehearsed = folder.press(drop["id"], "--dry-run")
    assert (rehearsed.status, world.balance("C1")) == (0, 15000)
    assert "Dry run: 1 row to post" in rehearsed.out
    assert [one["id"] for one in folder.waiting()] == [drop["id"]]


def test_a_person_at_a_terminal_is_asked(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    monkeypatch.setattr("tests.unit.cli.world.io.StringIO", Terminal)
    no = world.run("import", *P, "--dropped", drop["id"], stdin="n\n")
    assert (no.status, world.balance("C1")) == (1, 15000)
    yes = world.run("import", *P, "--dropped", drop["id"], "--language", "es", stdin="s\n")
    assert (yes.status, world.balance("C1")) == (0, 30000)
    assert "¿Asentar esto?" in yes.err


def test_what_keeps_files_out_is_listed_and_nothing_is_posted(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE.replace("A2,C1", "A2,C9"))
    folder.round()
    [drop] = folder.waiting()
    assert (drop["state"], drop["counts"]["problems"]) == ("asked", 1)
    assert open_alerts(world) == ["import_dropped"]
    refused = folder.press(drop["id"])
    assert refused.status == 1
    assert "charges.csv, row 4, client_id" in refused.out
    folder.put("charges.csv", MORE)  # put right
    folder.round()
    [mended] = folder.waiting()
    assert (mended["state"], mended["id"] != drop["id"]) == ("waiting", True)
    assert len(open_alerts(world)) == 1
    assert folder.press(mended["id"]).status == 0


def test_files_of_a_folder_belong_together_and_are_read_by_its_settings(world: World, folder: Folder) -> None:
    folder.put("weekly/import.toml", 'map = "ours.toml"\ndates = "mdy"\n', root="import-settings/oak")
    folder.put("weekly/ours.toml", MAP, root="import-settings/oak")
    folder.put("weekly/sessions.csv", EXPORT)
    folder.round()
    [drop] = folder.waiting()
    assert (drop["state"], drop["folder"], drop["files"]) == ("waiting", "weekly", ["sessions.csv"])
    assert drop["counts"]["posted"] == 2
    assert folder.press(drop["id"]).status == 0
    assert world.balance("C1") == 45000
    assert folder.keys("import-settings") == [
        "import-settings/oak/weekly/import.toml", "import-settings/oak/weekly/ours.toml",
    ]  # fmt: skip
    folder.put("weekly/again.csv", EXPORT)  # the same rows
    folder.round()
    [again] = folder.waiting()
    assert (again["state"], again["counts"]["known"]) == ("nothing_new", 2)
    assert open_alerts(world) == []
    assert folder.press(again["id"]).status == 0
    assert (world.balance("C1"), folder.waiting()) == (45000, [])


def test_settings_that_change_have_the_files_looked_at_again(folder: Folder) -> None:
    folder.put("weekly/sessions.csv", EXPORT)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "asked"  # no map, and no file of the own formats
    folder.put("weekly/import.toml", 'map = "ours.toml"\n', root="import-settings/oak")
    folder.round()
    [drop] = folder.waiting()
    assert (drop["state"], drop["counts"]["problems"]) == ("asked", 1)  # there is no such map
    folder.put("weekly/ours.toml", MAP)  # it may lie with the files, too
    folder.round()
    [drop] = folder.waiting()
    assert (drop["state"], drop["counts"]["posted"]) == ("waiting", 2)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("from simplepractice", "settings_not_toml"),
        ('from = "excel"', "setting_value"),
        ("dates = 3", "setting_value"),
        ("header = true", "setting_value"),
        ('as_of = "3/31/2026"', "setting_value"),
        ('date = "mdy"', "setting_unknown"),
        ('from = "theranest"\nmap = "ours.toml"', "settings_two_maps"),
        ("add_clients = true", "setting_needs_map"),
        ('compare = "balances.csv"', "setting_file_missing"),
        ('map = "charges.csv"', "map_not_toml"),
    ],
)  # fmt: skip
def test_settings_that_say_nothing_clear_are_named(
    world: World, folder: Folder, settings: str, code: str
) -> None:
    folder.put("charges.csv", MORE)
    folder.put("import.toml", settings)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "asked"
    refused = folder.press(drop["id"], "--json")
    assert [event["code"] for event in refused.events if event["event"] == "problem"] == [code]
    assert (refused.status, world.balance("C1")) == (1, 15000)


def test_a_list_of_balances_is_held_against_what_the_import_would_leave(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    folder.put("old.csv", "client_id,date,amount\nC1,2026-10-31,300.00\nC2,2026-10-31,95.00\n")
    folder.put("import.toml", 'compare = "old.csv"\n')
    folder.round()
    [drop] = folder.waiting()
    assert (drop["state"], drop["counts"]["differences"]) == ("waiting", 1)
    assert "1 difference in the list of balances" in world.run("imports", *P).out
    pressed = folder.press(drop["id"], "--json")
    assert [one["client"] for one in pressed.events if one["event"] == "difference"] == ["C2"]
    assert (pressed.status, world.balance("C1")) == (0, 30000)
    assert folder.keys("imports/in") == []


def test_what_was_interpreted_and_corrected_is_agreed_to_by_the_press(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE.replace("150\n", "$1,150.00\n", 1).replace(",$1,150.00", ',"$1,150.00"'))
    folder.round()
    [drop] = folder.waiting()
    assert (drop["counts"]["corrections"], drop["counts"]["posted"]) == (1, 1)
    pressed = folder.press(drop["id"])
    assert "150.00 in the books, 1150.00 in the file" in pressed.out
    assert (pressed.status, world.balance("C1")) == (0, 130000)


def test_what_the_file_says_otherwise_of_a_known_charge_is_agreed_to_by_the_press(
    world: World, folder: Folder
) -> None:
    folder.put("charges.csv", MORE.replace("C1,2026-10-01,Talk", "C1,2026-10-01,Walk"))
    folder.round()
    [drop] = folder.waiting()
    assert (drop["counts"]["corrected_facts"], drop["counts"]["posted"]) == (1, 1)
    world.app.clock.advance(days=1)  # type: ignore[attr-defined]
    pressed = folder.press(drop["id"])
    assert "“Talk” in the books, “Walk” in the file" in pressed.out
    assert (pressed.status, world.balance("C1")) == (0, 30000)


def test_books_that_changed_since_the_look_are_shown_before_anything_is_posted(
    world: World, folder: Folder
) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    assert world.run("import", *P, world.file("charges.csv", MORE)).status == 0  # by hand, meanwhile
    folder.put("more/charges.csv", MORE + "A3,C1,2026-10-15,Talk,dr-a,150\n")
    folder.round()
    other = next(one for one in folder.waiting() if one["folder"] == "more")
    assert other["counts"]["posted"] == 1
    world.run("post", "charge", *P, "--client", "C1", "--id", "A3", "--date", "2026-10-15", "--fee", "150.00",
              "--clinician", "dr-a", "--service", "Talk")  # fmt: skip
    changed = folder.press(other["id"], "--json")
    assert changed.status == 1
    assert [(one["what"], one["change"]) for one in changed.events if one["event"] == "effect"] == [
        ("charges A3", "gone")
    ]
    before = world.balance("C1")
    assert folder.press(other["id"]).status == 0  # as it is shown now
    assert (world.balance("C1"), drop["id"] != other["id"]) == (before, True)


def test_other_bytes_than_those_looked_at_are_never_posted(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    folder.put("charges.csv", MORE.replace(",150\n", ",990\n"))
    assert folder.waiting() == []  # until they are looked at
    refused = folder.press(drop["id"])
    assert (refused.status, world.balance("C1")) == (1, 15000)
    assert "those are looked at anew" in refused.err


def test_a_file_that_is_put_there_during_the_press_stays(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    finish = pressing.Pressing.finish

    def late(self: pressing.Pressing, taken: pressing.Taken) -> None:
        folder.put("charges.csv", MORE + "A4,C1,2026-10-22,Talk,dr-a,150\n")
        finish(self, taken)

    monkeypatch.setattr(pressing.Pressing, "finish", late)
    assert folder.press(drop["id"]).status == 0
    assert folder.keys("imports/in") == ["imports/in/oak/charges.csv"]
    folder.round()
    [newer] = folder.waiting()
    assert (newer["state"], newer["counts"]["posted"]) == ("waiting", 1)


def test_a_press_that_was_cut_off_is_finished_by_pressing_again(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    with monkeypatch.context() as patch:
        patch.setattr(pressing.Pressing, "finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert folder.press(drop["id"]).status == 3
    assert (world.balance("C1"), folder.keys("imports/in")) == (30000, ["imports/in/oak/charges.csv"])
    assert folder.press(drop["id"]).status == 0
    assert (world.balance("C1"), folder.keys("imports/in")) == (30000, [])


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
    assert (folder.press(drop["id"]).status, world.balance("C1")) == (0, 30000)


def test_what_is_too_large_for_the_function_is_posted_from_a_desk(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drops_domain, "MAX_BYTES", 100)
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "too_large"
    assert (folder.press(drop["id"]).status, world.balance("C1")) == (0, 30000)


def test_a_look_that_takes_too_long_ends_before_its_function_does(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("charges.csv", MORE)
    monkeypatch.setattr(effects, "effects", lambda _: {})
    read = looking.Looking.read

    def slow(self: looking.Looking, *args: Any) -> looking.Read:
        folder.clock.advance(minutes=14)
        return read(self, *args)

    monkeypatch.setattr(looking.Looking, "read", slow)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "too_long"
    monkeypatch.setattr(looking.Looking, "read", read)
    assert (folder.press(drop["id"]).status, world.balance("C1")) == (0, 30000)


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


def test_a_fault_of_one_drop_holds_up_no_other(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_two_drops_of_a_practice_wait_beside_each_other(world: World, folder: Folder) -> None:
    folder.put("a/charges.csv", MORE)
    folder.put("b/payments.csv", "payment_id,client_id,date,amount,method\nP1,C1,2026-10-09,20.00,cash\n")
    folder.round()
    a, b = folder.waiting()
    assert folder.press(b["id"]).status == 0
    assert world.balance("C1") == 13000
    assert folder.press(a["id"]).status == 0
    assert (world.balance("C1"), folder.waiting()) == (28000, [])


def test_a_file_that_is_taken_out_waits_no_more(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    folder.s3.delete_object(Bucket=folder.bucket, Key="imports/in/oak/charges.csv")
    assert folder.waiting() == []
    folder.round()
    assert (open_alerts(world), folder.keys("imports/looked")) == ([], [])


def test_a_folder_of_no_practice_is_told_by_a_failing_round_and_holds_up_no_other(folder: Folder) -> None:
    folder.put("charges.csv", MORE, root="imports/in/aok")
    folder.put("charges.csv", MORE)
    with pytest.raises(NotFound, match="practice_not_found"):
        folder.round()
    assert [one["state"] for one in folder.waiting()] == ["waiting"]


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


def test_another_practices_drop_is_nobody_elses(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    path = world.file("elm.json", json.dumps({**PRACTICE, "id": "elm", "descriptor": "ELM STREET"}))
    assert world.run("practice", "create", "--file", path).status == 0
    assert world.run("import", "--practice", "elm", "--dropped", drop["id"], "--yes").status == 1
    assert world.balance("C1") == 15000
