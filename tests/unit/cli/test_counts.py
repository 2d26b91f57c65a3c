"""Issue 17: what an import counts has one meaning by each name, in JSON and in the drop folder."""

import pytest

from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.services.importer import Importer
from chalicelib.importing.services.planning import Plan
from tests.unit.cli.drop_folder import Folder, P
from tests.unit.cli.world import CHARGES, World

CORRECTED = CHARGES.replace("150", "140") + "S9,C1,2026-10-20,Session,dr-a,90.00\n"


def test_a_correction_is_no_row_posted(world: World, folder: Folder) -> None:
    charges = world.file("charges.csv", CORRECTED)
    dry = world.run("import", *P, "--json", "--dry-run", charges).events[-1]
    assert (dry["event"], dry["posted"], dry["corrections"]) == ("dry_run", 1, 1)
    folder.put("charges.csv", CORRECTED)
    folder.round()
    [drop] = folder.waiting()
    assert drop["counts"] == {name: n for name, n in dry.items() if name in drop["counts"]} | {"problems": 0}
    assert set(dry) - set(drop["counts"]) == {"event", "import"}
    done = world.run("import", *P, "--json", "--confirm-corrections", charges).events[-1]
    assert (done["event"], done["posted"], done["corrections"]) == ("done", 1, 1)


@pytest.mark.parametrize(("row", "posted"), [(2, 1), (4, 0)])
def test_a_row_that_was_refused_while_it_was_written_is_not_posted(
    world: World, monkeypatch: pytest.MonkeyPatch, row: int, posted: int
) -> None:
    """The correction of row 2, or the new row."""
    world.with_books()

    def refused(importer: Importer, plan: Plan) -> tuple[Problem, ...]:
        return (Problem("charges.csv", row, "fee", "charge_reversed"),)

    monkeypatch.setattr(Importer, "apply", refused)
    charges = world.file("charges.csv", CORRECTED)
    told = world.run("import", *P, "--json", "--confirm-corrections", charges).events[-1]
    assert (told["event"], told["refused"], told["posted"]) == ("partly", 1, posted)
