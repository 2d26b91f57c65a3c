"""What breaks between two steps of the drop folder is finished by doing the same again."""

from typing import Any

import pytest

from chalicelib.importing.domain.drops import drop as drops_domain
from chalicelib.importing.services.drops import looking
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.services.posting import Posting
from chalicelib.operations.services.alerting import Alerting
from tests.unit.cli.drop_folder import MORE, Folder, P, open_alerts
from tests.unit.cli.world import World

SETTINGS = 'dates = "mdy"\n'
PAID = "payment_id,client_id,date,amount,method\nP1,C1,2026-10-09,20.00,cash\n"


class Killed(BaseException):
    """No handler runs."""


def looks(folder: Folder) -> list[bytes]:
    """What is kept of each look."""
    keys = folder.keys("imports/looked")
    return [folder.s3.get_object(Bucket=folder.bucket, Key=key)["Body"].read() for key in keys]


def put_drop(folder: Folder) -> str:
    folder.put("a/charges.csv", MORE)
    folder.put("a/import.toml", SETTINGS)
    folder.put("a/payments.csv", PAID)
    folder.round()
    [drop] = folder.waiting()
    return str(drop["id"])


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
@pytest.mark.parametrize("error", [Busy("s3"), Killed()], ids=["busy", "killed"])
def test_a_press_that_breaks_between_two_files_is_finished_by_pressing_again(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch, moved: int, error: BaseException
) -> None:
    drop = put_drop(folder)
    drops, put_away, forget = world.app.drops, world.app.drops.put_away, world.app.drops.forget_look
    left = [moved]

    def breaks(*arguments: Any) -> None:
        if not left[0]:
            raise error
        left[0] -= 1
        put_away(*arguments)

    def breaks_later(*arguments: Any) -> None:
        if not left[0]:
            raise error
        forget(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(drops, "put_away", breaks)
        patch.setattr(drops, "forget_look", breaks_later)
        if isinstance(error, Killed):
            with pytest.raises(Killed):
                folder.press(drop)
        else:
            assert folder.press(drop).status == 3
    waiting = len(folder.keys("imports/in"))
    assert (waiting, world.balance("C1")) == (3 - moved, 28000)
    assert folder.round()["looked"] == 0  # what is posted is not looked at again
    if moved == 3:
        assert (folder.waiting(), folder.keys("imports/looked"), open_alerts(world)) == ([], [], [])
        return
    [posted] = folder.waiting()
    assert (posted["id"], posted["state"]) == (drop, "posted")
    rehearsed = folder.press(drop, "--dry-run")
    assert (rehearsed.status, len(folder.keys("imports/in"))) == (0, waiting)
    assert folder.press(drop).status == 0
    assert (folder.keys("imports/in"), folder.waiting(), open_alerts(world)) == ([], [], [])
    assert len(folder.keys("imports/done")) == 3
    assert world.balance("C1") == 28000


def test_files_that_come_beside_what_a_broken_press_left_are_looked_at(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = put_drop(folder)
    with monkeypatch.context() as patch:
        patch.setattr(world.app.drops, "put_away", lambda *_: (_ for _ in ()).throw(Busy("s3")))
        assert folder.press(drop).status == 3
    folder.put("a/more.csv", PAID.replace("P1", "P2"))
    folder.put("a/payments.csv", PAID.replace("P1", "P2"))
    assert folder.round()["looked"] == 1
    [anew] = folder.waiting()
    assert anew["id"] != drop


@pytest.mark.parametrize("error", [Busy("dynamodb"), Killed()], ids=["busy", "killed"])
def test_somebody_is_called_where_the_call_failed_at_first(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr(drops_domain, "MAX_BYTES", 10)
    folder.put("charges.csv", MORE)
    with monkeypatch.context() as patch:
        patch.setattr(Alerting, "raise_alert", lambda *_, **__: (_ for _ in ()).throw(error))
        if isinstance(error, Killed):
            with pytest.raises(Killed):
                folder.round()
        else:
            assert folder.round()["failed"] == 1
    assert open_alerts(world) == []
    folder.round()
    assert open_alerts(world) == ["import_dropped"]
    assert [one["state"] for one in folder.waiting()] == ["too_large"]


def test_a_press_that_was_begun_posts_nothing_that_nobody_was_shown(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before its first row, then what it has is corrected by other files."""
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    with monkeypatch.context() as patch:
        patch.setattr(Posting, "hold", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            folder.press(drop["id"])
    corrected = world.file("charges.csv", MORE.rpartition("A2")[0].replace("150", "120"))
    assert world.run("import", *P, "--confirm-corrections", corrected).status == 0
    assert world.balance("C1") == 12000
    pressed = folder.press(drop["id"])
    assert (pressed.status, world.balance("C1")) == (1, 12000)
    assert "The books have changed since" in pressed.out
    assert (folder.press(drop["id"]).status, world.balance("C1")) == (0, 30000)  # as it is shown now


def test_a_press_that_was_begun_is_finished_where_nothing_changed(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    with monkeypatch.context() as patch:
        patch.setattr(Posting, "release", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            folder.press(drop["id"])
    assert folder.press(drop["id"]).status == 0
    assert (world.balance("C1"), folder.keys("imports/in")) == (30000, [])


def test_a_dry_run_of_a_press_keeps_nothing(world: World, folder: Folder) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    corrected = world.file("charges.csv", MORE.rpartition("A2")[0].replace("150", "120"))
    assert world.run("import", *P, "--confirm-corrections", corrected).status == 0
    kept = looks(folder)
    for _ in range(2):
        rehearsed = folder.press(drop["id"], "--dry-run")
        assert (rehearsed.status, "The books have changed since" in rehearsed.out) == (1, True)
    assert looks(folder) == kept


def test_a_press_plans_once(world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    corrected = world.file("charges.csv", MORE.rpartition("A2")[0].replace("150", "120"))
    assert world.run("import", *P, "--confirm-corrections", corrected).status == 0
    reads, read = list[object](), looking.Looking.read

    def counted(self: looking.Looking, *arguments: Any, **more: Any) -> looking.Read:
        reads.append(arguments)
        return read(self, *arguments, **more)

    monkeypatch.setattr(looking.Looking, "read", counted)
    assert folder.press(drop["id"]).status == 1
    assert len(reads) == 1
    assert (folder.press(drop["id"]).status, world.balance("C1")) == (0, 30000)


def test_one_folder_whose_look_cannot_be_forgotten_holds_up_no_other(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put("a/charges.csv", MORE)
    folder.round()
    folder.s3.delete_object(Bucket=folder.bucket, Key="imports/in/oak/a/charges.csv")
    folder.put("b/charges.csv", MORE)
    folder.put("/x.json", "{}", root="imports/looked")  # of no practice
    folder.put("x/.json", "{}", root="imports/looked")  # of no name
    with monkeypatch.context() as patch:
        patch.setattr(world.app.drops, "forget_look", lambda *_: (_ for _ in ()).throw(Busy("s3")))
        assert folder.round() == {"looked": 1, "known": 0, "arriving": 0, "failed": 1, "strange": 0}
    assert [one["folder"] for one in folder.waiting()] == ["b"]
