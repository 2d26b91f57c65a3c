"""A press of the drop folder that posts only a part: what is left out waits where it is."""

from typing import Any

import pytest

from chalicelib.importing.services.drops import pressing
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import Posting
from tests.unit.cli.drop_folder import MORE, Folder
from tests.unit.cli.world import World


def test_files_stay_while_something_of_them_is_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_books()
    folder = Folder(world)
    folder.put("charges.csv", MORE)
    folder.round()
    [drop] = folder.waiting()
    ref = AccountRef("oak", world.app.people.accounts_of("oak", ["C1"])["C1"])
    posting, take = Posting(world.app.ledgers, world.app.clock), pressing.Pressing.take

    def overtaken(*arguments: Any, **named: Any) -> pressing.Taken:
        """Another import begins between the look and the write."""
        taken = take(*arguments, **named)
        posting.hold(ref, "other")
        return taken

    with monkeypatch.context() as patch:
        patch.setattr(pressing.Pressing, "take", overtaken)
        told = folder.press(drop["id"])
    assert (told.status, world.balance("C1")) == (4, 15000)
    assert told.out.splitlines()[-1].startswith("The files stay in the folder: press again")
    assert folder.keys("imports/in") == ["imports/in/oak/charges.csv"]
    posting.release(ref, "other")
    assert folder.press(drop["id"]).status == 0
    assert (world.balance("C1"), folder.keys("imports/in")) == (30000, [])
