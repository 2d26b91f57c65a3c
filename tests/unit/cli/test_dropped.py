"""Issue 17: a file put into the practice's folder is explained, compared, and waits for one press."""

import io
import json
import re
import shlex
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.importing.domain.drops import drop as drops_domain
from chalicelib.importing.domain.drops import settings as settings_domain
from chalicelib.importing.domain.drops.drop import DropFile, Place
from chalicelib.importing.services.drops import pressing, rounds
from sandbox.config import ROOT
from tests.unit.cli.drop_folder import MORE, Folder, P, open_alerts
from tests.unit.cli.world import CHARGES, PRACTICE, World

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
    assert unasked.out.startswith("What the press would do: 1 row to post, 2 rows already there.\n")
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


def test_what_a_file_says_otherwise_is_agreed_to_by_a_press_on_another_day(
    world: World, folder: Folder
) -> None:
    """A correction is dated by the day of the press: that alone is no other effect."""
    folder.put("charges.csv", MORE.replace("Talk,dr-b,90", "Walk,dr-b,90").replace("150\n", "160\n", 1))
    folder.round()
    [drop] = folder.waiting()
    assert [drop["counts"][name] for name in ("posted", "corrections", "corrected_facts")] == [1, 1, 1]
    folder.clock.advance(days=2)
    assert folder.press(drop["id"]).status == 0
    assert (world.balance("C1"), folder.waiting()) == (31000, [])
    assert world.run("import", *P, world.file("charges.csv", CHARGES)).status == 1  # it says Talk


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


def test_a_file_that_is_replaced_while_it_is_taken_is_not_posted(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    read = world.app.drops.read

    def late(place: Place, file: DropFile) -> bytes:
        folder.put("charges.csv", MORE.replace(",150\n", ",990\n"))
        return read(place, file)

    monkeypatch.setattr(world.app.drops, "read", late)
    assert (folder.press(drop["id"]).status, world.balance("C1")) == (1, 15000)


def test_a_file_that_is_put_there_during_the_press_stays(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    finish = pressing.Pressing.finish

    def late(self: pressing.Pressing, *what: Any) -> None:
        folder.put("charges.csv", MORE + "A4,C1,2026-10-22,Talk,dr-a,150\n")
        finish(self, *what)

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


def test_two_drops_of_a_practice_wait_beside_each_other(world: World, folder: Folder) -> None:
    folder.put("a/charges.csv", MORE)
    folder.put("b/payments.csv", "payment_id,client_id,date,amount,method\nP1,C1,2026-10-09,20.00,cash\n")
    folder.round()
    a, b = folder.waiting()
    assert folder.press(b["id"]).status == 0
    assert world.balance("C1") == 13000
    assert folder.press(a["id"]).status == 0
    assert (world.balance("C1"), folder.waiting()) == (28000, [])


def test_another_practices_drop_is_nobody_elses(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    path = world.file("elm.json", json.dumps({**PRACTICE, "id": "elm", "descriptor": "ELM STREET"}))
    assert world.run("practice", "create", "--file", path).status == 0
    assert world.run("import", "--practice", "elm", "--dropped", drop["id"], "--yes").status == 1
    assert world.balance("C1") == 15000


def test_the_page_shows_how_a_folder_is_set_up_and_pressed(world: World, folder: Folder) -> None:
    """docs/import.md, "Drop a file", with its files of "I come from something else"."""
    page = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    section = page.partition("## Drop a file\n")[2].partition("\n## ")[0]
    (settings,) = re.findall(r"```toml drop/import\.toml\n(.*?)```", section, re.DOTALL)
    (sessions,) = re.findall(r"```csv else/sessions\.csv\n(.*?)```", page, re.DOTALL)
    (put, where) = re.findall(r"aws s3 cp (\S+) s3://BUCKET/(\S+)", section)[0]
    listing, pressing_it = (
        shlex.split(line) for line in re.findall(r"^billfold (.*)$", section, re.MULTILINE)
    )
    clients = "client_id,name,email\nC-1,Robin Vale,\nC-2,Inés Vale,\n"
    assert world.run("import", *P, world.file("clients.csv", clients)).status == 0
    map_file = world.folder / "sessions.toml"
    explained = world.run("import", *P, "--explain", world.file(put, sessions), "--write-map", str(map_file))
    assert explained.status == 0
    folder.put("weekly/import.toml", settings, root="import-settings/oak")
    folder.put("weekly/sessions.toml", map_file.read_text(encoding="utf-8"), root="import-settings/oak")
    folder.s3.put_object(Bucket=folder.bucket, Key=where, Body=sessions.encode())
    folder.round()
    assert "waits for a press" in world.run(*listing).out
    [drop] = folder.waiting()
    pressing_it[-1] = str(drop["id"])
    pressed = world.run(*pressing_it, "--yes")
    assert (pressed.status, world.balance("C-1"), world.balance("C-2")) == (0, 1500, 12000)


def test_the_page_names_every_setting_and_limit() -> None:
    page = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    section = page.partition("## Drop a file\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)", row)} == set(settings_domain.KINDS)
    megabytes = drops_domain.MAX_BYTES // 1024 // 1024
    assert f"more than {drops_domain.MAX_FILES} files or {megabytes} MB in one folder" in section
    assert f"longer than {rounds.WORKING.seconds // 60} minutes" in section
    assert (rounds.QUIET.seconds, rounds.MAX_ATTEMPTS) == (30, 3)
