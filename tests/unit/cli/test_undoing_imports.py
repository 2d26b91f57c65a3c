"""Issue 17: `billfold imports` and `billfold import --undo ID` on the real stores."""

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import Posting
from tests.unit.cli.world import CHARGES, CLIENTS, World

P = ("--practice", "oak")


def test_an_import_is_listed_undone_once_and_done_again(world: World) -> None:
    world.with_books()
    [listed] = world.run("imports", *P, "--json").events
    id_ = listed["id"]
    assert (listed["state"], listed["rows"], listed["files"]) == ("done", 4, ["clients.csv", "charges.csv"])
    rehearsed = world.run("import", *P, "--undo", id_, "--dry-run")
    assert rehearsed.out == f"Dry run: 2 entries of import {id_} would be undone. Nothing was written.\n"
    assert world.balance("C1") == 15000
    undone = world.run("import", *P, "--undo", id_)
    assert (undone.status, undone.out) == (0, f"Import {id_} is undone: 2 entries.\n")
    assert (world.balance("C1"), world.balance("C2")) == (0, 0)
    assert world.run("import", *P, "--undo", id_).out == f"Import {id_} is undone already.\n"
    assert world.run("imports", *P).out == f"{id_}  undone  2026-11-20  4 rows  clients.csv, charges.csv\n"
    again = world.run("import", *P, str(world.folder / "clients.csv"), str(world.folder / "charges.csv"))
    assert f"This is import {id_}." in again.out
    assert (world.balance("C1"), world.balance("C2")) == (15000, 9000)
    [standing] = world.run("imports", *P, "--json").events
    assert standing["state"] == "done_again"
    assert f"{id_}  undone and done again  2026-11-20" in world.run("imports", *P).out
    assert world.run("import", *P, "--undo", id_).status == 0
    assert [event["state"] for event in world.run("imports", *P, "--json").events] == ["undone"]
    assert world.run("verify", *P).status == 0


def test_what_rests_on_an_import_is_named_in_the_readers_language(world: World) -> None:
    world.with_books()
    [listed] = world.run("imports", *P, "--json").events
    assert world.run("invoice", "issue", *P, "--client", "C1").status == 0
    world.run("post", "cash", *P, "--client", "C2", "--amount", "10.00")
    refused = world.run("import", *P, "--undo", listed["id"], "--language", "es")
    assert refused.status == 1
    assert sorted(refused.out.splitlines()[:2]) == [
        "cliente C1: la factura 1 está emitida",
        "cliente C2: el asiento 2 trata de lo que trajo y vino después",
    ]
    assert world.balance("C1") == 15000


def test_an_undo_names_an_import_and_an_import_names_files(world: World) -> None:
    world.with_books()
    assert world.run("import", *P, "--undo", "nothing").status == 1
    assert world.run("import", *P).status == 2
    assert world.run("import", *P, world.file("charges.csv", CHARGES)).status == 0


def test_an_undoing_that_was_broken_off_is_said_beside_the_books(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_books()
    [listed] = world.run("imports", *P, "--json").events
    again = "import", *P, "--undo", listed["id"]

    def killed(self: Posting, ref: AccountRef, import_id: str) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Posting, "release", killed)
        with pytest.raises(Killed):
            world.run(*again)
    assert [event["state"] for event in world.run("imports", *P, "--json").events] == ["undoing"]
    told = world.run("verify", *P)
    assert (told.status, told.out.splitlines()[-1].partition(". ")[0]) == (
        4, f"LEFT OUT: 2 accounts of which import {listed['id']} is being undone",
    )  # fmt: skip
    assert f"run `billfold import --undo {listed['id']}` again" in told.out
    files = (str(world.folder / name) for name in ("clients.csv", "charges.csv"))
    refused = world.run("import", *P, "--take-over", *files)
    assert (refused.status, "[undoing_unfinished]" in refused.out) == (1, True)
    assert world.run(*again).status == 0
    assert world.run("verify", *P).status == 0


class Killed(BaseException):
    """The process is gone."""


def test_one_that_brought_only_clients_is_refused_and_stays_done(world: World) -> None:
    world.with_practice()
    world.run("import", *P, world.file("clients.csv", CLIENTS))
    [listed] = world.run("imports", *P, "--json").events
    for more in ((), ("--dry-run",)):
        refused = world.run("import", *P, "--undo", listed["id"], *more)
        assert (refused.status, refused.out) == (1, "")
        assert "Nothing of this import is left to undo" in refused.err
    assert [event["state"] for event in world.run("imports", *P, "--json").events] == ["done"]
