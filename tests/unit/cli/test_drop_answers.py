"""Answers that a drop's settings give: to an export's corrected code, and to an address changed here."""

from dataclasses import replace

import pytest

from chalicelib.kernel.errors import present
from tests.unit.cli.drop_folder import Folder, P
from tests.unit.cli.world import World

HEADER = "Date of service,Patient,Provider,CPT code,Fee\n"
WEEK1 = f'{HEADER}10/05/2026,"Núñez, Ana",Dr. A,90834,$150.00\n10/13/2026,Bo,Dr. A,90834,$150.00\n'
WEEK2 = WEEK1.replace("Dr. A,90834", "Dr. A,90837", 1)


def test_an_exports_corrected_code_is_taken_over_where_the_settings_say_so(world: World) -> None:
    world.with_books()
    folder = Folder(world)
    made = world.folder / "sessions.toml"
    explained = ("import", *P, "--explain", world.file("week1.csv", WEEK1), "--write-map", str(made))
    assert world.run(*explained).status == 0
    folder.put("sessions.toml", made.read_text(encoding="utf-8"), root="import-settings/oak")
    folder.put("import.toml", 'map = "sessions.toml"\ndates = "mdy"\n', root="import-settings/oak")
    folder.put("week1.csv", WEEK1)
    folder.round()
    [drop] = folder.waiting()
    assert folder.press(drop["id"]).status == 0
    before = world.balance("C1")
    folder.put("week2.csv", WEEK2)
    folder.round()
    [asked] = folder.waiting()
    assert asked["state"] == "asked"
    folder.put("import.toml", 'map = "sessions.toml"\ndates = "mdy"\naccept_changes = true\n')
    folder.round()
    [answered] = folder.waiting()
    assert answered["state"] == "waiting"
    pressed = folder.press(answered["id"])
    assert pressed.status == 0
    assert "90837" in pressed.out
    assert world.balance("C1") == before


def test_an_address_that_was_changed_here_is_restored_where_the_settings_say_so(world: World) -> None:
    world.with_books()
    folder = Folder(world)
    people, id_ = world.app.people, world.app.people.accounts_of("oak", ["C1"])["C1"]
    client = present(people.client("oak", id_), "account_not_found")
    people.save_client("oak", replace(client, email="own@example.test"), before=client)
    again = "client_id,name,email\nC1,Ana Núñez,ana@example.test\n"
    for settings, left in (("", "own@example.test"), ("restore_addresses = true\n", "ana@example.test")):
        folder.put("clients.csv", again)
        folder.put("import.toml", settings)
        folder.round()
        [drop] = folder.waiting()
        assert folder.press(drop["id"]).status == 0
        found = people.client("oak", id_)
        assert found is not None
        assert found.email == left


@pytest.mark.parametrize("setting", ["confirm_repeats", "accept_changes", "restore_addresses"])
def test_an_answer_for_one_weeks_files_is_refused_among_settings_that_stay(
    world: World, setting: str
) -> None:
    world.with_books()
    folder = Folder(world)
    folder.put("import.toml", f'from = "simplepractice"\n{setting} = true\n', root="import-settings/oak")
    folder.put("week1.csv", WEEK1)
    folder.round()
    [drop] = folder.waiting()
    told = folder.press(drop["id"], "--json")
    found = [(one["code"], one["column"]) for one in told.events if one["event"] == "problem"]
    assert found == [("setting_beside_files", setting)]
    folder.put("import.toml", f'from = "simplepractice"\n{setting} = true\n')
    folder.round()
    [drop] = folder.waiting()
    told = folder.press(drop["id"], "--json")
    assert "setting_beside_files" not in told.out
