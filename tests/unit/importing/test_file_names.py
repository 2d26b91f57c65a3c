"""Issue 17: a file or sheet may be called like a client: no alert, and so no log, has its name, and no name
moves a terminal."""

from dataclasses import replace

import pytest

from chalicelib.entrypoints.cli.importing.left_out import sentence
from chalicelib.entrypoints.cli.output import Output
from chalicelib.importing.domain.problems import Problem
from chalicelib.ledger.ports.imports import UnderWay
from chalicelib.operations.ports.work import Due
from tests.support.workbooks import Page, workbook
from tests.unit.importing.exports import own_map, prepared
from tests.unit.importing.world import NOW, Killed, World

MAP = own_map("""\
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date"] }
client_id = { header = "Who", join = "client" }
date = "Date"
amount = "Paid"
method = { value = "check" }
""")
CLIENTS = {"clients.csv": "client_id,name\nC1,Robin Vale\nC2,Ines Oak\n"}
UNDER_WAY = UnderWay("7c26", "import", NOW, 1, 1, ("charges-\x1b[2J\x1b[1;1HDone.csv",))


def book() -> bytes:
    def page(name: str) -> Page:
        return Page([["Who", "Date", "Paid"], [name, "2026-10-14", "40.00"]])

    return workbook({"Robin Vale": page("Robin Vale"), "Ines Oak, 90837": page("Ines Oak")})


def test_no_alert_has_a_files_name() -> None:
    world = World()
    plan = world.prepare(CLIENTS)
    world.writes.kill_at = (3, True)
    with pytest.raises(Killed):
        world.importer.apply(replace(plan, files=("Robin Vale 90837 Oct.csv",)))
    world.writes.kill_at = None
    (found,) = world.register.under_way("oak")
    assert found.files == ("Robin Vale 90837 Oct.csv",)
    world.register.remind(Due("import", "oak", "", found.id, NOW))
    (alert,) = world.alerts.held.values()
    assert alert.cause.facts["import"] == found.id
    assert "Robin" not in repr(alert)


def test_the_register_names_a_workbook_without_its_sheets() -> None:
    world = World()
    world.load(CLIENTS)
    plan = prepared(world, {"book.xlsx": book()}, MAP)
    assert plan.files == ("book.xlsx",)
    assert [step.row.file for account in plan.accounts for step in account.steps] == [
        "book.xlsx, Robin Vale",
        "book.xlsx, Ines Oak, 90837",
    ]


def test_a_files_name_cannot_move_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert sentence(UNDER_WAY).isprintable()
    plain, machine = Output(as_json=False), Output(as_json=True)
    for name in ("a\x1b[2J.csv", "b\u202ev.csv", "c\udcff.csv"):
        plain.tell("import", f"{name}, row 2")
        plain.complain("file_unreadable", name)
        machine.tell("import", "", file=name)
    plain.problem(Problem("e\nBooks: all is well.csv", 2, "", "file_kind_unknown"), "USD")
    printed = capsys.readouterr()
    assert "e\\u000aBooks: all is well.csv, row 2: " in printed.out
    assert "\x1b" not in printed.out + printed.err
    assert "\u202e" not in printed.err
    assert "c\\udcff.csv, row 2" in printed.out
