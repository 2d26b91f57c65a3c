"""Issue 17: files of one command that overlap, or are copies, post once what each of them has."""

from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import Said
from tests.support.workbooks import Page, workbook
from tests.unit.importing.exports import codes, loaded, mapped, own_map, prepared, with_clients
from tests.unit.importing.test_mapping import CHARGES, DR_A, days, paid, payroll
from tests.unit.importing.world import World

HEADER = "Date,Type,Amount,Client\n"
FIRST, SHARED = "10/14/2026,Credit Card,$40.00,Ana Núñez\n", "10/15/2026,Check,$60.00,Robin Vale\n"
LAST = "10/21/2026,Check,$70.00,Robin Vale\n"
WEEKS = {"one.csv": HEADER + FIRST + SHARED, "two.csv": HEADER + SHARED + LAST}
OUTSTANDING = (
    "Client,Clinician,Services provided,Uninvoiced,Invoiced,Client paid,Client balance\n"
    "Robin Vale,A,$300.00,$0.00,$300.00,$220.00,$80.00\n"
)
INVOICES = (
    "*Invoice number,*Customer,*Invoice date,*Due date,Terms,Service Date,Item,Description,Quantity,Rate,"
    "*Item Amount,Memo\n1001,Robin Vale,2026-10-31,2026-11-30,Net 30,2026-10-06,Session,,1,120.00,120.00,\n"
)
AS_OF = Said(as_of="2026-10-31")
CONFIRMED = Said(repeats_confirmed=True)


def payments(*amounts: str) -> str:
    return HEADER + "".join(f"10/14/2026,Cash,${amount},Robin Vale\n" for amount in amounts)


def told(world: World, files: dict[str, str], by: str) -> list[tuple[str, str, int]]:
    found = mapped(world, files, by).told
    return [(t.file, t.code, t.count) for t in found if t.code == "rows_in_two_files"]


def test_a_line_that_two_weeks_share_is_posted_once_and_told() -> None:
    world = with_clients()
    assert told(world, WEEKS, "simplepractice") == [("two.csv", "rows_in_two_files", 1)]
    loaded(world, WEEKS, "simplepractice")
    assert [world.balance(id_) for id_ in ("C1", "C2")] == [-4000, -13000]
    assert prepared(world, WEEKS, "simplepractice").empty
    for name in WEEKS:
        assert prepared(world, {name: WEEKS[name]}, "simplepractice").empty


def test_a_copy_of_a_file_or_sheet_posts_nothing_more() -> None:
    world, copied = with_clients(), {"a.csv": payments("25.00", "25.00"), "b.csv": payments("25.00", "25.00")}
    loaded(world, copied, "simplepractice")
    assert world.balance("C2") == -5000
    world = with_clients()
    loaded(world, {"q.csv": INVOICES, "q (1).csv": INVOICES}, "quickbooks", Said(clinician="dr-a"))
    assert world.balance("C2") == 12000
    page = Page([["Date", "Type", "Amount", "Client"], ["2026-10-14", "Cash", "25.00", "Robin Vale"]])
    world = with_clients()
    loaded(world, {"book.xlsx": workbook({"October": page, "October (2)": page})}, "simplepractice")
    assert world.balance("C2") == -2500


def test_a_session_and_its_payments_in_two_files_are_one_session_paid_once() -> None:
    world, week = with_clients(), payroll(paid(1, "$80.00"))["payroll.csv"]
    files = {"one.csv": week, "two.csv": week}
    loaded(world, files, "theranest")
    assert world.balance("C2") == 4000
    assert prepared(world, files, "theranest").empty


