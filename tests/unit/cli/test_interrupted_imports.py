"""An import that was broken off is not invisible: every answer about the books says that it leaves it out.

Issue 8, number 12.
"""

from collections.abc import Callable

import pytest

from chalicelib.practice.domain.practices import Client
from chalicelib.practice.store.people import DynamoPeople
from tests.unit.cli.test_backups import into_an_empty_table
from tests.unit.cli.world import CHARGES, CLIENTS, World

OF = ("--practice", "oak")
STATEMENTS = ("statements", *OF, "--month", "2026-10")


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def broken_off(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first import ever, killed when all is posted and no client's row is there; its files."""
    world.with_practice()
    files = [world.file("clients.csv", CLIENTS), world.file("charges.csv", CHARGES)]

    def killed(self: DynamoPeople, practice: str, client: Client) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(DynamoPeople, "save_client", killed)
        with pytest.raises(Killed):
            world.run("import", *OF, *files)
    return files


def test_verify_says_not_all_names_the_import_and_leaves_by_status_4(
    world: World, broken_off: list[str]
) -> None:
    result = world.run("verify", *OF)
    first, *_, last = result.out.splitlines()
    assert (result.status, first) == (4, "NOT ALL: 2 accounts, 2 entries, no anchor yet")
    (under_way,) = world.app.imports.under_way("oak")
    what = f"import {under_way.id} (“clients.csv”, “charges.csv”, 4 rows, 2 accounts)"
    assert last.startswith(f"LEFT OUT: what {what} has not shown yet.")
    told = world.run("verify", *OF, "--json").events
    assert (told[0]["ok"], told[-1]["event"], told[-1]["import"]) == (False, "left_out", under_way.id)


def test_an_export_says_so_in_the_file_and_beside_it(world: World, broken_off: list[str]) -> None:
    result = world.run("export", *OF, "--format", "beancount")
    assert (result.status, result.err[:29]) == (4, "billfold: LEFT OUT: what impo")
    assert result.out.splitlines()[-1].startswith("; LEFT OUT: what import ")


def test_a_whole_export_carries_the_note_to_where_it_is_restored(world: World, broken_off: list[str]) -> None:
    result = world.run("export", *OF, "--format", "jsonl")
    assert (result.status, "LEFT OUT" in result.err, "LEFT OUT" in result.out) == (4, True, False)
    assert world.run("export", *OF, "--format", "jsonl", "--json").out == result.out  # no line more
    into_an_empty_table()
    restored = world.run("restore", world.file("oak.jsonl", result.out))
    assert (restored.status, "LEFT OUT: what import" in restored.out) == (4, True)
    assert world.run("import", *OF, *broken_off).status == 0
    assert (world.balance("C1"), world.run("verify", *OF).status) == (15000, 0)


def test_an_export_refuses_to_end_when_an_import_began_meanwhile(world: World) -> None:
    world.with_books()
    lines = world.app.backing_up.export("oak")
    next(lines)
    world.app.register.begin("oak", "3f0c", actor="import", rows=1, accounts=1, files=[])
    with pytest.raises(Exception, match="written to meanwhile"):
        list(lines)


@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["run", "dry"])
def test_a_statement_run_says_whom_it_leaves_out(
    world: World, broken_off: list[str], more: tuple[str, ...]
) -> None:
    result = world.run(*STATEMENTS, *more)
    assert (result.status, "LEFT OUT: what import" in result.out) == (4, True)


def test_the_list_of_what_is_to_be_posted_says_so_too(world: World, broken_off: list[str]) -> None:
    result = world.run(*STATEMENTS, "--paper", str(world.folder / "paper"))
    assert (result.status, "LEFT OUT: what import" in result.out) == (4, True)


def jobs(world: World) -> list[Callable[[], object]]:
    return [world.app.nightly.run, world.app.statement_runs.run_due]


@pytest.mark.parametrize("place", [0, 1], ids=["verify", "statements"])
def test_the_jobs_of_the_clock_log_it(
    world: World, broken_off: list[str], caplog: pytest.LogCaptureFixture, place: int
) -> None:
    world.with_practice(statement_day=20)
    jobs(world)[place]()
    messages = [record.getMessage() for record in caplog.records]
    assert [text for text in messages if "an import" in text] == [
        ["the check leaves out an import", "statements leave out an import"][place]
    ]


def test_the_alert_after_an_hour_names_it_and_ends_with_it(world: World, broken_off: list[str]) -> None:
    world.app.clock.advance(minutes=59)  # type: ignore[attr-defined]
    world.app.sweeping.sweep()
    assert world.run("alerts", *OF).status == 0
    world.app.clock.advance(minutes=3)  # type: ignore[attr-defined]
    assert world.app.sweeping.sweep()["import"] == 1
    (under_way,) = world.app.imports.under_way("oak")
    told = world.run("alerts", *OF)
    assert (told.status, "import_unfinished" in told.out, under_way.id in told.out) == (1, True, True)
    # By its id and the day; files may be called like clients, and alerts go into logs.
    assert under_way.files
    assert [part in told.out for part in (under_way.begun_at, *under_way.files)] == [True, False, False]
    assert all(name in world.run("imports", *OF).out for name in under_way.files)
    assert world.run("import", *OF, *broken_off).status == 0
    assert [world.run(command, *OF).status for command in ("alerts", "verify")] == [0, 0]


def test_its_files_run_again_end_it_and_nothing_is_left_out(world: World, broken_off: list[str]) -> None:
    assert world.run("import", *OF, *broken_off).status == 0
    assert world.run("verify", *OF).out.startswith("OK: 2 accounts, 2 entries")
    assert world.run("import", *OF, *broken_off).out == "Nothing new: 4 rows already there.\n"


def test_a_taken_over_import_is_forgotten_when_the_table_hides_nothing_of_it(
    world: World, broken_off: list[str]
) -> None:
    (under_way,) = world.app.imports.under_way("oak")
    assert world.app.imports.hides("oak", under_way.id)
    others = [
        world.file("clients-2.csv", CLIENTS),
        world.file("charges-2.csv", CHARGES.replace("150", "140")),
    ]
    assert world.run("import", *OF, "--take-over", "--confirm-corrections", *others).status == 0
    assert world.app.imports.under_way("oak") == []
    assert world.run("verify", *OF).status == 0
