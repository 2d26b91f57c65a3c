"""Answers that a drop's settings give: to an export's corrected code, and to an address changed here."""

from dataclasses import replace

import pytest

from chalicelib.kernel.errors import present
from chalicelib.ledger.domain import drafts
from chalicelib.ledger.domain.allocation import allocate
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.recording import entered
from tests.unit.cli.drop_folder import MORE, Folder, P
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


def test_what_lies_beside_the_files_adds_to_the_settings_that_stay(world: World, folder: Folder) -> None:
    folder.put("import.toml", 'map = "ours.toml"\nclinician = "dr-a"\n', root="import-settings/oak")
    folder.put("import.toml", 'shared_emails = true\nclinician = ""\n')
    folder.put("week1.csv", WEEK1)
    folder.round()
    [drop] = folder.waiting()
    told = folder.press(drop["id"], "--json")
    found = [(one["code"], one["column"]) for one in told.events if one["event"] == "problem"]
    assert found == [("setting_file_missing", "map")]  # of the settings that stay
    folder.put("import.toml", 'from = "simplepractice"\n')
    folder.round()
    [drop] = folder.waiting()
    assert "setting_" not in folder.press(drop["id"], "--json").out  # in their map's place


def test_a_map_that_lies_with_the_files_is_no_file_of_rows(world: World, folder: Folder) -> None:
    """It is read as an editor saved it, and so are the settings."""
    made = world.folder / "ours.txt"
    explained = ("import", *P, "--explain", world.file("week1.csv", WEEK1), "--write-map", str(made))
    assert world.run(*explained).status == 0
    folder.put("import.toml", 'map = "ours.txt"\ndates = "mdy"\n'.encode("utf-16"))
    folder.put("ours.txt", made.read_text(encoding="utf-8").encode("utf-16"))
    folder.put("week1.csv", WEEK1)
    folder.round()
    [drop] = folder.waiting()
    assert (drop["state"], drop["counts"]["posted"]) == ("waiting", 2)


def test_a_list_of_balances_that_brings_no_row_is_compared_too(world: World, folder: Folder) -> None:
    """The old system's list has its totals alone: nobody owes anything there."""
    listed = "Client,Clinician,Services provided,Client paid,Client balance\nTotal,,$0.00,$0.00,$0.00\n"
    folder.put("import.toml", 'from = "simplepractice"\nas_of = "2026-10-31"\ncompare = "old.csv"\n')
    folder.put("old.csv", listed)
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    assert (drop["state"], drop["counts"].get("differences")) == ("waiting", 2)


def test_that_staff_enter_online_payments_elsewhere_is_said_once_among_settings_that_stay(
    world: World,
) -> None:
    world.with_books()
    folder = Folder(world)
    account = present(world.app.ledgers.account(world.ref("C1")), "account_not_found")
    draft = drafts.payment(
        account.ledger, allocate(7500, account.ledger.open.values()), processor="stripe", on="2026-10-20",
        reference="pi_1", payment_id="pi_1",
    )  # fmt: skip
    after, entry = entered(account, draft, at="2026-10-20T10:00:00.000Z", actor="processor:stripe")
    world.app.ledgers.commit("oak", Change(account, after, entry))
    before = world.balance("C1")
    week = 'Date,Type,Amount,Client\n10/19/2026,Credit Card,$75.00,"Núñez, Ana"\n10/20/2026,Cash,$5.00,Bo\n'
    settings = 'from = "simplepractice"\ndates = "mdy"\n'
    folder.put("import.toml", settings, root="import-settings/oak")
    folder.put("week.csv", week)
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "asked"
    folder.put("import.toml", f"{settings}online_recorded = true\n", root="import-settings/oak")
    folder.round()
    [drop] = folder.waiting()
    assert drop["state"] == "waiting"
    pressed = folder.press(drop["id"])
    assert (pressed.status, world.balance("C1")) == (0, before)
    assert "payments that the client made online" in pressed.out