@pytest.mark.parametrize(
    ("one", "two", "posted"),
    [
        (["25.00"], ["25.00", "25.00"], 5000), (["25.00"], ["30.00"], 5500),
        (["25.00", "30.00"], ["30.00"], 5500),
    ],
)  # fmt: skip
def test_files_that_differ_are_asked_about_and_confirmed_post_the_most_of_any(
    one: list[str], two: list[str], posted: int
) -> None:
    world, files = with_clients(), {"one.csv": payments(*one), "two.csv": payments(*two)}
    (problem,) = prepared(world, files, "simplepractice").problems
    assert (problem.file, problem.column, problem.code) == ("two.csv", "Date", "files_differ")
    assert (problem.details["first"], problem.details["found"]) == (len(one), len(two))
    loaded(world, files, "simplepractice", CONFIRMED)
    assert world.balance("C2") == -posted
    assert prepared(world, files, "simplepractice", CONFIRMED).empty


def test_a_payment_of_the_second_file_finds_the_session_that_both_have() -> None:
    """The session is posted from the first file; its line in the second names it all the same."""
    by = own_map("""
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date"] }
client_id = { header = "Client", join = "client" }
date = "Day"
service = { value = "Talk" }
clinician_id = { value = "dr-a" }
fee = "Fee"
[[tables.rows]]
kind = "payments"
when = [{ header = "Paid", sign = "plus" }]
payment_id = { made_of = ["client_id", "date", "amount"] }
client_id = { header = "Client", join = "client" }
date = "Day"
amount = "Paid"
method = { value = "cash" }
charge_ids = { row = "charges" }
""")
    world, header = with_clients(), "Client,Day,Fee,Paid\n"
    loaded(world, {"old.csv": header + "Robin Vale,2026-10-01,90.00,0.00\n"}, by)
    lines = ["Robin Vale,2026-10-13,100.00,0.00\n", "Robin Vale,2026-10-13,100.00,40.00\n"]
    loaded(world, {"one.csv": header + lines[0], "two.csv": header + lines[1]}, by)
    items = sorted((item.since, item.owed_minor) for item in world.account("C2").ledger.open.values())
    assert items == [("2026-10-01", 9000), ("2026-10-13", 6000)]


def test_a_sum_of_one_client_in_two_files_is_refused() -> None:
    files = {"outstanding.csv": OUTSTANDING, "outstanding (1).csv": OUTSTANDING}
    (problem,) = prepared(with_clients(), files, "simplepractice", AS_OF).problems
    assert (problem.file, problem.column, problem.code) == (
        "outstanding (1).csv", "Client balance", "sum_in_two_files",
    )  # fmt: skip
    other = OUTSTANDING.replace("Robin Vale", "Bo Lind")
    world = with_clients()
    loaded(world, {"a-m.csv": other, "n-z.csv": OUTSTANDING}, "simplepractice", AS_OF)
    assert [world.balance(id_) for id_ in ("C2", "C3")] == [8000, 8000]


@pytest.mark.parametrize("first", ["once", "twice"])
def test_two_at_once_with_one_and_two_of_a_day_post_two_and_ask_about_the_second(first: str) -> None:
    world = with_clients()
    files = {"once": {"a.csv": payments("25.00")}, "twice": {"b.csv": payments("25.00", "25.00")}}
    plans = {name: prepared(world, each, "simplepractice") for name, each in files.items()}
    assert world.importer.apply(plans.pop(first)) == ()
    (plan,) = plans.values()
    left = [problem.code for problem in world.importer.apply(plan)]
    assert left == ([] if first == "twice" else ["posted_meanwhile"])
    if left:
        assert codes(world, files["twice"], "simplepractice") == ["repeats_changed"]
        loaded(world, files["twice"], "simplepractice", CONFIRMED)
    assert world.balance("C2") == -5000


def test_what_was_posted_alone_is_the_first_of_two_of_later_files() -> None:
    world = with_clients()
    loaded(world, days("100.00"), CHARGES, DR_A)
    loaded(world, days("100.00", "100.00"), CHARGES, replace(DR_A, repeats_confirmed=True))
    assert world.balance("C2") == 20000
    assert prepared(world, days("100.00", "100.00"), CHARGES, DR_A).empty
    assert codes(world, days("100.00"), CHARGES, DR_A) == ["repeats_changed"]
